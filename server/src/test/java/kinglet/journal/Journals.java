// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kinglet.metrics.Metrics;
import kinglet.time.MicrosClock;

/// Makes journals and entries for tests.
public final class Journals {
  static final long DISK_BYTES = 1L << 40;

  private Journals() {}

  static JournalSettings settings(Path directory) {
    return new JournalSettings(
        directory, 64, 1 << 20, 1 << 18, 1 << 20, 1 << 20, Duration.ZERO, Duration.ofSeconds(20));
  }

  /// A journal in memory: nothing of it is left when it is closed.
  public static Journal inMemory(MicrosClock clock) {
    try {
      return over(new MemoryJournalStore(), clock);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  static Journal over(JournalStore store, MicrosClock clock) throws IOException {
    return over(store, settings(Path.of("unused")), clock, () -> DISK_BYTES);
  }

  static Journal over(
      JournalStore store,
      JournalSettings settings,
      MicrosClock clock,
      java.util.function.LongSupplier usableBytes)
      throws IOException {
    return new GroupCommitJournal(
        store,
        settings,
        clock,
        new DiskGuard(
            usableBytes, settings.diskReserveBytes(), settings.diskCheckInterval(), clock),
        new JournalMeters(new Metrics()));
  }

  static JournalEntry rows(int rows, String payload) {
    return new JournalEntry(7, 3, EntryKind.ROWS, rows, payload.getBytes(StandardCharsets.UTF_8));
  }

  public static List<StoredEntry> readAll(Journal journal) {
    return readFrom(journal, journal.firstSeq());
  }

  static List<StoredEntry> readFrom(Journal journal, long fromSeq) {
    List<StoredEntry> entries = new ArrayList<>();
    try (JournalCursor cursor = journal.read(fromSeq)) {
      for (Optional<StoredEntry> next = cursor.next(); next.isPresent(); next = cursor.next()) {
        entries.add(next.get());
      }
    }
    return entries;
  }

  static String text(StoredEntry entry) {
    return new String(entry.payload(), StandardCharsets.UTF_8);
  }
}
