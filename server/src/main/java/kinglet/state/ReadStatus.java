// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

/// What a read found of an entity.
public enum ReadStatus {
  PRESENT,
  /// No event of the key until the read time is known.
  NOT_FOUND,
  /// The newest event until the read time is older than the view's TTL; every value is NULL.
  EXPIRED
}
