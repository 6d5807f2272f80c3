// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import kinglet.error.PlatformException;
import kinglet.testkit.ManualClock;
import kinglet.thread.Threads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What every journal promises, on RocksDB and in memory alike.
final class JournalTest {
  enum Kind {
    MEMORY,
    ROCKS
  }

  @TempDir Path directory;

  private final ManualClock clock = new ManualClock(1_000_000);
  private final MemoryJournalStore memory = new MemoryJournalStore();

  private Journal open(Kind kind) throws IOException {
    return Journals.over(
        kind == Kind.MEMORY ? memory : new RocksJournalStore(directory, 1 << 20), clock);
  }

  @ParameterizedTest
  @EnumSource
  void rowsGetConsecutiveNumbersAndOneTimePerAppend(Kind kind) throws IOException {
    try (Journal journal = open(kind)) {
      Appended first = journal.append(List.of(Journals.rows(3, "a"), Journals.rows(1, "b")));
      clock.advanceMicros(5);
      Appended second = journal.append(List.of(Journals.rows(2, "c")));

      assertThat(first).isEqualTo(new Appended(1, 4, 1_000_000));
      assertThat(second).isEqualTo(new Appended(5, 6, 1_000_005));
      assertThat(journal.committedSeq()).isEqualTo(6);
      assertThat(Journals.readAll(journal))
          .extracting(StoredEntry::firstSeq, StoredEntry::lastSeq, Journals::text)
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple(1L, 3L, "a"),
              org.assertj.core.groups.Tuple.tuple(4L, 4L, "b"),
              org.assertj.core.groups.Tuple.tuple(5L, 6L, "c"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void readingStartsAtTheEntryThatHoldsTheRow(Kind kind) throws IOException {
    try (Journal journal = open(kind)) {
      journal.append(List.of(Journals.rows(3, "a")));
      journal.append(List.of(Journals.rows(3, "b")));

      assertThat(Journals.readFrom(journal, 3))
          .extracting(Journals::text)
          .containsExactly("a", "b");
      assertThat(Journals.readFrom(journal, 4)).extracting(Journals::text).containsExactly("b");
      assertThat(Journals.readFrom(journal, 7)).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCursorEndsAtWhatWasCommittedWhenItWasOpened(Kind kind) throws IOException {
    try (Journal journal = open(kind)) {
      journal.append(List.of(Journals.rows(1, "a")));
      try (JournalCursor cursor = journal.read(1)) {
        journal.append(List.of(Journals.rows(1, "b")));
        assertThat(cursor.next()).map(Journals::text).contains("a");
        assertThat(cursor.next()).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void trimmingForgetsWholeEntriesOnly(Kind kind) throws IOException {
    try (Journal journal = open(kind)) {
      journal.append(List.of(Journals.rows(3, "a")));
      journal.append(List.of(Journals.rows(3, "b")));

      journal.trim(6);
      assertThat(journal.firstSeq()).isEqualTo(4);
      assertThat(Journals.readAll(journal)).extracting(Journals::text).containsExactly("b");
      assertThatThrownBy(() -> journal.read(3))
          .isInstanceOfSatisfying(
              PlatformException.class,
              e -> assertThat(e.code()).isEqualTo(JournalError.JOURNAL_TRIMMED));

      journal.trim(1_000);
      assertThat(journal.firstSeq()).isEqualTo(7);
      assertThat(Journals.readAll(journal)).isEmpty();
      assertThat(journal.append(List.of(Journals.rows(1, "c"))).firstSeq()).isEqualTo(7);
    }
  }

  @ParameterizedTest
  @EnumSource
  void reopeningGoesOnWhereItStopped(Kind kind) throws IOException {
    try (Journal journal = open(kind)) {
      journal.append(List.of(Journals.rows(3, "a")));
      journal.putMetadata(Map.of("plan", new byte[] {1}, "gone", new byte[] {2}));
      journal.putMetadata(Map.of("gone", new byte[0]));
    }
    clock.advanceMicros(-500_000);
    try (Journal journal = open(kind)) {
      assertThat(journal.metadata("plan"))
          .hasValueSatisfying(v -> assertThat(v).containsExactly(1));
      assertThat(journal.metadata("gone")).isEmpty();
      assertThat(journal.append(List.of(Journals.rows(1, "b"))))
          .isEqualTo(new Appended(4, 4, 1_000_000));
      journal.trim(5);
    }
    try (Journal journal = open(kind)) {
      assertThat(journal.firstSeq()).isEqualTo(5);
      assertThat(journal.append(List.of(Journals.rows(1, "c"))))
          .isEqualTo(new Appended(5, 5, 1_000_000));
    }
  }

  @ParameterizedTest
  @EnumSource
  void listenersSeeGroupsInOrderBeforeTheCallerGoesOn(Kind kind) throws IOException {
    try (Journal journal = open(kind)) {
      journal.append(List.of(Journals.rows(2, "before")));
      List<CommittedGroup> seen = new ArrayList<>();
      assertThat(journal.addListener(seen::add)).isEqualTo(3);

      journal.append(List.of(Journals.rows(1, "a"), Journals.rows(1, "b")));
      assertThat(seen).hasSize(1);
      journal.append(List.of(Journals.rows(1, "c")));
      assertThat(seen).extracting(CommittedGroup::firstSeq).containsExactly(3L, 5L);
      assertThat(seen.getFirst().entries()).extracting(Journals::text).containsExactly("a", "b");
    }
  }

  @ParameterizedTest
  @EnumSource
  void manyCallersGetEverySequenceNumberOnce(Kind kind) throws Exception {
    int callers = 16;
    int appends = 40;
    List<CommittedGroup> groups = new ArrayList<>();
    try (Journal journal = open(kind);
        var executor = Threads.virtual("caller")) {
      long unused = journal.addListener(groups::add);
      List<Future<List<Appended>>> futures = new ArrayList<>();
      for (int caller = 0; caller < callers; caller++) {
        int rows = caller % 3 + 1;
        futures.add(
            executor.submit(() -> {
              List<Appended> mine = new ArrayList<>();
              for (int i = 0; i < appends; i++) {
                mine.add(journal.append(List.of(Journals.rows(rows, "r" + rows))));
              }
              return mine;
            }));
      }
      List<Appended> all = new ArrayList<>();
      for (Future<List<Appended>> future : futures) {
        all.addAll(future.get(30, TimeUnit.SECONDS));
      }
      all.sort(java.util.Comparator.comparingLong(Appended::firstSeq));
      long expected = 1;
      long micros = 0;
      for (Appended appended : all) {
        assertThat(appended.firstSeq()).isEqualTo(expected);
        assertThat(appended.ingestedMicros()).isGreaterThanOrEqualTo(micros);
        expected = appended.lastSeq() + 1;
        micros = appended.ingestedMicros();
      }
      assertThat(journal.committedSeq()).isEqualTo(expected - 1);
      List<StoredEntry> entries = Journals.readAll(journal);
      assertThat(entries).hasSize(callers * appends);
      assertThat(entries).allMatch(entry -> Journals.text(entry).equals("r" + entry.rows()));
      assertThat(groups.stream().flatMap(group -> group.entries().stream()).toList())
          .usingRecursiveComparison()
          .isEqualTo(entries);
    }
  }

  @Test
  void aFullQueueAnswersAtOnce() throws Exception {
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (Journal journal = open(Kind.MEMORY);
        var executor = Threads.virtual("caller")) {
      long unused =
          journal.addListener(_ -> {
            blocked.countDown();
            awaitQuietly(go);
          });
      List<Future<Appended>> waiting = new ArrayList<>();
      waiting.add(executor.submit(() -> journal.append(List.of(Journals.rows(1, "first")))));
      assertThat(blocked.await(10, TimeUnit.SECONDS)).isTrue();
      PlatformException refused = null;
      for (int i = 0; refused == null; i++) {
        assertThat(i).as("appends taken").isLessThanOrEqualTo(64);
        Future<Appended> append =
            executor.submit(() -> journal.append(List.of(Journals.rows(1, "x"))));
        waiting.add(append);
        refused = refusal(append);
      }
      assertThat(refused.code()).isEqualTo(JournalError.JOURNAL_BUSY);
      go.countDown();
      long answered = 0;
      for (Future<Appended> future : waiting) {
        try {
          Appended unusedAnswer = future.get(10, TimeUnit.SECONDS);
          answered++;
        } catch (java.util.concurrent.ExecutionException e) {
          assertThat(((PlatformException) e.getCause()).code())
              .isEqualTo(JournalError.JOURNAL_BUSY);
        }
      }
      assertThat(journal.committedSeq()).isEqualTo(answered);
    }
  }

  /// The refusal of an append, or null when it is waiting.
  private static PlatformException refusal(Future<Appended> append) throws InterruptedException {
    try {
      Appended unused = append.get(50, TimeUnit.MILLISECONDS);
      return null;
    } catch (java.util.concurrent.TimeoutException _) {
      return null;
    } catch (java.util.concurrent.ExecutionException e) {
      return (PlatformException) e.getCause();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      if (!latch.await(20, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nobody let the listener go");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anAppendLargerThanTheQueueIsRefused() throws IOException {
    try (Journal journal = open(Kind.MEMORY)) {
      assertThatThrownBy(() -> journal.append(List.of(Journals.rows(1, "x".repeat(2 << 20)))))
          .isInstanceOfSatisfying(
              PlatformException.class,
              e -> assertThat(e.code()).isEqualTo(JournalError.APPEND_TOO_LARGE));
    }
  }

  @Test
  void aFullDiskRefusesAppendsWhileReadsGoOnUntilSpaceIsBack() throws IOException {
    AtomicLong usable = new AtomicLong(Journals.DISK_BYTES);
    JournalSettings settings = Journals.settings(directory);
    try (Journal journal = Journals.over(memory, settings, clock, usable::get)) {
      journal.append(List.of(Journals.rows(1, "a")));
      usable.set(settings.diskReserveBytes() - 1);

      assertThatThrownBy(() -> journal.append(List.of(Journals.rows(1, "b"))))
          .isInstanceOfSatisfying(
              PlatformException.class,
              e -> {
                assertThat(e.code()).isEqualTo(JournalError.DISK_FULL);
                assertThat(e.code().code()).isEqualTo("disk-full");
              });
      assertThat(journal.health().state()).isEqualTo(JournalState.DISK_FULL);
      assertThat(Journals.readAll(journal)).hasSize(1);
      journal.putMetadata(Map.of("plan", new byte[] {1}));
      journal.trim(2);

      usable.set(settings.diskReserveBytes());
      assertThat(journal.append(List.of(Journals.rows(1, "c"))).firstSeq()).isEqualTo(2);
      assertThat(journal.health().state()).isEqualTo(JournalState.ACCEPTING);
    }
  }

  @Test
  void damageStopsTheCursor() throws IOException {
    try (Journal journal = open(Kind.MEMORY)) {
      for (String payload : List.of("a", "b", "c")) {
        journal.append(List.of(Journals.rows(1, payload)));
      }
      memory.damage(2, EntryLayout.HEADER_BYTES);
      try (JournalCursor cursor = journal.read(1)) {
        Optional<StoredEntry> unused = cursor.next();
        for (int attempt = 0; attempt < 2; attempt++) {
          assertThatThrownBy(cursor::next)
              .isInstanceOfSatisfying(
                  PlatformException.class,
                  e -> assertThat(e.code()).isEqualTo(JournalError.JOURNAL_CORRUPT));
        }
      }
    }
  }

  @Test
  void aMissingEntryStopsTheCursor() throws IOException {
    try (Journal journal = open(Kind.MEMORY)) {
      for (String payload : List.of("a", "b", "c")) {
        journal.append(List.of(Journals.rows(1, payload)));
      }
      memory.lose(2);
      try (JournalCursor cursor = journal.read(1)) {
        Optional<StoredEntry> unused = cursor.next();
        assertThatThrownBy(cursor::next)
            .isInstanceOf(PlatformException.class)
            .hasMessageContaining("2");
      }
    }
  }

  @Test
  void closingEndsCursorsInsteadOfTheProcess() throws IOException {
    Journal journal = open(Kind.ROCKS);
    journal.append(List.of(Journals.rows(1, "a")));
    try (JournalCursor cursor = journal.read(1)) {
      journal.close();
      assertThatThrownBy(cursor::next)
          .isInstanceOfSatisfying(
              PlatformException.class,
              e -> assertThat(e.code()).isEqualTo(JournalError.JOURNAL_UNREADABLE));
    }
    assertThatThrownBy(() -> journal.append(List.of(Journals.rows(1, "b"))))
        .isInstanceOfSatisfying(
            PlatformException.class,
            e -> assertThat(e.code()).isEqualTo(JournalError.JOURNAL_CLOSED));
  }
}
