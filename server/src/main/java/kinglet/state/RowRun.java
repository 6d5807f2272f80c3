// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import kinglet.aggregate.Run;
import kinglet.aggregate.RunAggregate;
import kinglet.aggregate.States;
import org.jspecify.annotations.Nullable;

/// Adds rows of a tail or a leaf to states, many at once, the newest first. Belongs to a reader.
/* A call for each row and aggregate would cost more than what it does. So the words of an argument
 * are laid side by side, once for all the aggregates that take it from the same rows, and each
 * aggregate goes over them in a loop of its own. What cannot do that takes rows one by one.
 */
final class RowRun {
  private static final long[] NO_WORDS = {};
  private static final Object[] NO_OBJECTS = {};

  private final RowLayout rows;
  private final States states;
  private final RowAdder adder;
  private final List<Column> columns = new ArrayList<>();

  /// The active aggregates of each part, by how they take rows.
  private final Lane[][] lanes;

  private final int[][] single;

  private long[] words = NO_WORDS;
  private Object[] objects = NO_OBJECTS;

  /// Where the rows begin, the newest first.
  private int[] places = new int[TreeWriter.LEAF_ROWS];

  private int size;

  /// The rows from here to `end` are taken, but not added yet.
  private int from;

  private int end;

  RowRun(RowLayout rows, WindowGroup group, States states) {
    this.rows = rows;
    this.states = states;
    Section section = group.section();
    this.adder = new RowAdder(rows, section);
    this.lanes = new Lane[group.parts().length][];
    this.single = new int[lanes.length][];
    for (int part = 0; part < lanes.length; part++) {
      List<Lane> together = new ArrayList<>();
      IntStream.Builder rest = IntStream.builder();
      for (int position : group.parts()[part].active()) {
        Section.Use use = section.use(position);
        if (use.aggregate() instanceof RunAggregate aggregate && isOfWords(use)) {
          together.add(new Lane(column(use), aggregate, use.word()));
        } else {
          rest.add(position);
        }
      }
      lanes[part] = together.toArray(Lane[]::new);
      single[part] = rest.build().toArray();
    }
  }

  /// Whether one word of flags and one of its argument decide what is added.
  private boolean isOfWords(Section.Use use) {
    return rows.flagWords() <= 1
        && use.aggregate().skipsNulls()
        && Arrays.stream(use.arguments()).allMatch(argument -> rows.objectPlace(argument) < 0);
  }

  private Column column(Section.Use use) {
    for (Column column : columns) {
      if (column.serves(use)) {
        return column;
      }
    }
    Column column = new Column(use);
    columns.add(column);
    return column;
  }

  /// An aggregate that takes many rows at once, and from where.
  private record Lane(Column column, RunAggregate aggregate, int word) {}

  /// The words of an argument from those rows that some aggregates take.
  private final class Column {
    private final Section.Use use;
    private final int place;
    private final int flags;
    private final long decisive;
    private final long wanted;
    private Run run = new Run(0);

    /// How many of the rows before each are taken.
    private int[] before = {};

    private boolean gathered;

    Column(Section.Use use) {
      this.use = use;
      this.place = use.arguments().length == 0 ? 0 : rows.wordPlace(use.arguments()[0]);
      boolean decides = rows.flagWords() > 0;
      this.flags = decides ? RowLayout.FLAGS : 0;
      this.decisive = decides ? use.decisive()[0] : 0;
      this.wanted = decides ? use.wanted()[0] : 0;
    }

    boolean serves(Section.Use other) {
      return Arrays.equals(use.arguments(), other.arguments())
          && Arrays.equals(use.decisive(), other.decisive())
          && Arrays.equals(use.wanted(), other.wanted());
    }

    /// The rows between `from` and `end`; nothing if none is taken.
    @Nullable Run run() {
      if (!gathered) {
        gathered = true;
        gather();
      }
      int first = before[from];
      int last = before[end];
      if (first == last) {
        return null;
      }
      int newest = from;
      while (before[newest + 1] == first) {
        newest++;
      }
      int oldest = end - 1;
      while (before[oldest] == last) {
        oldest--;
      }
      run.hold(first, last, micros(newest), seq(newest), micros(oldest), seq(oldest));
      return run;
    }

    private void gather() {
      if (before.length <= size) {
        before = new int[places.length + 1];
        run = new Run(places.length + 1);
      }
      long[] source = words;
      long[] into = run.words();
      int[] counts = before;
      int taken = 0;
      for (int i = 0; i < size; i++) {
        int row = places[i];
        counts[i] = taken;
        into[taken] = source[row + place];
        taken += (source[row + flags] & decisive) == wanted ? 1 : 0;
      }
      counts[size] = taken;
    }

    private long micros(int row) {
      return words[places[row] + RowLayout.MICROS];
    }

    private long seq(int row) {
      return words[places[row] + RowLayout.SEQ];
    }
  }

  /// Opens a leaf up to a row, which is the first to be taken.
  void open(RowLeaf leaf, int newest) {
    open(leaf.words(), leaf.objects(), newest + 1);
    for (int row = 0; row <= newest; row++) {
      places[row] = (newest - row) * rows.words();
    }
  }

  /// Opens a tail up to a place in the order of time, which is the first to be taken.
  void open(TailOrder order, int newest) {
    open(order.tail().words(), order.tail().objects(), newest + 1);
    for (int row = 0; row <= newest; row++) {
      places[row] = order.row(newest - row) * rows.words();
    }
  }

  private void open(long[] fromWords, Object[] fromObjects, int count) {
    words = fromWords;
    objects = fromObjects;
    size = count;
    from = 0;
    end = 0;
    if (places.length < count) {
      places = new int[count];
    }
    for (int i = 0; i < columns.size(); i++) {
      columns.get(i).gathered = false;
    }
  }

  /// Lets go of the rows.
  void close() {
    open(NO_WORDS, NO_OBJECTS, 0);
  }

  /// Takes the next row.
  void take() {
    end++;
  }

  /// Adds the rows that were taken to the active aggregates of a part.
  void add(int part) {
    if (from == end) {
      return;
    }
    for (Lane lane : lanes[part]) {
      Run run = lane.column().run();
      if (run != null) {
        lane.aggregate().addRun(states, 0, lane.word(), run);
      }
    }
    if (single[part].length > 0) {
      for (int row = from; row < end; row++) {
        int object = places[row] / rows.words() * rows.objects();
        adder.add(single[part], states, 0, words, places[row], objects, object);
      }
    }
    from = end;
  }
}
