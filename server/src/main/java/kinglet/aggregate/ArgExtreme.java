// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.Bytes;
import kinglet.type.DataType;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;

/// `argMin` and `argMax`: the first argument where the second is least or greatest; of equal ones,
/// that of the first event.
///
/// Words: the [Moment] of the event, then the [Rank] of the second argument and the first argument,
/// each where it is a word. What is no word is the object, or the two are an array of two.
final class ArgExtreme extends Aggregate {
  private final Holder value;
  private final Holder key;
  private final Rank rank;
  private final boolean greatest;
  private final int valueWord;

  private ArgExtreme(Holder value, Holder key, boolean greatest) {
    this.value = value;
    this.key = key;
    this.rank = Rank.of(key.type(), greatest);
    this.greatest = greatest;
    this.valueWord = Moment.WORDS + (key.isWord() ? 1 : 0);
  }

  static Aggregate bind(Call call, boolean greatest) {
    call.parameterCount(0, 0);
    call.argumentCount(2, 2);
    return new ArgExtreme(new Holder(call.known(0)), new Holder(call.comparable(1)), greatest);
  }

  @Override
  public DataType type() {
    return Call.orNull(value.type());
  }

  @Override
  public int words() {
    return valueWord + (value.isWord() ? 1 : 0);
  }

  @Override
  public boolean hasObject() {
    return !value.isWord() || !key.isWord();
  }

  @Override
  public void add(
      States states, int row, int word, int object, Slot[] arguments, long micros, long seq) {
    Slot by = arguments[1];
    if (key.isWord()) {
      long found = rank.of(rank.isFloat() ? positiveZero(by.real()) : by.bits());
      if (Moment.isEmpty(states, row, word)
          || replaces(
              Long.compareUnsigned(found, states.word(row, word + Moment.WORDS)),
              states,
              row,
              word,
              micros,
              seq)) {
        states.setWord(row, word + Moment.WORDS, found);
        set(states, row, word, object, arguments, micros, seq);
      }
    } else if (Moment.isEmpty(states, row, word)
        || replaces(
            better(key.compare(by, heldKey(states.object(row, object)))),
            states,
            row,
            word,
            micros,
            seq)) {
      set(states, row, word, object, arguments, micros, seq);
    }
  }

  /// Zeros of both signs are equal.
  private static long positiveZero(double value) {
    return Double.doubleToRawLongBits(value + 0.0);
  }

  private int better(int comparison) {
    return greatest ? comparison : -comparison;
  }

  private static boolean replaces(
      int better, States states, int row, int word, long micros, long seq) {
    return better > 0 || (better == 0 && Moment.isAfter(states, row, word, micros, seq));
  }

  private void set(
      States states, int row, int word, int object, Slot[] arguments, long micros, long seq) {
    Moment.set(states, row, word, micros, seq);
    if (value.isWord()) {
      states.setWord(row, word + valueWord, arguments[0].bits());
      if (!key.isWord()) {
        states.setObject(row, object, key.keep(arguments[1]));
      }
    } else {
      Object kept = value.keep(arguments[0]);
      states.setObject(
          row, object, key.isWord() ? kept : new Object[] {kept, key.keep(arguments[1])});
    }
  }

  private Object heldKey(@Nullable Object held) {
    if (held == null) {
      throw new IllegalStateException("a state with a moment and without a key");
    }
    return value.isWord() ? held : ((Object[]) held)[1];
  }

  @Override
  public void merge(States into, int row, int word, int object, States from, int fromRow) {
    if (Moment.isEmpty(from, fromRow, word)) {
      return;
    }
    long micros = Moment.micros(from, fromRow, word);
    long seq = Moment.seq(from, fromRow, word);
    if (Moment.isEmpty(into, row, word)
        || replaces(
            compare(into, row, word, object, from, fromRow), into, row, word, micros, seq)) {
      for (int i = 0; i < words(); i++) {
        into.setWord(row, word + i, from.word(fromRow, word + i));
      }
      if (hasObject()) {
        into.setObject(row, object, from.object(fromRow, object));
      }
    }
  }

  private int compare(States into, int row, int word, int object, States from, int fromRow) {
    int rankWord = word + Moment.WORDS;
    return key.isWord()
        ? Long.compareUnsigned(from.word(fromRow, rankWord), into.word(row, rankWord))
        : better(
            key.compare(heldKey(from.object(fromRow, object)), heldKey(into.object(row, object))));
  }

  @Override
  public void finish(States states, int row, int word, int object, long readMicros, Slot out) {
    if (Moment.isEmpty(states, row, word)) {
      value.giveNothing(out);
    } else if (value.isWord()) {
      out.setWhole(states.word(row, word + valueWord));
    } else {
      Object held = states.object(row, object);
      if (held == null) {
        throw new IllegalStateException("a state with a moment and without a value");
      }
      value.give(key.isWord() ? held : ((Object[]) held)[0], out);
    }
  }

  @Override
  public long objectBytes(@Nullable Object held) {
    if (held == null) {
      return 0;
    }
    if (held instanceof Object[] both) {
      return 24 + value.bytes(both[0]) + key.bytes(both[1]);
    }
    return (value.isWord() ? key : value).bytes(held);
  }

  @Override
  public void writeObject(Object held, Bytes to) {
    if (held instanceof Object[] both) {
      value.write(both[0], to);
      key.write(both[1], to);
    } else {
      (value.isWord() ? key : value).write(held, to);
    }
  }

  @Override
  public Object readObject(byte[] from, int offset, int length) {
    Input input = new Input(from, offset, length);
    Object held = (value.isWord() ? key : value).read(input);
    if (!value.isWord() && !key.isWord()) {
      held = new Object[] {held, key.read(input)};
    }
    input.end();
    return held;
  }
}
