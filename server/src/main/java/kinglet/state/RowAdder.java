// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.Arrays;
import kinglet.aggregate.Aggregate;
import kinglet.aggregate.States;
import kinglet.value.Slot;

/// Adds rows to states of a section; belongs to one thread.
///
/// What every row needs of an aggregate stands side by side in arrays.
final class RowAdder {
  private final RowLayout rows;
  private final Section section;
  private final Slot[] arguments;
  private final Aggregate[] aggregates;
  private final Slot[][] taken;
  private final int[] wordPlaces;
  private final int[] objectPlaces;

  /// The decisive flags of each aggregate where all stand in one word.
  private final long[] decisive;

  private final long[] wanted;

  RowAdder(RowLayout rows, Section section) {
    this.rows = rows;
    this.section = section;
    this.arguments = Slot.array(rows.arguments());
    int size = section.size();
    this.aggregates = new Aggregate[size];
    this.taken = new Slot[size][];
    this.wordPlaces = new int[size];
    this.objectPlaces = new int[size];
    this.decisive = new long[size];
    this.wanted = new long[size];
    for (int position = 0; position < size; position++) {
      Section.Use use = section.use(position);
      aggregates[position] = use.aggregate();
      taken[position] =
          Arrays.stream(use.arguments()).mapToObj(i -> arguments[i]).toArray(Slot[]::new);
      wordPlaces[position] = use.word();
      objectPlaces[position] = use.object();
      if (rows.flagWords() == 1) {
        decisive[position] = use.decisive()[0];
        wanted[position] = use.wanted()[0];
      }
    }
  }

  void add(
      int[] positions,
      States states,
      int row,
      long[] words,
      int word,
      Object[] objects,
      int object) {
    rows.read(section.arguments(), words, word, objects, object, arguments);
    boolean narrow = rows.flagWords() <= 1;
    long flags = rows.flagWords() == 1 ? words[word + RowLayout.FLAGS] : 0;
    long micros = words[word + RowLayout.MICROS];
    long seq = words[word + RowLayout.SEQ];
    for (int position : positions) {
      boolean takes =
          narrow
              ? (flags & decisive[position]) == wanted[position]
              : section.use(position).takes(words, word);
      if (takes) {
        aggregates[position].add(
            states,
            row,
            wordPlaces[position],
            objectPlaces[position],
            taken[position],
            micros,
            seq);
      }
    }
  }
}
