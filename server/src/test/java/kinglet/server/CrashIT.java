// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import kinglet.journal.CrashPoints;
import kinglet.testkit.ChildJvm;
import kinglet.testkit.KillPlan;
import kinglet.testkit.Seed;
import kinglet.thread.Threads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kills the server, its engine, or both under load, at random and at named points, again and again
/// on the same data. After each restart every acknowledged row is stored exactly once: in its
/// table, in cascaded materialized views, in quarantine. A row nobody acknowledged is stored at
/// most once.
///
/// `-Dcrash.rounds=` says how many kills, `-Dtest.seed=` repeats a run.
final class CrashIT {
  private static final int ROUNDS = Integer.getInteger("crash.rounds", 50);
  private static final int CALLERS = 4;
  private static final Duration LONGEST_LOAD = Duration.ofMillis(900);
  private static final Duration START_MAX = Duration.ofSeconds(90);

  @TempDir Path directory;

  private final AtomicInteger importsSent = new AtomicInteger();
  private final AtomicInteger importsDone = new AtomicInteger();

  // Those of the rounds before: what a server finds when it has recovered.
  private int importsSentBefore;
  private int importsDoneBefore;

  /// The last request acknowledged, by caller.
  private final Map<Long, Long> acknowledged = new ConcurrentHashMap<>();

  /// Answers that no server may give, by caller.
  private final ConcurrentLinkedQueue<String> wrongAnswers = new ConcurrentLinkedQueue<>();

  @Test
  void everyAcknowledgedRowIsStoredOnceWhateverIsKilled() throws Exception {
    Seed seed = Seed.next();
    RandomGenerator random = seed.random();
    for (int round = 0; round < ROUNDS; round++) {
      KillPlan plan = KillPlan.of(round, random, LONGEST_LOAD);
      check(run(round, plan), round, seed + " before round " + round + ", then " + plan);
    }
    check(
        run(ROUNDS, new KillPlan("", 0, Duration.ZERO, Duration.ofMillis(1), false)),
        ROUNDS,
        seed + " at the end");
    assertThat(acknowledged).as("%s", seed).hasSizeGreaterThan(ROUNDS);
    assertThat(importsDone).as("%s", seed).hasPositiveValue();
  }

  /// Runs a round; answers what the server said its tables held when it had recovered.
  private List<String> run(int round, KillPlan plan) throws Exception {
    importsSentBefore = importsSent.get();
    importsDoneBefore = importsDone.get();
    List<String> report = new ArrayList<>();
    CompletableFuture<String[]> serves = new CompletableFuture<>();
    ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();
    try (ChildJvm child =
            ChildJvm.start(
                CrashChild.class,
                List.of(directory.toString(), Integer.toString(round)),
                plan.properties(),
                line -> {
                  String[] words = line.split(" ");
                  switch (words[0]) {
                    case "serves" -> {
                      boolean unused = serves.complete(words);
                    }
                    case "events",
                        "features",
                        "sums",
                        "totals",
                        "states",
                        "quarantine",
                        "imported" -> {
                      boolean unused = report.add(line);
                    }
                    default -> {
                      boolean unused = log.add(line);
                    }
                  }
                },
                log::add);
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        ExecutorService callers = Threads.virtual("caller")) {
      Object unused =
          CompletableFuture.anyOf(serves, child.handle().onExit())
              .get(START_MAX.toMillis(), TimeUnit.MILLISECONDS);
      if (!serves.isDone()) {
        // It may halt at its point while it still flushes what the round before left.
        assertThat(child.awaitEnd(START_MAX))
            .as("the server starts: %s", log)
            .isEqualTo(CrashPoints.EXIT_STATUS);
        return List.of();
      }
      String[] words = serves.join();
      // One is done whatever the machine's load; the others go on until the kill.
      if (importsDone.get() == 0 && plan.point().isEmpty()) {
        boolean _ = importFile(client, Integer.parseInt(words[1]), words[2], 0);
      }
      for (int caller = 0; caller < CALLERS; caller++) {
        long name = (long) round * CALLERS + caller;
        callers.execute(() -> send(client, Integer.parseInt(words[1]), words[2], name));
      }
      callers.execute(() -> importFiles(client, Integer.parseInt(words[1]), words[2]));
      end(child, plan);
    }
    assertThat(wrongAnswers).as("answers of round %d", round).isEmpty();
    return report;
  }

  private static void end(ChildJvm child, KillPlan plan) throws Exception {
    List<ProcessHandle> engine = child.handle().children().toList();
    if (plan.killsEngine()) {
      await(child, plan.engineKillAfter());
      engine.forEach(ProcessHandle::destroyForcibly);
    }
    await(child, plan.killAfter());
    if (plan.both()) {
      engine.forEach(ProcessHandle::destroyForcibly);
    }
    child.kill();
    int unused = child.awaitEnd(Duration.ofSeconds(20));
  }

  /// Until the time is over or the child has ended by itself.
  private static void await(ChildJvm child, Duration atMost) throws Exception {
    try {
      ProcessHandle unused = child.handle().onExit().get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      // It lives: the round goes on.
      return;
    }
  }

  /// Sends requests until the server is gone. Request `n` has `n % 5 + 1` good rows, and a bad one
  /// when `n % 4 == 0`.
  private void send(HttpClient client, int port, String token, long caller) {
    for (long n = 0; ; n++) {
      String source = n % 7 == 3 ? "passing" : "events";
      HttpRequest request =
          HttpRequest.newBuilder(
                  URI.create(
                      "http://127.0.0.1:"
                          + port
                          + "/v0/events?name="
                          + source
                          + (n % 60 == 59 ? "&wait=true" : "")))
              .header("Authorization", "Bearer " + token)
              .timeout(Duration.ofSeconds(20))
              .POST(BodyPublishers.ofString(body(caller, n)))
              .build();
      try {
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        if (!isAcknowledged(response, n)) {
          wrongAnswers.add(caller + " " + n + ": " + response.statusCode() + response.body());
          return;
        }
        acknowledged.put(caller, n);
      } catch (IOException _) {
        // The server is gone: whether this request is stored is open.
        return;
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /// Imports the files again and again until the server is gone.
  private void importFiles(HttpClient client, int port, String token) {
    int n = 0;
    while (importFile(client, port, token, n)) {
      n++;
    }
  }

  /// Imports a file; `false` if the server is gone, or answers what it may not.
  private boolean importFile(HttpClient client, int port, String token, int n) {
    String file = CrashChild.FILES.get(n % CrashChild.FILES.size());
    try {
      HttpRequest request =
          HttpRequest.newBuilder(
                  URI.create(
                      "http://127.0.0.1:" + port + "/v0/datasources?mode=append&name=imported"))
              .header("Authorization", "Bearer " + token)
              .timeout(Duration.ofSeconds(20))
              .POST(BodyPublishers.ofFile(directory.resolve(file)))
              .build();
      importsSent.incrementAndGet();
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      if (response.statusCode() == 200) {
        importsDone.incrementAndGet();
      } else if (!isEngineAway(response)) {
        wrongAnswers.add("import: " + response.statusCode() + response.body());
        return false;
      }
      return true;
    } catch (IOException _) {
      // The server is gone: whether this file is stored is open.
      return false;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// ClickHouse reads the file before it is accepted, which it cannot while its process is gone.
  private static boolean isEngineAway(HttpResponse<String> response) {
    return response.statusCode() == 503
        && response.body().contains("engine-unavailable")
        && response.headers().firstValue("retry-after").isPresent();
  }

  /// Each import is there as a whole or not at all, once, and known at its event time.
  private void checkImports(List<Long> found, String when) {
    long bad = CrashChild.FILE_ROWS / 10;
    long good = CrashChild.FILE_ROWS - bad;
    long times = found.get(0) / good;
    assertThat(times).as(when).isBetween((long) importsDoneBefore, (long) importsSentBefore);
    assertThat(found)
        .as(when)
        .isEqualTo(
            List.of(
                times * good,
                times * good,
                times == 0 ? 0 : good,
                times * good,
                times * bad,
                times * good));
  }

  private static boolean isAcknowledged(HttpResponse<String> response, long n) {
    String expected =
        "{\"successful_rows\":" + rows(n) + ",\"quarantined_rows\":" + badRows(n) + "}";
    return response.statusCode() / 100 == 2
        && response.body().replaceAll("\\s", "").equals(expected);
  }

  private static String body(long caller, long n) {
    StringBuilder body = new StringBuilder();
    for (long row = 0; row < rows(n); row++) {
      body.append("{\"caller\":%d,\"n\":%d,\"part\":%d}\n".formatted(caller, n, (n + row) % 5));
    }
    if (badRows(n) > 0) {
      body.append("{\"caller\":%d,\"n\":\"number %d\",\"part\":0}\n".formatted(caller, n));
    }
    return body.toString();
  }

  private static long rows(long n) {
    return n % 5 + 1;
  }

  private static long badRows(long n) {
    return n % 4 == 0 ? 1 : 0;
  }

  /// What one caller's requests are to leave in the tables.
  private static final class Expected {
    private long rows;
    private long total;
    private long passedRows;
    private long passedTotal;
    private long quarantined;
    private long lastStored = -1;
    private long lastPassed = -1;

    Expected(long last) {
      for (long n = 0; n <= last; n++) {
        if (n % 7 == 3) {
          passedRows += rows(n);
          passedTotal += rows(n) * n;
          lastPassed = n;
        } else {
          rows += rows(n);
          total += rows(n) * n;
          quarantined += badRows(n);
          lastStored = n;
        }
      }
    }
  }

  /// Compares what a recovered server found with what was acknowledged before.
  private void check(List<String> report, int round, String when) {
    Map<String, Map<Long, List<Long>>> found = new TreeMap<>();
    for (String line : report) {
      String[] words = line.split(" ");
      if (words[0].equals("imported")) {
        checkImports(Arrays.stream(words).skip(1).map(Long::valueOf).toList(), when);
      } else if (!words[0].equals("totals")) {
        List<Long> numbers = new ArrayList<>();
        for (int i = 2; i < words.length; i++) {
          numbers.add(Long.valueOf(words[i]));
        }
        found.computeIfAbsent(words[0], _ -> new TreeMap<>()).put(Long.valueOf(words[1]), numbers);
      }
    }
    if (report.isEmpty()) {
      return;
    }
    long rows = 0;
    long total = 0;
    for (long caller = 0; caller < (long) round * CALLERS; caller++) {
      String as = "caller " + caller + ", " + when;
      long last = acknowledged.getOrDefault(caller, -1L);
      Expected expected = matching(found, caller, last);
      assertThat(found(found, "events", caller))
          .as(as)
          .isEqualTo(
              expected.rows == 0
                  ? List.of()
                  : List.of(expected.lastStored, expected.rows, expected.rows, expected.total));
      assertThat(found(found, "features", caller))
          .as("features of " + as)
          .isEqualTo(found(found, "events", caller));
      assertThat(found(found, "sums", caller))
          .as(as)
          .isEqualTo(expected.rows == 0 ? List.of() : List.of(expected.rows, expected.total));
      assertThat(found(found, "states", caller))
          .as(as)
          .isEqualTo(
              expected.passedRows == 0
                  ? List.of()
                  : List.of(expected.passedRows, expected.passedTotal));
      assertThat(found(found, "quarantine", caller))
          .as(as)
          .isEqualTo(
              expected.quarantined == 0
                  ? List.of()
                  : List.of(expected.quarantined, expected.quarantined));
      rows += expected.rows;
      total += expected.total;
    }
    assertThat(report).as(when).contains("totals " + rows + " " + total);
  }

  /// With the request in doubt, if there is anything of it.
  private static Expected matching(
      Map<String, Map<Long, List<Long>>> found, long caller, long last) {
    Expected with = new Expected(last + 1);
    boolean stored =
        with.lastStored == last + 1
            ? found(found, "events", caller).stream().findFirst().orElse(-1L) == last + 1
            : found(found, "states", caller).stream().findFirst().orElse(0L) == with.passedRows;
    return stored ? with : new Expected(last);
  }

  private static List<Long> found(
      Map<String, Map<Long, List<Long>>> found, String question, long caller) {
    return found.getOrDefault(question, Map.of()).getOrDefault(caller, List.of());
  }
}
