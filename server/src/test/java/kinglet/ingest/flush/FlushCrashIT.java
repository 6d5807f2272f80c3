// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import kinglet.journal.CrashPoints;
import kinglet.testkit.ChildJvm;
import kinglet.testkit.KillPlan;
import kinglet.testkit.Seed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kills journal, flusher and engine under load, again and again on the same data: every
/// acknowledged row is stored once, in its table, in the views below, in quarantine.
final class FlushCrashIT {
  private static final int ROUNDS = Integer.getInteger("crash.rounds", 12);
  private static final Duration LONGEST_LOAD = Duration.ofMillis(1_200);
  private static final Duration START_MAX = Duration.ofSeconds(90);

  @TempDir Path directory;

  /// The last `n` acknowledged, by caller.
  private final Map<Long, Long> acknowledged = new ConcurrentHashMap<>();

  @Test
  void everyAcknowledgedRowIsStoredOnce() throws Exception {
    Seed seed = Seed.next();
    RandomGenerator random = seed.random();
    for (int round = 0; round < ROUNDS; round++) {
      KillPlan plan = KillPlan.of(round, random, LONGEST_LOAD);
      check(run(round, plan), round, seed + " before round " + round + ", " + plan);
    }
    check(
        run(ROUNDS, new KillPlan("", 0, Duration.ZERO, Duration.ofMillis(1), false)),
        ROUNDS,
        seed + " at the end");
  }

  /// Runs a round; answers what the child said the tables hold when it started.
  private List<String> run(int round, KillPlan plan) throws Exception {
    List<String> report = new ArrayList<>();
    CompletableFuture<Boolean> reported = new CompletableFuture<>();
    CompletableFuture<ProcessHandle> engine = new CompletableFuture<>();
    ConcurrentLinkedQueue<String> errors = new ConcurrentLinkedQueue<>();
    try (ChildJvm child =
        ChildJvm.start(
            FlushCrashChild.class,
            List.of(directory.toString(), Integer.toString(round)),
            plan.properties(),
            line -> {
              String[] words = line.split(" ");
              switch (words[0]) {
                case "acknowledged" -> {
                  Long unused = acknowledged.put(Long.valueOf(words[1]), Long.valueOf(words[2]));
                }
                case "engine" -> {
                  boolean unused =
                      engine.complete(ProcessHandle.of(Long.parseLong(words[1])).orElseThrow());
                }
                case "reported" -> {
                  boolean unused = reported.complete(true);
                }
                case "caller", "stored", "summed", "totalled", "states", "quarantined" -> {
                  boolean unused = report.add(line);
                }
                default -> {
                  boolean unused = errors.add(line);
                }
              }
            },
            errors::add)) {
      awaitReport(child, reported);
      if (!reported.isDone()) {
        // It may halt at its point while it still flushes what the round before left.
        assertThat(child.awaitEnd(START_MAX))
            .as("the child starts: %s", errors)
            .isEqualTo(CrashPoints.EXIT_STATUS);
        return List.of();
      }
      end(child, engine, plan);
    }
    return report;
  }

  private static void awaitReport(ChildJvm child, CompletableFuture<Boolean> reported)
      throws Exception {
    Object unused =
        CompletableFuture.anyOf(reported, child.handle().onExit())
            .get(START_MAX.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void end(ChildJvm child, CompletableFuture<ProcessHandle> engine, KillPlan plan)
      throws Exception {
    if (plan.killsEngine()) {
      await(child, plan.engineKillAfter());
      boolean unused = engine.get(10, TimeUnit.SECONDS).destroyForcibly();
    }
    await(child, plan.killAfter());
    if (plan.both()) {
      boolean unused = engine.get(10, TimeUnit.SECONDS).destroyForcibly();
    }
    child.kill();
    int unused = child.awaitEnd(Duration.ofSeconds(20));
  }

  /// Until the time is over or the child has ended by itself.
  private static void await(ChildJvm child, Duration atMost) throws Exception {
    try {
      ProcessHandle unused = child.handle().onExit().get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (java.util.concurrent.TimeoutException _) {
      // It lives: the round goes on.
      return;
    }
  }

  /// Compares what a child found with what the rounds before it acknowledged.
  private void check(List<String> report, int round, String when) {
    if (report.isEmpty()) {
      return;
    }
    long rows = 0;
    long sum = 0;
    Map<Long, Long> stored = new HashMap<>();
    for (String line : report) {
      if (line.startsWith("caller ")) {
        String[] words = line.split(" ");
        long caller = Long.parseLong(words[1]);
        long last = Long.parseLong(words[2]);
        assertThat(line)
            .as("every append of the caller once, %s", when)
            .endsWith(" " + (last + 1) + " " + (last + 1) + " " + (last + 1));
        stored.put(caller, last);
        rows += last + 1;
        sum += (last + 1) * caller * FlushCrashChild.CALLER_SPAN + last * (last + 1) / 2;
      }
    }
    acknowledged.forEach((caller, last) -> {
      if (caller < (long) round * FlushCrashChild.CALLERS) {
        assertThat(stored.getOrDefault(caller, -1L))
            .as("caller %d, %s", caller, when)
            .isBetween(last, last + 1);
      }
    });
    String counted = rows + " " + sum;
    String twice = rows + " " + rows;
    assertThat(report.stream().filter(line -> !line.startsWith("caller ")).toList())
        .as(when)
        .containsExactly(
            "stored " + twice + " " + sum,
            "summed " + counted,
            "totalled " + counted,
            "states " + twice,
            "quarantined " + twice,
            "stored 0 0 0",
            "summed " + counted,
            "totalled " + counted,
            "states " + twice,
            "quarantined 0 0");
  }
}
