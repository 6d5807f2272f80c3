// SPDX-License-Identifier: Apache-2.0
package kinglet.verification;

import java.util.List;
import tools.jackson.databind.JsonNode;

/// What came of comparing the values of one feature.
///
/// @param different both are values, and not the same
/// @param missing a value was served, and history gives none
/// @param extra none was served, and history gives one
public record Counts(long compared, long equal, long different, long missing, long extra) {
  static final Counts NONE = new Counts(0, 0, 0, 0, 0);

  /// Stands for no value.
  static final String NULL = "null";

  /// Of one value.
  static Counts of(String served, String replayed) {
    boolean equal = served.equals(replayed);
    boolean missing = !equal && replayed.equals(NULL);
    boolean extra = !equal && served.equals(NULL);
    return new Counts(
        1, equal ? 1 : 0, equal || missing || extra ? 0 : 1, missing ? 1 : 0, extra ? 1 : 0);
  }

  Counts plus(Counts other) {
    return new Counts(
        compared + other.compared,
        equal + other.equal,
        different + other.different,
        missing + other.missing,
        extra + other.extra);
  }

  boolean allEqual() {
    return equal == compared;
  }

  List<Long> numbers() {
    return List.of(compared, equal, different, missing, extra);
  }

  /// What [#numbers] gave, as JSON.
  static Counts read(JsonNode numbers) {
    return new Counts(
        numbers.path(0).asLong(),
        numbers.path(1).asLong(),
        numbers.path(2).asLong(),
        numbers.path(3).asLong(),
        numbers.path(4).asLong());
  }
}
