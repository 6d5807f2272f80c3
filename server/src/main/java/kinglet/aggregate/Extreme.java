// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.util.List;
import kinglet.type.DataType;
import kinglet.value.Slot;

/// `min` and `max` of values that are words.
///
/// Words: the [Rank] of the best value, and for 64-bit integers whether there is one.
final class Extreme extends RunAggregate {
  private final Rank rank;

  private Extreme(DataType type, Rank rank) {
    super(Call.orNull(type), rank.mayBeZero() ? 2 : 1);
    this.rank = rank;
  }

  static Aggregate bind(Call call, boolean greatest) {
    call.parameterCount(0, 0);
    call.argumentCount(1, 1);
    DataType type = call.comparable(0);
    Holder holder = new Holder(type);
    return holder.isWord()
        ? new Extreme(type, Rank.of(type, greatest))
        : new ObjectExtreme(holder, greatest);
  }

  private void better(States states, int row, int word, long found) {
    if (Long.compareUnsigned(found, states.word(row, word)) > 0) {
      states.setWord(row, word, found);
    }
  }

  @Override
  public void add(
      States states, int row, int word, int object, Slot[] arguments, long micros, long seq) {
    better(states, row, word, rank.of(arguments[0].bits()));
    if (rank.mayBeZero()) {
      states.setWord(row, word + 1, 1);
    }
  }

  @Override
  public void addRun(States states, int row, int word, Run run) {
    long best = states.word(row, word) ^ Long.MIN_VALUE;
    for (int i = run.from(); i < run.to(); i++) {
      best = Math.max(best, rank.of(run.word(i)) ^ Long.MIN_VALUE);
    }
    states.setWord(row, word, best ^ Long.MIN_VALUE);
    if (rank.mayBeZero()) {
      states.setWord(row, word + 1, 1);
    }
  }

  @Override
  public List<WordMerge> wordMerges() {
    return rank.mayBeZero()
        ? List.of(WordMerge.GREATEST, WordMerge.OR)
        : List.of(WordMerge.GREATEST);
  }

  @Override
  public void merge(States into, int row, int word, int object, States from, int fromRow) {
    better(into, row, word, from.word(fromRow, word));
    if (rank.mayBeZero()) {
      into.setWord(row, word + 1, into.word(row, word + 1) | from.word(fromRow, word + 1));
    }
  }

  @Override
  public void finish(States states, int row, int word, int object, long readMicros, Slot out) {
    if (states.word(row, rank.mayBeZero() ? word + 1 : word) == 0) {
      out.setNull();
    } else {
      out.setWhole(rank.bits(states.word(row, word)));
    }
  }
}
