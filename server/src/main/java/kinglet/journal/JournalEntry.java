// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

/// Rows of one data source to append: one block, encoded by the caller.
///
/// @param rows number of rows in the payload; each gets a sequence number of its own
public record JournalEntry(
    long dataSourceId, int schemaVersion, EntryKind kind, int rows, byte[] payload) {
  public JournalEntry {
    if (rows <= 0) {
      throw new IllegalArgumentException("an entry has at least one row, not " + rows);
    }
  }
}
