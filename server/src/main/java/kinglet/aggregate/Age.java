// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.DataType;
import kinglet.value.Slot;

/// `timeSinceFirst`, `timeSinceLast`: seconds from the first or last event to the read.
///
/// Words: the event's time, and whether there is one.
final class Age extends WordAggregate {
  private final boolean last;

  private Age(boolean last) {
    super(Call.orNull(new DataType.Float(64)), 2);
    this.last = last;
  }

  static Aggregate bind(Call call, boolean last) {
    call.parameterCount(0, 0);
    call.argumentCount(0, 1);
    return new Age(last);
  }

  private void combine(States states, int row, int word, long micros) {
    long held = states.word(row, word);
    if (states.word(row, word + 1) == 0 || (last ? micros > held : micros < held)) {
      states.setWord(row, word, micros);
      states.setWord(row, word + 1, 1);
    }
  }

  @Override
  public void add(
      States states, int row, int word, int object, Slot[] arguments, long micros, long seq) {
    combine(states, row, word, micros);
  }

  @Override
  public void merge(States into, int row, int word, int object, States from, int fromRow) {
    if (from.word(fromRow, word + 1) != 0) {
      combine(into, row, word, from.word(fromRow, word));
    }
  }

  @Override
  public void finish(States states, int row, int word, int object, long readMicros, Slot out) {
    if (states.word(row, word + 1) == 0) {
      out.setNull();
    } else {
      out.setReal((readMicros - states.word(row, word)) / 1e6);
    }
  }
}
