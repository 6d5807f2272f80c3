// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.util.List;
import kinglet.type.DataType;
import kinglet.value.Slot;

/// `sum` of floats: plain doubles in the order of adding.
///
/// One word: the inverted bits of the sum. No sum inverts to 0, because a NaN is written in the one
/// form that [Double#doubleToLongBits] gives it.
final class FloatSum extends RunAggregate {
  FloatSum() {
    super(Call.orNull(new DataType.Float(64)), 1);
  }

  private static void plus(States states, int row, int word, double value) {
    long held = states.word(row, word);
    double sum = held == 0 ? value : Double.longBitsToDouble(~held) + value;
    states.setWord(row, word, ~Double.doubleToLongBits(sum));
  }

  @Override
  public void add(
      States states, int row, int word, int object, Slot[] arguments, long micros, long seq) {
    // From zero on, so that the sum of negative zeros is a positive one.
    plus(states, row, word, arguments[0].real() + 0.0);
  }

  @Override
  public void addRun(States states, int row, int word, Run run) {
    long held = states.word(row, word);
    double sum = held == 0 ? 0.0 : Double.longBitsToDouble(~held);
    for (int i = run.from(); i < run.to(); i++) {
      sum += run.real(i);
    }
    states.setWord(row, word, ~Double.doubleToLongBits(sum));
  }

  @Override
  public List<WordMerge> wordMerges() {
    return List.of(WordMerge.ADD_INVERTED_REAL);
  }

  @Override
  public void merge(States into, int row, int word, int object, States from, int fromRow) {
    long other = from.word(fromRow, word);
    if (other != 0) {
      plus(into, row, word, Double.longBitsToDouble(~other));
    }
  }

  @Override
  public void finish(States states, int row, int word, int object, long readMicros, Slot out) {
    long held = states.word(row, word);
    if (held == 0) {
      out.setNull();
    } else {
      out.setReal(Double.longBitsToDouble(~held));
    }
  }
}
