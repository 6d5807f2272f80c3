// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import kinglet.aggregate.Aggregate;
import kinglet.aggregate.States;
import kinglet.type.DataType;
import kinglet.value.Slot;

/// A plain sum of real numbers: its last bits show in which order it was added up.
final class RealSum extends Aggregate {
  @Override
  public DataType type() {
    return DataType.parse("Float64");
  }

  @Override
  public int words() {
    return 1;
  }

  @Override
  public boolean hasObject() {
    return false;
  }

  @Override
  public void add(
      States states, int row, int word, int object, Slot[] arguments, long micros, long seq) {
    set(states, row, word, get(states, row, word) + arguments[0].real());
  }

  @Override
  public void merge(States into, int row, int word, int object, States from, int fromRow) {
    set(into, row, word, get(into, row, word) + get(from, fromRow, word));
  }

  @Override
  public void finish(States states, int row, int word, int object, long readMicros, Slot out) {
    out.setReal(get(states, row, word));
  }

  private static double get(States states, int row, int word) {
    return Double.longBitsToDouble(states.word(row, word));
  }

  private static void set(States states, int row, int word, double sum) {
    states.setWord(row, word, Double.doubleToRawLongBits(sum));
  }
}
