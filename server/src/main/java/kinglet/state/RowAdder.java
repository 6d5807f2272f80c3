// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.stream.Stream;
import kinglet.aggregate.States;
import kinglet.value.Slot;

/// Adds rows to states of a section; belongs to one thread.
final class RowAdder {
  private final RowLayout rows;
  private final Section section;
  private final Slot[] arguments;
  private final Slot[][] taken;

  RowAdder(RowLayout rows, Section section) {
    this.rows = rows;
    this.section = section;
    this.arguments = Stream.generate(Slot::new).limit(rows.arguments()).toArray(Slot[]::new);
    this.taken = new Slot[section.size()][];
    for (int position = 0; position < taken.length; position++) {
      int[] wanted = section.use(position).arguments();
      taken[position] = new Slot[wanted.length];
      for (int i = 0; i < wanted.length; i++) {
        taken[position][i] = arguments[wanted[i]];
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
    long micros = words[word + RowLayout.MICROS];
    long seq = words[word + RowLayout.SEQ];
    for (int position : positions) {
      Section.Use use = section.use(position);
      if (use.takes(words, word)) {
        use.aggregate().add(states, row, use.word(), use.object(), taken[position], micros, seq);
      }
    }
  }
}
