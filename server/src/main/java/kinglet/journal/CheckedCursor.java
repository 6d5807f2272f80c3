// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import java.io.IOException;
import java.util.Optional;
import kinglet.error.PlatformException;

/// Reads entries and proves that each follows the one before it, up to a last sequence number.
final class CheckedCursor implements JournalCursor {
  private final JournalStore.StoreCursor cursor;
  private final long lastSeq;
  private long expectedSeq;
  private boolean started;
  private boolean broken;

  CheckedCursor(JournalStore store, long fromSeq, long lastSeq) {
    this.expectedSeq = fromSeq;
    this.lastSeq = lastSeq;
    try {
      cursor = store.scan(fromSeq);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  @Override
  public Optional<StoredEntry> next() {
    if (broken) {
      throw new PlatformException(
          JournalError.JOURNAL_CORRUPT, "the journal is damaged at " + expectedSeq);
    }
    if (expectedSeq > lastSeq) {
      return Optional.empty();
    }
    try {
      if (!cursor.next()) {
        throw new CorruptEntryException("the entry at " + expectedSeq + " is missing");
      }
      StoredEntry entry = EntryLayout.decode(cursor.firstSeq(), cursor.value());
      checkOrder(entry);
      expectedSeq = entry.lastSeq() + 1;
      started = true;
      return Optional.of(entry);
    } catch (CorruptEntryException e) {
      broken = true;
      throw new PlatformException(
          JournalError.JOURNAL_CORRUPT, "the journal is damaged: " + e.getMessage(), e);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /// The first entry holds the row that was asked for, each other one begins where its predecessor
  /// ended.
  private void checkOrder(StoredEntry entry) {
    boolean follows =
        started
            ? entry.firstSeq() == expectedSeq
            : entry.firstSeq() <= expectedSeq && entry.lastSeq() >= expectedSeq;
    if (!follows || entry.lastSeq() > lastSeq) {
      throw new CorruptEntryException(
          "entry " + entry.firstSeq() + " stands where " + expectedSeq + " belongs");
    }
  }

  private PlatformException unreadable(IOException cause) {
    return new PlatformException(
        JournalError.JOURNAL_UNREADABLE,
        "the journal cannot be read at " + expectedSeq + ": " + cause.getMessage(),
        cause);
  }

  @Override
  public void close() {
    cursor.close();
  }
}
