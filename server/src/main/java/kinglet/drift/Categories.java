// SPDX-License-Identifier: Apache-2.0
package kinglet.drift;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// How often each category is there.
public record Categories(SortedMap<String, Long> counts) {
  public Categories {
    counts = Collections.unmodifiableSortedMap(new TreeMap<>(counts));
    if (counts.isEmpty() || counts.values().stream().anyMatch(count -> count <= 0)) {
      throw new IllegalArgumentException("a category without values, or no category");
    }
  }

  public static Categories of(Map<String, Long> counts) {
    return new Categories(new TreeMap<>(counts));
  }

  /// The two side by side; a category only one of them knows counts zero in the other.
  public static Bins bins(Categories reference, Categories current) {
    SortedSet<String> names = new TreeSet<>(reference.counts.keySet());
    names.addAll(current.counts.keySet());
    return new Bins(
        names.stream().mapToLong(name -> reference.counts.getOrDefault(name, 0L)).toArray(),
        names.stream().mapToLong(name -> current.counts.getOrDefault(name, 0L)).toArray());
  }
}
