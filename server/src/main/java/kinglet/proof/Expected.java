// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import org.jspecify.annotations.Nullable;

/// What a model computed.
///
/// @param tolerance by how much a number may differ; 0 for not at all
record Expected(@Nullable Object value, double tolerance) {
  static final Expected NULL = exact(null);

  static Expected exact(@Nullable Object value) {
    return new Expected(value, 0);
  }

  static Expected near(double value, double tolerance) {
    return new Expected(value, tolerance);
  }
}
