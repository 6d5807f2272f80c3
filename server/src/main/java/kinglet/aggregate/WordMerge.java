// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

/// How a word of a state takes in that of another state.
public enum WordMerge {
  /// Whole numbers are added.
  ADD,
  /// The bits of doubles are added as doubles.
  ADD_REAL,
  /// The inverted bits of doubles are added as doubles; 0 is none.
  ADD_INVERTED_REAL,
  /// The greatest stays, without sign.
  GREATEST,
  /// Every bit of either.
  OR
}
