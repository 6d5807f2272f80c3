// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import kinglet.error.PlatformException;
import kinglet.ingest.flush.RecordingClickHouse.Row;
import kinglet.journal.Appended;
import kinglet.journal.EntryKind;
import kinglet.journal.Journal;
import kinglet.journal.Journals;
import kinglet.metrics.Metrics;
import kinglet.testkit.ManualClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class FlusherTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final FlushSettings SLOW =
      new FlushSettings(
          Duration.ofHours(1),
          1 << 20,
          1_000,
          LONG,
          LONG,
          Duration.ofMillis(1),
          Duration.ofMillis(4));

  private final Journal journal = Journals.inMemory(new ManualClock(1_000));
  private final RecordingClickHouse clickHouse = new RecordingClickHouse(new CrashSwitch());
  private final FlushRig rig = new FlushRig(1, 2);
  private final Metrics metrics = new Metrics();

  @AfterEach
  void close() throws Exception {
    journal.close();
  }

  private Flusher start(FlushSettings settings) {
    Flusher flusher = rig.flusher(journal, clickHouse, settings, metrics);
    flusher.start();
    return flusher;
  }

  @Test
  void manyAppendsBecomeOneInsertForEachDataSource() {
    for (long id = 0; id < 20; id++) {
      Appended unused = FlushRig.append(journal, id % 2 + 1, id);
    }
    try (Flusher flusher = start(SLOW)) {
      assertThat(flusher.flushAll(LONG)).isTrue();
      assertThat(clickHouse.rows("source1")).hasSize(10).startsWith(new Row(1, 0), new Row(3, 2));
      assertThat(clickHouse.rows("source2")).hasSize(10);
      assertThat(clickHouse.rows("view of source1")).isEqualTo(clickHouse.rows("source1"));
      assertThat(clickHouse.blockRows()).containsExactly(10, 10, 10, 10);
      assertThat(flusher.health()).isEqualTo(new FlushHealth(20, 0, ""));
    }
    assertThat(journal.firstSeq()).isEqualTo(21);
  }

  @Test
  void rowsAreInsertedAfterTheInterval() {
    try (Flusher flusher = start(FlushRig.SETTINGS)) {
      Appended unused = FlushRig.append(journal, 1, 5);
      awaitFlushed(flusher, 1);
      assertThat(clickHouse.rows("source1")).containsExactly(new Row(1, 5));
    }
  }

  @Test
  void enoughRowsAreInsertedAtOnce() {
    try (Flusher flusher = start(SLOW)) {
      Appended unused = FlushRig.append(journal, 1, LongStream.range(0, SLOW.rowsMax()).toArray());
      awaitFlushed(flusher, SLOW.rowsMax());
    }
  }

  /// Waits without hastening.
  private static void awaitFlushed(Flusher flusher, long seq) {
    long endNanos = System.nanoTime() + LONG.toNanos();
    while (flusher.flushedSeq() < seq) {
      assertThat(System.nanoTime()).isLessThan(endNanos);
      Thread.onSpinWait();
    }
  }

  @Test
  void aPlanIsBounded() {
    for (int i = 0; i < 7; i++) {
      Appended unused = FlushRig.append(journal, 1, LongStream.range(0, 400).toArray());
    }
    try (Flusher flusher = start(SLOW)) {
      assertThat(flusher.flushAll(LONG)).isTrue();
      assertThat(clickHouse.blockRows()).containsExactly(800, 800, 800, 800, 800, 800, 400, 400);
    }
  }

  @Test
  void aPlanOfSmallEntriesIsBoundedByTheMemoryTheyTake() {
    FlushSettings small =
        new FlushSettings(
            Duration.ofHours(1),
            64 << 10,
            1_000_000,
            LONG,
            LONG,
            Duration.ofMillis(1),
            Duration.ofMillis(4));
    for (int i = 0; i < 2_000; i++) {
      Appended unused = FlushRig.append(journal, 1, 5);
    }
    try (Flusher flusher = start(small)) {
      assertThat(flusher.flushAll(LONG)).isTrue();
      assertThat(clickHouse.rows("source1")).hasSize(2_000);
      assertThat(clickHouse.blockRows()).allSatisfy(rows -> assertThat(rows).isLessThan(512));
    }
  }

  @Test
  void versionsAndKindsAreInsertedApart() {
    Appended unused =
        journal.append(
            List.of(
                FlushRig.entry(1, 1, EntryKind.ROWS, 1),
                FlushRig.entry(1, 2, EntryKind.ROWS, 2),
                FlushRig.entry(1, 1, EntryKind.QUARANTINE, 3)));
    try (Flusher flusher = start(SLOW)) {
      assertThat(flusher.flushAll(LONG)).isTrue();
      assertThat(clickHouse.rows("source1")).containsExactly(new Row(1, 1), new Row(2, 2));
      assertThat(clickHouse.rows("source1_quarantine")).containsExactly(new Row(3, 3));
    }
  }

  @Test
  void rowsOfARemovedDataSourceAreCounted() {
    Appended unused = FlushRig.append(journal, 2, 1, 2, 3);
    rig.remove(2);
    try (Flusher flusher = start(SLOW)) {
      assertThat(flusher.flushAll(LONG)).isTrue();
      assertThat(metrics.counter("flush.discarded.rows").count()).isEqualTo(3);
    }
    assertThat(journal.firstSeq()).isEqualTo(4);
  }

  @Test
  void waitingCallersHearThatTheirRowsAreStored() {
    try (Flusher flusher = start(SLOW)) {
      Appended appended = FlushRig.append(journal, 1, 5);
      assertThat(flusher.awaitFlushed(1, appended.firstSeq(), appended.lastSeq(), LONG))
          .isEqualTo(new FlushOutcome.Stored());
    }
  }

  @Test
  void callersStopWaitingWhenTheEngineStaysAway() {
    clickHouse.failNext(Integer.MAX_VALUE);
    try (Flusher flusher = start(SLOW)) {
      Appended appended = FlushRig.append(journal, 1, 5);
      assertThat(
              flusher.awaitFlushed(
                  1, appended.firstSeq(), appended.lastSeq(), Duration.ofMillis(50)))
          .isEqualTo(new FlushOutcome.Waiting());
      assertThat(FlushRig.awaitFailure(flusher)).contains("starting");
      clickHouse.failNext(0);
      assertThat(flusher.flushAll(LONG)).isTrue();
      assertThat(clickHouse.rows("source1")).hasSize(1);
      assertThat(flusher.health().isHealthy()).isTrue();
    }
  }

  @Test
  void aFailingViewKeepsNoRowFromItsTable() {
    try (Flusher flusher = start(SLOW)) {
      Appended appended = FlushRig.append(journal, 1, 5, RecordingClickHouse.REFUSED_BY_VIEW);
      FlushOutcome outcome = flusher.awaitFlushed(1, appended.firstSeq(), appended.lastSeq(), LONG);
      assertThat(outcome)
          .isInstanceOfSatisfying(
              FlushOutcome.Incomplete.class,
              incomplete -> {
                assertThat(incomplete.views()).hasSize(1);
                assertThat(incomplete.views().getFirst()).startsWith("db.view_of_it: ");
                assertThat(incomplete.quarantinedRows()).isZero();
              });
      assertThat(clickHouse.rows("source1")).hasSize(2);
      assertThat(clickHouse.rows("view of source1")).isEmpty();
    }
  }

  @Test
  void onlyRefusedRowsGoToQuarantine() {
    long[] ids = LongStream.range(0, 100).toArray();
    ids[17] = RecordingClickHouse.REFUSED;
    ids[18] = RecordingClickHouse.REFUSED;
    ids[99] = RecordingClickHouse.REFUSED;
    try (Flusher flusher = start(SLOW)) {
      Appended appended = FlushRig.append(journal, 1, ids);
      FlushOutcome outcome = flusher.awaitFlushed(1, appended.firstSeq(), appended.lastSeq(), LONG);
      assertThat(outcome).isEqualTo(new FlushOutcome.Incomplete(List.of(), 3));
      assertThat(clickHouse.rows("source1")).hasSize(97).doesNotHaveDuplicates();
      assertThat(clickHouse.rows("source1_quarantine"))
          .extracting(Row::seq)
          .containsExactly(18L, 19L, 100L);
    }
  }

  @Test
  void nothingIsInsertedDuringAHold() {
    try (Flusher flusher = start(FlushRig.SETTINGS)) {
      Flusher.Hold hold = flusher.hold(LONG);
      Appended appended = FlushRig.append(journal, 1, 5);
      assertThat(
              flusher.awaitFlushed(
                  1, appended.firstSeq(), appended.lastSeq(), Duration.ofMillis(50)))
          .isEqualTo(new FlushOutcome.Waiting());
      assertThat(clickHouse.rows("source1")).isEmpty();
      hold.close();
      hold.close();
      assertThat(flusher.flushAll(LONG)).isTrue();
      assertThat(clickHouse.rows("source1")).hasSize(1);
    }
  }

  @Test
  void anInterruptedPlanIsFinishedEvenWhenTheStartIsHeld() {
    clickHouse.failNext(Integer.MAX_VALUE);
    Appended first = FlushRig.append(journal, 1, 5);
    try (Flusher flusher = start(SLOW)) {
      FlushRig.awaitFailure(flusher);
    }
    clickHouse.failNext(0);
    Appended second = FlushRig.append(journal, 1, 6);
    try (Flusher flusher = rig.flusher(journal, clickHouse, SLOW, metrics)) {
      Flusher.Hold hold = flusher.startHeld();
      assertThat(flusher.awaitFlushed(1, first.firstSeq(), first.lastSeq(), LONG))
          .isEqualTo(new FlushOutcome.Stored());
      assertThat(
              flusher.awaitFlushed(1, second.firstSeq(), second.lastSeq(), Duration.ofMillis(50)))
          .isEqualTo(new FlushOutcome.Waiting());
      try (Flusher.Hold inner = flusher.hold(LONG)) {
        assertThat(inner).isNotNull();
      }
      hold.close();
      assertThat(flusher.flushAll(LONG)).isTrue();
      assertThat(clickHouse.rows("source1")).containsExactly(new Row(1, 5), new Row(2, 6));
    }
  }

  @Test
  void aHoldIsRefusedWhileAnInsertIsInDoubt() {
    clickHouse.failNext(Integer.MAX_VALUE);
    try (Flusher flusher = start(SLOW)) {
      Appended unused = FlushRig.append(journal, 1, 5);
      String failure = FlushRig.awaitFailure(flusher);
      assertThat(failure).contains("starting");
      assertThatThrownBy(() -> flusher.hold(Duration.ofMillis(50)))
          .isInstanceOfSatisfying(
              PlatformException.class,
              e -> assertThat(e.code()).isEqualTo(FlushError.FLUSH_IN_DOUBT));
      clickHouse.failNext(0);
      try (Flusher.Hold hold = flusher.hold(LONG)) {
        assertThat(hold).isNotNull();
        assertThat(clickHouse.rows("source1")).hasSize(1);
      }
    }
  }
}
