// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.DataType;
import kinglet.value.Slot;

/// `sumKahan`: floats with the rounding errors summed apart, as Kahan and Neumaier do.
///
/// Words: the sum, its compensation, and whether there is one.
final class KahanSum extends WordAggregate {
  private KahanSum() {
    super(Call.orNull(new DataType.Float(64)), 3);
  }

  static Aggregate bind(Call call) {
    call.parameterCount(0, 0);
    call.argumentCount(1, 1);
    if (!(call.argument(0) instanceof DataType.Float)) {
      throw call.refusedType(0, "a Float32 or Float64");
    }
    return new KahanSum();
  }

  private static void plus(States states, int row, int word, double value) {
    double sum = states.real(row, word);
    double compensation = states.real(row, word + 1);
    double next = sum + value;
    compensation += Math.abs(sum) >= Math.abs(value) ? (sum - next) + value : (value - next) + sum;
    states.setReal(row, word, next);
    states.setReal(row, word + 1, compensation);
    states.setWord(row, word + 2, 1);
  }

  @Override
  public void add(
      States states, int row, int word, int object, Slot[] arguments, long micros, long seq) {
    plus(states, row, word, arguments[0].real());
  }

  @Override
  public void merge(States into, int row, int word, int object, States from, int fromRow) {
    if (from.word(fromRow, word + 2) != 0) {
      plus(into, row, word, from.real(fromRow, word));
      plus(into, row, word, from.real(fromRow, word + 1));
    }
  }

  @Override
  public void finish(States states, int row, int word, int object, long readMicros, Slot out) {
    if (states.word(row, word + 2) == 0) {
      out.setNull();
      return;
    }
    double sum = states.real(row, word);
    double compensation = states.real(row, word + 1);
    // An infinite sum has no error to compensate.
    out.setReal(Double.isFinite(sum) ? sum + compensation : sum);
  }
}
