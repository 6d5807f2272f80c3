// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import kinglet.error.PlatformException;
import kinglet.testkit.ManualClock;
import kinglet.testkit.Seed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Fails the store at step n, for every n, then cuts the power: what was acknowledged is there,
/// once, in order; nothing is accepted after the failure.
final class JournalFaultTest {
  private static final int ACTIONS = 30;

  @ParameterizedTest
  @EnumSource(names = {"FAIL_BEFORE", "FAIL_AFTER"})
  void everythingAcknowledgedSurvivesAFailureAtEveryStep(MemoryJournalStore.Fault fault)
      throws IOException {
    Seed seed = Seed.next();
    int step = 1;
    while (failsAndRecovers(seed.round(step), step, fault)) {
      step++;
    }
    assertThat(step).as("steps of a run, %s", seed).isGreaterThan(ACTIONS);
  }

  /// False when the run ended before the step.
  private static boolean failsAndRecovers(Seed seed, int step, MemoryJournalStore.Fault fault)
      throws IOException {
    RandomGenerator random = seed.random();
    ManualClock clock = new ManualClock(1_000);
    MemoryJournalStore store = new MemoryJournalStore();
    List<String> acknowledged = new ArrayList<>();
    List<String> attempted = new ArrayList<>();
    byte acknowledgedPlan = 0;
    try (Journal journal = Journals.over(store, clock)) {
      store.failAt(step, fault);
      for (int i = 0; i < ACTIONS; i++) {
        clock.advanceMicros(random.nextInt(3));
        try {
          if (random.nextInt(4) == 0) {
            journal.putMetadata(Map.of("plan", new byte[] {(byte) (i + 1)}));
            acknowledgedPlan = (byte) (i + 1);
          } else {
            attempted.add("row " + i);
            Appended unused =
                journal.append(List.of(Journals.rows(random.nextInt(3) + 1, "row " + i)));
            acknowledged.add("row " + i);
          }
        } catch (PlatformException e) {
          assertThat(e.code()).as("%s", seed).isEqualTo(JournalError.JOURNAL_FAILED);
          assertThat(store.faulted()).as("%s", seed).isTrue();
        }
      }
      if (store.faulted()) {
        assertThat(journal.health().state()).as("%s", seed).isEqualTo(JournalState.FAILED);
        assertThat(Journals.readAll(journal))
            .as("readers see what was acknowledged, %s", seed)
            .extracting(Journals::text)
            .containsExactlyElementsOf(acknowledged);
      }
    }
    if (!store.faulted()) {
      return false;
    }
    try (Journal journal = Journals.over(store.afterPowerCut(random), clock)) {
      List<String> recovered = Journals.readAll(journal).stream().map(Journals::text).toList();
      assertThat(recovered)
          .as("all that was acknowledged, and at most one append in doubt, %s", seed)
          .hasSizeBetween(acknowledged.size(), acknowledged.size() + 1)
          .isEqualTo(attempted.subList(0, recovered.size()));
      byte plan = journal.metadata("plan").map(bytes -> bytes[0]).orElse((byte) 0);
      assertThat(plan).as("%s", seed).isGreaterThanOrEqualTo(acknowledgedPlan);
      assertThat(journal.append(List.of(Journals.rows(1, "after"))).firstSeq())
          .isEqualTo(Journals.readAll(journal).get(recovered.size()).firstSeq());
    }
    return true;
  }

  @Test
  void aFailedFsyncIsNeverRetried() throws IOException {
    MemoryJournalStore store = new MemoryJournalStore();
    try (Journal journal = Journals.over(store, new ManualClock(0))) {
      Appended unused = journal.append(List.of(Journals.rows(1, "a")));
      store.failAt(2, MemoryJournalStore.Fault.FAIL_BEFORE);
      for (int attempt = 0; attempt < 3; attempt++) {
        assertThatThrownBy(() -> journal.append(List.of(Journals.rows(1, "b"))))
            .isInstanceOfSatisfying(
                PlatformException.class,
                e -> {
                  assertThat(e.code().code()).isEqualTo("journal-failed");
                  assertThat(e.getMessage()).contains("injected failure of fsync");
                });
      }
      assertThatThrownBy(() -> journal.putMetadata(Map.of("plan", new byte[] {1})))
          .isInstanceOf(PlatformException.class);
      assertThat(journal.health().detail()).contains("start the server again");
      assertThat(Journals.readAll(journal)).hasSize(1);
    }
  }

  @Test
  void aThrowingListenerStopsTheJournal() throws IOException {
    try (Journal journal = Journals.over(new MemoryJournalStore(), new ManualClock(0))) {
      long unused =
          journal.addListener(_ -> {
            throw new IllegalStateException("state is wrong");
          });
      assertThatThrownBy(() -> journal.append(List.of(Journals.rows(1, "a"))))
          .isInstanceOf(PlatformException.class)
          .hasMessageContaining("state is wrong");
      assertThat(journal.health().state()).isEqualTo(JournalState.FAILED);
    }
  }
}
