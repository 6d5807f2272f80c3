// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import kinglet.aggregate.Aggregate;
import kinglet.aggregate.States;
import kinglet.type.DataType;
import kinglet.value.Slot;

/// The sum of whole numbers with wrap-around, NULL when there was none; without argument a count.
final class WholeSum extends Aggregate {
  private final boolean counts;

  WholeSum(boolean counts) {
    this.counts = counts;
  }

  boolean counts() {
    return counts;
  }

  @Override
  public DataType type() {
    return DataType.parse(counts ? "UInt64" : "Nullable(Int64)");
  }

  @Override
  public int words() {
    return 2;
  }

  @Override
  public boolean hasObject() {
    return false;
  }

  @Override
  public void add(
      States states, int row, int word, int object, Slot[] arguments, long micros, long seq) {
    states.setWord(row, word, states.word(row, word) + (counts ? 1 : arguments[0].whole()));
    states.setWord(row, word + 1, 1);
  }

  @Override
  public void merge(States into, int row, int word, int object, States from, int fromRow) {
    into.setWord(row, word, into.word(row, word) + from.word(fromRow, word));
    into.setWord(row, word + 1, into.word(row, word + 1) | from.word(fromRow, word + 1));
  }

  @Override
  public void finish(States states, int row, int word, int object, long readMicros, Slot out) {
    if (counts || states.word(row, word + 1) != 0) {
      out.setWhole(states.word(row, word));
    } else {
      out.setNull();
    }
  }
}
