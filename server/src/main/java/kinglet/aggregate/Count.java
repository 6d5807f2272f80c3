// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.util.List;
import kinglet.type.DataType;
import kinglet.value.Slot;

/// `count`: how many rows.
final class Count extends RunAggregate {
  private Count() {
    super(new DataType.Int(64, false), 1);
  }

  static Aggregate bind(Call call) {
    call.parameterCount(0, 0);
    call.argumentCount(0, 1);
    return new Count();
  }

  @Override
  public void add(
      States states, int row, int word, int object, Slot[] arguments, long micros, long seq) {
    states.setWord(row, word, states.word(row, word) + 1);
  }

  @Override
  public void addRun(States states, int row, int word, Run run) {
    states.setWord(row, word, states.word(row, word) + run.count());
  }

  @Override
  public List<WordMerge> wordMerges() {
    return List.of(WordMerge.ADD);
  }

  @Override
  public void merge(States into, int row, int word, int object, States from, int fromRow) {
    into.setWord(row, word, into.word(row, word) + from.word(fromRow, word));
  }

  @Override
  public void finish(States states, int row, int word, int object, long readMicros, Slot out) {
    out.setWhole(states.word(row, word));
  }
}
