// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import java.util.Optional;

/// Reads the journal in order, one entry in memory at a time, up to what was committed when the
/// cursor was opened.
///
/// Owned by one platform thread: reading touches disk. Keep it short-lived, it pins files.
public interface JournalCursor extends AutoCloseable {
  /// The next entry; empty at the end. An entry that is damaged or missing is
  /// [JournalError#JOURNAL_CORRUPT], and the cursor goes no further.
  Optional<StoredEntry> next();

  @Override
  void close();
}
