// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import kinglet.aggregate.Aggregate;
import kinglet.aggregate.States;
import kinglet.type.Bytes;

/// The aggregates that one structure holds states of, and where they stand in a row of states.
final class Section {
  private static final Use[] NO_USES = {};

  private final Use[] uses;
  private final Aggregate[] aggregates;
  private final int[] wordPlaces;
  private final int[] objectPlaces;
  private final int[] all;
  private final int[] arguments;
  private final int words;
  private final int objects;

  /// One aggregate of the section.
  ///
  /// @param index its place in [StateLayout#aggregates()]
  /// @param decisive the flags that decide whether a row is added, for each word of flags
  /// @param wanted those of them that must be set
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Use(
      int index,
      Aggregate aggregate,
      int[] arguments,
      long[] decisive,
      long[] wanted,
      int word,
      int object) {
    static Use of(RowLayout rows, int index, AggregateUse use, int word, int object) {
      int[] arguments = ints(use.arguments());
      long[] decisive = new long[rows.flagWords()];
      long[] wanted = new long[rows.flagWords()];
      if (use.condition().isPresent()) {
        int flag = rows.conditionFlag(use.condition().getAsInt());
        decisive[flag >> 6] |= 1L << flag;
        wanted[flag >> 6] |= 1L << flag;
      }
      if (use.aggregate().skipsNulls()) {
        for (int argument : arguments) {
          decisive[argument >> 6] |= 1L << argument;
        }
      }
      return new Use(index, use.aggregate(), arguments, decisive, wanted, word, object);
    }

    /// Whether a row is to be added: its condition holds and no argument is NULL that must not be.
    boolean takes(long[] words, int word) {
      for (int i = 0; i < wanted.length; i++) {
        if ((words[word + RowLayout.FLAGS + i] & decisive[i]) != wanted[i]) {
          return false;
        }
      }
      return true;
    }
  }

  /// @param indexes which of the layout's aggregates, ascending
  Section(StateLayout layout, RowLayout rows, int[] indexes) {
    this.uses = new Use[indexes.length];
    int word = 0;
    int object = 0;
    for (int i = 0; i < indexes.length; i++) {
      AggregateUse use = layout.aggregates().get(indexes[i]);
      Aggregate aggregate = use.aggregate();
      uses[i] = Use.of(rows, indexes[i], use, word, object);
      word += aggregate.words();
      object += aggregate.hasObject() ? 1 : 0;
    }
    this.aggregates = Arrays.stream(uses).map(Use::aggregate).toArray(Aggregate[]::new);
    this.wordPlaces = Arrays.stream(uses).mapToInt(Use::word).toArray();
    this.objectPlaces = Arrays.stream(uses).mapToInt(Use::object).toArray();
    this.all = IntStream.range(0, indexes.length).toArray();
    this.arguments =
        Arrays.stream(uses)
            .flatMapToInt(use -> Arrays.stream(use.arguments()))
            .distinct()
            .toArray();
    this.words = word;
    this.objects = object;
  }

  private static int[] ints(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  int size() {
    return uses.length;
  }

  Use use(int position) {
    return uses[position];
  }

  /// Where an aggregate of the layout stands in this section.
  int position(int index) {
    for (int position = 0; position < uses.length; position++) {
      if (uses[position].index() == index) {
        return position;
      }
    }
    throw new IllegalArgumentException("no aggregate " + index + " in the section");
  }

  /// Every position.
  int[] all() {
    return all;
  }

  /// The arguments that its aggregates take.
  int[] arguments() {
    return arguments;
  }

  /// Rows of empty states.
  States states(int rows) {
    return new States(words, objects, rows);
  }

  /// Merges states into others.
  void merge(int[] positions, States into, int row, States from, int fromRow) {
    for (int position : positions) {
      aggregates[position].merge(
          into, row, wordPlaces[position], objectPlaces[position], from, fromRow);
    }
  }

  /// Makes the objects of a row its own, so that it can be changed.
  void own(States states, int row) {
    if (objects == 0) {
      return;
    }
    for (Use use : uses) {
      if (use.aggregate().hasObject()) {
        Object held = states.object(row, use.object());
        states.setObject(row, use.object(), use.aggregate().copy(held));
      }
    }
  }

  /// Writes the states of a row: its words, then of each object its length and a one more, or 0.
  void write(States states, int row, Bytes to) {
    for (int word = 0; word < words; word++) {
      to.putLong(states.word(row, word));
    }
    for (Use use : uses) {
      if (use.aggregate().hasObject()) {
        Object held = states.object(row, use.object());
        if (held == null) {
          to.putVarint(0);
          continue;
        }
        Bytes own = new Bytes(64);
        use.aggregate().writeObject(held, own);
        to.putVarint(own.size() + 1L);
        to.put(own.array(), 0, own.size());
      }
    }
  }

  /// Reads what [#write] wrote.
  void read(StateCursor from, States states, int row) {
    for (int word = 0; word < words; word++) {
      states.setWord(row, word, from.readLong());
    }
    for (Use use : uses) {
      if (use.aggregate().hasObject()) {
        int length = from.readCount() - 1;
        if (length >= 0) {
          Object held = use.aggregate().readObject(from.bytes(), from.at(), length);
          states.setObject(row, use.object(), held);
          from.skip(length);
        }
      }
    }
  }

  /// About how many bytes of memory the states of a row take.
  long bytes(States states, int row) {
    long bytes = (long) words * Long.BYTES + (long) objects * Integer.BYTES;
    for (Use use : objects == 0 ? NO_USES : uses) {
      if (use.aggregate().hasObject()) {
        bytes += use.aggregate().objectBytes(states.object(row, use.object()));
      }
    }
    return bytes;
  }
}
