// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;

/// Makes the case of a difference smaller, as long as it still shows one.
final class Shrinker {
  private static final int CHECKS_MAX = 400;

  private final Function<Case, Optional<Difference>> check;
  private Difference smallest;
  private int checks;

  /// @param check the first difference of a case
  Shrinker(Difference found, Function<Case, Optional<Difference>> check) {
    this.smallest = found;
    this.check = check;
  }

  Difference shrink() {
    if (smallest.column() >= 0) {
      boolean unused = differs(smallest.made().withColumn(smallest.column()));
    }
    boolean single = differs(smallest.made().with(events(), List.of(smallest.read())));
    int key = smallest.read().key();
    List<Event> own = events().stream().filter(event -> event.key() == key).toList();
    boolean _ = differs(smallest.made().with(own, smallest.made().reads()));
    for (int size = reads().size() / 2; !single && size > 0; size /= 2) {
      drop(size, this::reads, rest -> smallest.made().with(events(), rest));
    }
    for (int size = Math.max(1, events().size() / 2); size > 0; size /= 2) {
      drop(size, this::events, rest -> smallest.made().with(rest, reads()));
    }
    Case made = smallest.made();
    boolean _ = differs(made.without(Optional.empty(), made.ttlMicros()));
    made = smallest.made();
    boolean _ = differs(made.without(made.where(), OptionalLong.empty()));
    return smallest;
  }

  private List<Event> events() {
    return smallest.made().events();
  }

  private List<Read> reads() {
    return smallest.made().reads();
  }

  /// Leaves out so many at a time wherever the difference stays.
  private <T> void drop(int size, Supplier<List<T>> held, Function<List<T>, Case> with) {
    int from = 0;
    while (from < held.get().size()) {
      List<T> all = held.get();
      List<T> rest = new ArrayList<>(all.subList(0, from));
      rest.addAll(all.subList(Math.min(all.size(), from + size), all.size()));
      if (rest.isEmpty() || !differs(with.apply(rest))) {
        from += size;
      }
    }
  }

  private boolean differs(Case smaller) {
    if (checks == CHECKS_MAX) {
      return false;
    }
    checks++;
    Optional<Difference> found = check.apply(smaller);
    found.ifPresent(difference -> smallest = difference);
    return found.isPresent();
  }
}
