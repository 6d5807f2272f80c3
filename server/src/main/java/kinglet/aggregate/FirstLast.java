// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.DataType;
import kinglet.value.Slot;

/// `any`, `anyLast` and their synonyms, of values that are words: the value of the first or the
/// last event.
///
/// Words: the [Moment] of the event, the value.
final class FirstLast extends RunAggregate {
  private static final int VALUE = Moment.WORDS;

  private final boolean last;

  private FirstLast(DataType type, boolean last) {
    super(Call.orNull(type), Moment.WORDS + 1);
    this.last = last;
  }

  static Aggregate bind(Call call, boolean last) {
    call.parameterCount(0, 0);
    call.argumentCount(1, 1);
    Holder holder = new Holder(call.known(0));
    return holder.isWord() ? new FirstLast(holder.type(), last) : new ObjectFirstLast(holder, last);
  }

  @Override
  public void add(
      States states, int row, int word, int object, Slot[] arguments, long micros, long seq) {
    replace(states, row, word, arguments[0].bits(), micros, seq);
  }

  @Override
  public void addRun(States states, int row, int word, Run run) {
    if (last) {
      replace(states, row, word, run.word(run.from()), run.newestMicros(), run.newestSeq());
    } else {
      long value = run.word(run.to() - 1);
      replace(states, row, word, value, run.oldestMicros(), run.oldestSeq());
    }
  }

  @Override
  public void merge(States into, int row, int word, int object, States from, int fromRow) {
    if (!Moment.isEmpty(from, fromRow, word)) {
      replace(
          into,
          row,
          word,
          from.word(fromRow, word + VALUE),
          Moment.micros(from, fromRow, word),
          Moment.seq(from, fromRow, word));
    }
  }

  @Override
  public void mergeDown(
      States into, int row, int word, int object, States from, int first, int last) {
    int step = this.last ? -1 : 1;
    int fromRow = this.last ? first : last;
    int end = this.last ? last : first;
    while (fromRow != end && Moment.isEmpty(from, fromRow, word)) {
      fromRow += step;
    }
    merge(into, row, word, object, from, fromRow);
  }

  private void replace(States states, int row, int word, long value, long micros, long seq) {
    if (Moment.isEmpty(states, row, word)
        || Moment.isAfter(states, row, word, micros, seq) != last) {
      Moment.set(states, row, word, micros, seq);
      states.setWord(row, word + VALUE, value);
    }
  }

  @Override
  public void finish(States states, int row, int word, int object, long readMicros, Slot out) {
    if (Moment.isEmpty(states, row, word)) {
      out.setNull();
    } else {
      out.setWhole(states.word(row, word + VALUE));
    }
  }
}
