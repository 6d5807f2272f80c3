// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import kinglet.drift.Binning;
import kinglet.drift.Distance;

/// Watches whether features still have the values that a reference has.
///
/// @param features a feature service or a feature view
/// @param window how far back the values are that are compared
/// @param valuesMin with fewer values nothing is said
/// @param schedule a cron expression in UTC; without one it runs on demand
/// @param webhook an address that is told of alerts, or a template with a secret
/// @param webhookSecret a template of the secret that signs what it is told
/// @param text of the file, with what it includes
public record Monitor(
    String name,
    String description,
    String features,
    Reference reference,
    Duration window,
    long valuesMin,
    Optional<String> schedule,
    Optional<String> webhook,
    Optional<String> webhookSecret,
    List<Watch> watches,
    String text) {
  public static final Duration DEFAULT_WINDOW = Duration.ofHours(1);
  public static final long DEFAULT_VALUES_MIN = 100;
  public static final String DEFAULT_SCHEDULE = "0 * * * *";

  public Monitor {
    watches = List.copyOf(watches);
  }

  /// What values are compared with.
  public sealed interface Reference {
    /// The values of a training set.
    record TrainingSet(String name) implements Reference {}

    /// What was read from one time until before another.
    record Range(Instant from, Instant to) implements Reference {}

    /// What was read right before the window.
    record Preceding(Duration length) implements Reference {}
  }

  /// One feature, and how far it may be from the reference.
  ///
  /// @param feature its name, with that of its view and a dot before it if the file says so
  /// @param split how values become bins, for distances that take some
  public record Watch(String feature, Distance distance, double threshold, Split split) {
    /// The word of the distance.
    public String measure() {
      return distance.word();
    }
  }

  /// How values become bins.
  public sealed interface Split {
    /// Ten bins of equal frequency for numbers, a bin for each value of everything else.
    record Usual() implements Split {
      private static final Binning NUMBERS = new Binning.EqualFrequency(10);

      public Binning numbers() {
        return NUMBERS;
      }
    }

    /// Numbers in bins.
    record Numbers(Binning binning) implements Split {}

    /// A bin for each value.
    record Categories() implements Split {}
  }
}
