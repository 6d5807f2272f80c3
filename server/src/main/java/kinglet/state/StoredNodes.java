// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The nodes of a large entity that the store has one by one, and their numbers. Nodes are never
/// changed, so what has a number is not written again. Not changed once it is handed on.
final class StoredNodes {
  static final StoredNodes NONE = new StoredNodes(1);

  private static final long NODE_BYTES = 48;

  private final IdentityHashMap<Node, Long> numbers = new IdentityHashMap<>();
  private long next;

  /// @param next the number of the next node that is stored
  StoredNodes(long next) {
    this.next = next;
  }

  @Nullable Long number(Node node) {
    return numbers.get(node);
  }

  void put(Node node, long number) {
    numbers.put(node, number);
  }

  /// Gives a node the next number.
  long add(Node node) {
    numbers.put(node, next);
    return next++;
  }

  long next() {
    return next;
  }

  List<Long> all() {
    return List.copyOf(numbers.values());
  }

  /// The numbers that others do not have.
  List<Long> without(StoredNodes others) {
    List<Long> rest = new ArrayList<>();
    numbers.forEach((node, number) -> {
      if (others.number(node) == null) {
        rest.add(number);
      }
    });
    return rest;
  }

  /// About how many bytes of memory they take.
  long bytes() {
    return numbers.size() * NODE_BYTES;
  }
}
