// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.ArrayList;
import java.util.List;
import kinglet.aggregate.States;
import kinglet.aggregate.WordMerge;
import kinglet.aggregate.WordMerges;

/// Merges states of some aggregates of a section, many rows at once. Immutable.
final class StatesMerge {
  private final WordMerges words;
  private final Section.Use[] others;

  StatesMerge(Section section, int[] positions) {
    List<WordMerges.Place> places = new ArrayList<>();
    List<Section.Use> rest = new ArrayList<>();
    for (int position : positions) {
      Section.Use use = section.use(position);
      List<WordMerge> merges = use.aggregate().wordMerges();
      for (int word = 0; word < merges.size(); word++) {
        places.add(new WordMerges.Place(merges.get(word), use.word() + word));
      }
      if (merges.isEmpty()) {
        rest.add(use);
      }
    }
    this.words = new WordMerges(places);
    this.others = rest.toArray(Section.Use[]::new);
  }

  /// Merges rows, one after another from `first` down to `last`.
  void mergeDown(States into, int row, States from, int first, int last) {
    words.mergeDown(into, row, from, first, last);
    for (Section.Use use : others) {
      use.aggregate().mergeDown(into, row, use.word(), use.object(), from, first, last);
    }
  }
}
