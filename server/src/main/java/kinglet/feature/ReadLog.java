// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Hands on what is read of some keys: all that is read of these, and nothing of others. Safe from
/// any thread.
public final class ReadLog {
  private static final long HASHES = 1L << 32;

  /// Those hashes are taken that are less.
  private final long threshold;

  private final Consumer<FeatureRead> to;
  private final Consumer<ServiceRead> services;
  private final LongSupplier committedSeq;

  /// @param committedSeq until where there are rows that reads may have seen
  ReadLog(Settings settings, LongSupplier committedSeq) {
    this.threshold = (long) (settings.share() * HASHES);
    this.to = settings.to();
    this.services = settings.services();
    this.committedSeq = committedSeq;
  }

  /// @param share of the keys whose reads are handed on, 0 to 1
  /// @param to takes those of views without waiting
  /// @param services takes those of services without waiting
  public record Settings(double share, Consumer<FeatureRead> to, Consumer<ServiceRead> services) {
    public static final Settings NONE = new Settings(0, _ -> {}, _ -> {});
  }

  /// @param appliedSeq until where rows are part of every read that begins now
  ViewReadLog of(LiveView view, LongSupplier appliedSeq) {
    return threshold == 0 ? ViewReadLog.NONE : new ViewReadLog.OfView(this, view, appliedSeq);
  }

  /// @param hash of the key, of which the upper half says where the key is kept
  boolean takes(long hash) {
    return (hash & HASHES - 1) < threshold;
  }

  long committedSeq() {
    return committedSeq.getAsLong();
  }

  /// Whether reads of any key are handed on.
  boolean isOn() {
    return threshold > 0;
  }

  void add(ServiceRead read) {
    services.accept(read);
  }

  void add(FeatureRead read) {
    to.accept(read);
  }
}
