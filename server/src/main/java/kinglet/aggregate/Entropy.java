// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.DataType;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;

/// `entropy`: Shannon's entropy of the values, in bits.
final class Entropy extends ObjectAggregate<Weights> {
  static final int LIMIT = 65_536;

  private final Holder holder;

  private Entropy(Holder holder) {
    super(Call.orNull(new DataType.Float(64)));
    this.holder = holder;
  }

  static Aggregate bind(Call call) {
    call.parameterCount(0, 0);
    call.argumentCount(1, 1);
    return new Entropy(new Holder(call.comparable(0)));
  }

  @Override
  Weights empty() {
    return new Weights(holder, LIMIT);
  }

  @Override
  void add(Weights state, Slot[] arguments, long micros, long seq) {
    state.add(arguments[0], 1);
  }

  @Override
  void merge(Weights into, Weights from) {
    into.merge(from);
  }

  @Override
  void finish(@Nullable Weights state, long readMicros, Slot out) {
    if (state == null) {
      out.setNull();
      return;
    }
    double sum = 0;
    for (int i = 0; i < state.keys().size(); i++) {
      sum += state.weight(i);
    }
    double entropy = 0;
    for (int i = 0; i < state.keys().size(); i++) {
      double share = state.weight(i) / sum;
      entropy -= share * StrictMath.log(share) / StrictMath.log(2);
    }
    // Of one value alone it is a zero without sign.
    out.setReal(entropy + 0.0);
  }
}
