// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.value.Slot;

/// `any`, `anyLast` and their synonyms, of values that are objects.
///
/// Words: the [Moment] of the event.
final class ObjectFirstLast extends ValueAggregate {
  private final boolean last;

  ObjectFirstLast(Holder holder, boolean last) {
    super(holder, Moment.WORDS);
    this.last = last;
  }

  private boolean replaces(States states, int row, int word, long micros, long seq) {
    return Moment.isEmpty(states, row, word)
        || Moment.isAfter(states, row, word, micros, seq) != last;
  }

  @Override
  public void add(
      States states, int row, int word, int object, Slot[] arguments, long micros, long seq) {
    if (replaces(states, row, word, micros, seq)) {
      Moment.set(states, row, word, micros, seq);
      states.setObject(row, object, holder.keep(arguments[0]));
    }
  }

  @Override
  public void merge(States into, int row, int word, int object, States from, int fromRow) {
    if (Moment.isEmpty(from, fromRow, word)) {
      return;
    }
    long micros = Moment.micros(from, fromRow, word);
    long seq = Moment.seq(from, fromRow, word);
    if (replaces(into, row, word, micros, seq)) {
      Moment.set(into, row, word, micros, seq);
      into.setObject(row, object, from.object(fromRow, object));
    }
  }

  @Override
  public void finish(States states, int row, int word, int object, long readMicros, Slot out) {
    Object held = states.object(row, object);
    if (held == null) {
      holder.giveNothing(out);
    } else {
      holder.give(held, out);
    }
  }
}
