// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.List;
import java.util.OptionalLong;
import kinglet.value.Shape;

/// What a view keeps of its entities' events, and what is read from it.
///
/// A *lookup* keeps the latest event of each key and has neither aggregates, windows nor features:
/// its values are the arguments of that event.
///
/// @param arguments the shapes of the values an event carries
/// @param conditions how many conditions an event says whether they hold
/// @param ttlMicros after how much silence an entity reads as expired
/// @param asOfMicros how far back reads at a time of the caller's reach; tiles keep the events of
///   that long one by one
public record StateLayout(
    List<Shape> arguments,
    int conditions,
    List<AggregateUse> aggregates,
    List<Window> windows,
    List<FeatureUse> features,
    boolean lookup,
    OptionalLong ttlMicros,
    long asOfMicros) {
  public StateLayout {
    arguments = List.copyOf(arguments);
    aggregates = List.copyOf(aggregates);
    windows = List.copyOf(windows);
    features = List.copyOf(features);
    check(arguments, conditions, aggregates, windows, features);
    if (lookup && !(aggregates.isEmpty() && windows.isEmpty() && features.isEmpty())) {
      throw new IllegalArgumentException("a lookup has no aggregates, windows and features");
    }
    if (asOfMicros < 0 || ttlMicros.orElse(1) <= 0) {
      throw new IllegalArgumentException("as of " + asOfMicros + ", ttl " + ttlMicros);
    }
  }

  /// How many values a read gives: one for each feature, or for each argument of a lookup.
  public int values() {
    return lookup ? arguments.size() : features.size();
  }

  private static void check(
      List<Shape> arguments,
      int conditions,
      List<AggregateUse> aggregates,
      List<Window> windows,
      List<FeatureUse> features) {
    for (AggregateUse use : aggregates) {
      use.arguments().forEach(argument -> checkIndex("argument", argument, arguments.size()));
      use.condition().ifPresent(condition -> checkIndex("condition", condition, conditions));
    }
    for (FeatureUse feature : features) {
      checkIndex("aggregate", feature.aggregate(), aggregates.size());
      checkIndex("window", feature.window(), windows.size());
    }
  }

  private static void checkIndex(String what, int index, int count) {
    if (index < 0 || index >= count) {
      throw new IllegalArgumentException("there is no " + what + " " + index + " of " + count);
    }
  }
}
