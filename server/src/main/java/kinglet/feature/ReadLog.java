// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.function.Consumer;
import java.util.function.LongSupplier;
import kinglet.type.Bytes;
import kinglet.value.XxHash64;

/// Hands on what is read of some keys: all that is read of these, and nothing of others. Safe from
/// any thread.
public final class ReadLog {
  private final long threshold;
  private final Consumer<FeatureRead> to;
  private final LongSupplier committedSeq;

  /// @param committedSeq until where there are rows that reads may have seen
  ReadLog(Settings settings, LongSupplier committedSeq) {
    this.threshold = (long) (settings.share() * Long.MAX_VALUE);
    this.to = settings.to();
    this.committedSeq = committedSeq;
  }

  /// @param share of the keys whose reads are handed on, 0 to 1
  /// @param to takes them without waiting
  public record Settings(double share, Consumer<FeatureRead> to) {
    public static final Settings NONE = new Settings(0, _ -> {});
  }

  /// @param appliedSeq until where rows are part of every read that begins now
  ViewReadLog of(LiveView view, LongSupplier appliedSeq) {
    return threshold == 0 ? ViewReadLog.NONE : new ViewReadLog.OfView(this, view, appliedSeq);
  }

  boolean takes(Bytes key) {
    return (XxHash64.hash(key.array(), 0, key.size(), 0) & Long.MAX_VALUE) <= threshold;
  }

  long committedSeq() {
    return committedSeq.getAsLong();
  }

  void add(FeatureRead read) {
    to.accept(read);
  }
}
