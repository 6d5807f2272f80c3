// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import kinglet.metrics.Metrics;
import kinglet.testkit.ChildJvm;
import kinglet.testkit.Seed;
import kinglet.time.MicrosClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kills a process that appends, again and again on one journal: what it acknowledged is there,
/// where it said, once.
final class JournalCrashIT {
  private static final List<String> POINTS =
      List.of(
          "journal.before-append",
          "journal.after-append",
          "journal.after-fsync",
          "journal.before-release");

  @TempDir Path directory;

  private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();

  @Test
  void everythingAcknowledgedSurvivesKills() throws Exception {
    Seed seed = Seed.next();
    RandomGenerator random = seed.random();
    for (int round = 0; round < 2 * POINTS.size(); round++) {
      boolean named = round % 2 == 0;
      String point = POINTS.get(round / 2);
      Map<String, String> properties =
          named ? Map.of("kinglet.crash.point", point + ":" + random.nextInt(50, 800)) : Map.of();
      int status = run(round, properties, named ? Integer.MAX_VALUE : random.nextInt(100, 4_000));
      assertThat(status).isEqualTo(named ? CrashPoints.EXIT_STATUS : 128 + 9);
      check(seed + " round " + round);
    }
  }

  private int run(int round, Map<String, String> properties, int killAfter) {
    AtomicInteger lines = new AtomicInteger();
    ConcurrentLinkedQueue<String> errors = new ConcurrentLinkedQueue<>();
    var child = new java.util.concurrent.CompletableFuture<ChildJvm>();
    ChildJvm started =
        ChildJvm.start(
            JournalCrashChild.class,
            List.of(directory.toString(), "r" + round),
            properties,
            line -> {
              String[] words = line.split(" ");
              acknowledged.put(words[0] + " " + words[1], Long.valueOf(words[2]));
              if (lines.incrementAndGet() == killAfter) {
                child.join().kill();
              }
            },
            errors::add);
    boolean unused = child.complete(started);
    try (started) {
      int status = started.awaitEnd(Duration.ofSeconds(60));
      assertThat(errors).filteredOn(line -> line.contains("Exception")).isEmpty();
      return status;
    }
  }

  private void check(String round) {
    try (Journal journal =
        RocksJournal.open(
            JournalSettings.in(directory), MicrosClock.of(InstantSource.system()), new Metrics())) {
      Map<String, Long> stored = new HashMap<>();
      long micros = 0;
      for (StoredEntry entry : Journals.readAll(journal)) {
        String[] words = Journals.text(entry).split(" ");
        assertThat(stored.put(words[0] + " " + words[1], entry.firstSeq()))
            .as("%s is there once, %s", words[0] + " " + words[1], round)
            .isNull();
        assertThat(entry.ingestedMicros()).as(round).isGreaterThanOrEqualTo(micros);
        micros = entry.ingestedMicros();
      }
      Set<String> missing = new HashSet<>();
      acknowledged.forEach((name, seq) -> {
        if (seq >= journal.firstSeq() && !seq.equals(stored.get(name))) {
          missing.add(name + " at " + seq);
        }
      });
      assertThat(missing).as(round).isEmpty();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
