// SPDX-License-Identifier: Apache-2.0
package kinglet.monitor;

import java.util.List;
import java.util.OptionalDouble;
import kinglet.catalog.Monitor.Watch;
import kinglet.feature.WatchedFeature;

/// How far the values of a feature lie from those of the reference.
///
/// @param value nothing where one of the two has too few values
/// @param referenceValues how many there are, without NULL
/// @param newCategories the most frequent values that the reference does not have, of features that
///   are compared as categories
public record Measurement(
    Watch watch,
    WatchedFeature feature,
    OptionalDouble value,
    long referenceValues,
    long currentValues,
    List<String> newCategories) {
  public Measurement {
    newCategories = List.copyOf(newCategories);
  }

  public boolean exceeds() {
    return value.isPresent() && value.getAsDouble() > watch.threshold();
  }
}
