// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

/// Whether the journal takes appends.
///
/// ```
///   ACCEPTING <--> DISK_FULL
///       |              |
///       +-> FAILED <---+     until the process starts again
///       +-> CLOSED <---+
/// ```
public enum JournalState {
  ACCEPTING,
  /// Too little disk space is left; appends are refused, reads go on.
  DISK_FULL,
  /// A write or an fsync failed; nothing is accepted any more.
  FAILED,
  CLOSED
}
