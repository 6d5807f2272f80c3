// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import java.io.IOException;
import kinglet.error.PlatformException;
import kinglet.metrics.Metrics;
import kinglet.time.MicrosClock;

/// Opens the embedded journal: one directory, one process, RocksDB below.
public final class RocksJournal {
  private RocksJournal() {}

  /// Opens the journal in its directory, making it if there is none.
  public static Journal open(JournalSettings settings, MicrosClock clock, Metrics metrics) {
    RocksJournalStore store = null;
    try {
      store = new RocksJournalStore(settings.directory(), settings.writeBufferBytes());
      return new GroupCommitJournal(
          store,
          settings,
          clock,
          DiskGuard.of(settings.directory(), settings, clock),
          new JournalMeters(metrics));
    } catch (IOException | CorruptEntryException e) {
      if (store != null) {
        store.close();
      }
      JournalError code =
          e instanceof CorruptEntryException
              ? JournalError.JOURNAL_CORRUPT
              : JournalError.JOURNAL_UNREADABLE;
      throw new PlatformException(
          code, "cannot open the journal in " + settings.directory() + ": " + e.getMessage(), e);
    }
  }
}
