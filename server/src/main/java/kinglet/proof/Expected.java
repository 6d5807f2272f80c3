// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a model computed.
///
/// @param tolerance by how much a number may differ; 0 for not at all. Without an end, a list may
///   hold other elements, or fewer
record Expected(@Nullable Object value, double tolerance) {
  static final Expected NULL = exact(null);

  static Expected exact(@Nullable Object value) {
    return new Expected(value, 0);
  }

  static Expected near(double value, double tolerance) {
    return new Expected(value, tolerance);
  }

  static Expected anyOf(List<?> most) {
    return new Expected(most, Double.POSITIVE_INFINITY);
  }
}
