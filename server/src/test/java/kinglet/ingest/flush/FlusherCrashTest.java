// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import kinglet.ingest.flush.RecordingClickHouse.Row;
import kinglet.journal.Appended;
import kinglet.journal.EntryKind;
import kinglet.journal.Journal;
import kinglet.journal.Journals;
import kinglet.testkit.ManualClock;
import kinglet.testkit.Seed;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Ends the process at step n, for every n, before and after the step took effect: when the next
/// process is through, every row is where it belongs, once.
final class FlusherCrashTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private final Map<String, List<Row>> expected = new TreeMap<>();

  @ParameterizedTest
  @EnumSource
  void everyRowIsStoredOnceWhereverTheProcessEnds(CrashSwitch.When when) throws Exception {
    Seed seed = Seed.next();
    int step = 1;
    while (crashesAndRecovers(seed.round(step), step, when)) {
      step++;
    }
    assertThat(step).as("steps of a run, %s", seed).isGreaterThan(20);
  }

  /// False when the run ended before the step.
  private boolean crashesAndRecovers(Seed seed, int step, CrashSwitch.When when) throws Exception {
    RandomGenerator random = seed.random();
    CrashSwitch crash = new CrashSwitch();
    RecordingClickHouse clickHouse = new RecordingClickHouse(crash);
    FlushRig rig = new FlushRig(1, 2, 3);
    FlushSettings settings =
        new FlushSettings(
            Duration.ofHours(1),
            1 << 20,
            30,
            LONG,
            LONG,
            Duration.ofMillis(1),
            Duration.ofMillis(2));
    try (Journal journal = Journals.inMemory(new ManualClock(1))) {
      expected.clear();
      for (int i = 0; i < 25; i++) {
        append(journal, random);
      }
      crash.crashAt(step, when);
      boolean through;
      try (Flusher flusher =
          rig.flusher(new CrashingJournal(journal, crash), clickHouse, settings)) {
        flusher.start();
        through = flushesOrCrashes(flusher, crash, journal.committedSeq());
      }
      crash.restart();
      append(journal, random);
      try (Flusher flusher =
          rig.flusher(new CrashingJournal(journal, crash), clickHouse, settings)) {
        flusher.start();
        assertThat(flusher.flushAll(LONG)).as("%s step %d", seed, step).isTrue();
      }
      for (Map.Entry<String, List<Row>> table : expected.entrySet()) {
        assertThat(clickHouse.rows(table.getKey()))
            .as("%s, step %d %s, %s", table.getKey(), step, when, seed)
            .containsExactlyInAnyOrderElementsOf(table.getValue());
      }
      assertThat(journal.firstSeq()).isEqualTo(journal.committedSeq() + 1);
      return !through;
    }
  }

  private static boolean flushesOrCrashes(Flusher flusher, CrashSwitch crash, long lastSeq) {
    while (flusher.flushedSeq() < lastSeq) {
      FlushOutcome unused = flusher.awaitFlushed(9, lastSeq, lastSeq, Duration.ofMillis(1));
      if (crash.crashed()) {
        return false;
      }
    }
    return flusher.flushAll(LONG) && !crash.crashed();
  }

  private void append(Journal journal, RandomGenerator random) {
    long source = random.nextInt(3) + 1;
    EntryKind kind = random.nextInt(5) == 0 ? EntryKind.QUARANTINE : EntryKind.ROWS;
    long[] ids = new long[random.nextInt(4) + 1];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = random.nextInt(12) == 0 ? RecordingClickHouse.REFUSED : random.nextInt(100);
    }
    Appended appended = journal.append(List.of(FlushRig.entry(source, kind, ids)));
    for (int i = 0; i < ids.length; i++) {
      boolean stored = kind == EntryKind.ROWS && ids[i] != RecordingClickHouse.REFUSED;
      Row row = new Row(appended.firstSeq() + i, ids[i]);
      expect(stored ? "source" + source : "source" + source + "_quarantine", row);
      if (stored) {
        expect("view of source" + source, row);
      }
    }
  }

  private void expect(String table, Row row) {
    expected.computeIfAbsent(table, _ -> new ArrayList<>()).add(row);
  }
}
