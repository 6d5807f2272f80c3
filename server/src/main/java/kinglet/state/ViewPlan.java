// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.Arrays;
import java.util.List;
import kinglet.aggregate.Aggregate;

/// A layout made ready: where everything stands. Immutable.
final class ViewPlan {
  private final StateLayout layout;
  private final RowLayout rows;
  private final Use[] uses;
  private final int words;
  private final int objects;

  /// An aggregate with the place of its state and what an event must be to be added.
  record Use(Aggregate aggregate, List<Integer> arguments, int condition, int word, int object) {}

  ViewPlan(StateLayout layout) {
    this.layout = layout;
    this.rows = new RowLayout(layout.arguments(), layout.conditions());
    this.uses = new Use[layout.aggregates().size()];
    int word = 0;
    int object = 0;
    for (int i = 0; i < uses.length; i++) {
      AggregateUse use = layout.aggregates().get(i);
      int flag = use.condition().isPresent() ? rows.conditionFlag(use.condition().getAsInt()) : -1;
      uses[i] = new Use(use.aggregate(), use.arguments(), flag, word, object);
      word += use.aggregate().words();
      object += use.aggregate().hasObject() ? 1 : 0;
    }
    this.words = word;
    this.objects = object;
  }

  StateLayout layout() {
    return layout;
  }

  RowLayout rows() {
    return rows;
  }

  List<Use> uses() {
    return Arrays.asList(uses);
  }

  int stateWords() {
    return words;
  }

  int stateObjects() {
    return objects;
  }
}
