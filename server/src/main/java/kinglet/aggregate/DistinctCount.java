// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.util.stream.IntStream;
import kinglet.type.DataType;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;

/// `uniqExact`: how many different values, counted up to [#LIMIT].
///
/// A value of a word is kept itself, any other as 128 bits of hash, as ClickHouse does.
final class DistinctCount extends ObjectAggregate<KeySet> {
  static final int LIMIT = 1_000_000;
  private static final long SEED = 0x6B696E676C657431L;
  private static final long SECOND_SEED = 0x6B696E676C657432L;

  private final Hashing hashing;

  private DistinctCount(Hashing hashing) {
    super(new DataType.Int(64, false));
    this.hashing = hashing;
  }

  static Aggregate bind(Call call) {
    call.parameterCount(0, 0);
    return new DistinctCount(hashing(call));
  }

  static Hashing hashing(Call call) {
    call.argumentCount(1, Integer.MAX_VALUE);
    return new Hashing(
        IntStream.range(0, call.arguments()).mapToObj(i -> new Holder(call.known(i))).toList());
  }

  @Override
  KeySet empty() {
    return new KeySet(hashing.isWord() ? 1 : 2, LIMIT);
  }

  @Override
  void add(KeySet state, Slot[] arguments, long micros, long seq) {
    if (hashing.isWord()) {
      state.add(arguments[0].bits(), 0);
    } else {
      state.add(hashing.hash(arguments, SEED), hashing.hash(arguments, SECOND_SEED));
    }
  }

  @Override
  void merge(KeySet into, KeySet from) {
    into.merge(from);
  }

  @Override
  void finish(@Nullable KeySet state, long readMicros, Slot out) {
    out.setWhole(state == null ? 0 : state.size());
  }
}
