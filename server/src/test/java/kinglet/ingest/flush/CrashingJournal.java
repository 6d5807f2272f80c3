// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.journal.Appended;
import kinglet.journal.Journal;
import kinglet.journal.JournalCursor;
import kinglet.journal.JournalEntry;
import kinglet.journal.JournalHealth;
import kinglet.journal.JournalListener;

/// A journal as a process sees it that ends at a step; the journal below outlives it.
record CrashingJournal(Journal below, CrashSwitch crash) implements Journal {
  @Override
  public String id() {
    return below.id();
  }

  @Override
  public Appended append(List<JournalEntry> entries, Map<String, byte[]> changes) {
    return below.append(entries, changes);
  }

  @Override
  public JournalCursor read(long fromSeq) {
    return below.read(fromSeq);
  }

  @Override
  public void trim(long belowSeq) {
    boolean unused =
        crash.step(() -> {
          below.trim(belowSeq);
          return true;
        });
  }

  @Override
  public long committedSeq() {
    return below.committedSeq();
  }

  @Override
  public long firstSeq() {
    return below.firstSeq();
  }

  @Override
  public JournalHealth health() {
    return below.health();
  }

  @Override
  public Optional<byte[]> metadata(String key) {
    return below.metadata(key);
  }

  @Override
  public void putMetadata(Map<String, byte[]> changes) {
    boolean unused =
        crash.step(() -> {
          below.putMetadata(changes);
          return true;
        });
  }

  @Override
  public long addListener(JournalListener listener) {
    return below.addListener(listener);
  }

  @Override
  public void close() {}
}
