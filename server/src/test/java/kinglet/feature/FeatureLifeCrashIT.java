// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kinglet.testkit.ChildJvm;
import kinglet.testkit.KillPlan;
import kinglet.testkit.Seed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Kills the server while events, files and deletions of entities come in, at named points and at
/// random, again and again on the same data. After each restart features have what was
/// acknowledged, as ClickHouse has, and nothing of what was deleted.
///
/// `-Dcrash.rounds=` says how many kills, `-Dtest.seed=` repeats a run.
final class FeatureLifeCrashIT {
  private static final int ROUNDS = Integer.getInteger("crash.rounds", 5);
  private static final int KEYS = 4;
  private static final int FILE_ROWS = 3;
  private static final Duration LONGEST = Duration.ofMillis(1_500);
  private static final Duration START_MAX = Duration.ofSeconds(90);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir Path directory;

  /// Rows each key may have, by what is known of the answers.
  private final List<Set<Integer>> possible =
      new ArrayList<>(IntStream.range(0, KEYS).mapToObj(_ -> Set.of(0)).toList());

  @Test
  void featuresHaveWhatIsAcknowledgedAndNotWhatIsDeleted() throws Exception {
    Seed seed = Seed.next();
    RandomGenerator random = seed.random();
    for (int round = 0; round < ROUNDS; round++) {
      KillPlan plan =
          round % 2 == 1
              ? new KillPlan(
                  round % 4 == 1 ? "flush.after-insert" : "flush.before-insert",
                  random.nextInt(8) + 2,
                  Duration.ZERO,
                  LONGEST,
                  false)
              : new KillPlan(
                  "",
                  0,
                  Duration.ZERO,
                  Duration.ofMillis(random.nextLong(100, LONGEST.toMillis())),
                  random.nextBoolean());
      try (Server server = new Server(directory, plan)) {
        check(server, seed + " in round " + round + " of " + plan);
        if (round == 0) {
          for (Work work : List.of(Work.SEND, Work.IMPORT, Work.DELETE, Work.SEND)) {
            work(server, work, 1);
          }
        }
        CompletableFuture<Void> killed = CompletableFuture.runAsync(() -> server.end(plan));
        load(server, random);
        killed.join();
      }
    }
    try (Server server = new Server(directory, new KillPlan("", 0, LONGEST, LONGEST, false))) {
      check(server, seed + " at the end");
      Map<String, String> changed = new HashMap<>(FeatureLifeChild.PROJECT);
      changed.put("features/counts.pipe", FeatureLifeChild.VIEW + "TTL 90000 days\n");
      server.deploy(changed);
      while (server.features().path("version").asInt() != 2) {
        Thread.onSpinWait();
      }
      check(server, seed + " made anew");
    }
  }

  private enum Work {
    SEND,
    IMPORT,
    DELETE
  }

  /// Until the server is gone.
  private void load(Server server, RandomGenerator random) throws InterruptedException {
    while (true) {
      Work work =
          switch (random.nextInt(8)) {
            case 0 -> Work.DELETE;
            case 1 -> Work.IMPORT;
            default -> Work.SEND;
          };
      try {
        work(server, work, random.nextInt(KEYS));
      } catch (IOException _) {
        // The server is gone: whether this was done is open.
        return;
      }
    }
  }

  /// Until it is answered, either may be.
  private void work(Server server, Work work, int key) throws IOException, InterruptedException {
    List<Set<Integer>> before = List.copyOf(possible);
    List<Set<Integer>> after = new ArrayList<>(before);
    switch (work) {
      case SEND -> after.set(key, plus(before.get(key), 1));
      case IMPORT -> after.replaceAll(rows -> plus(rows, FILE_ROWS));
      case DELETE -> after.set(key, Set.of(0));
    }
    for (int i = 0; i < KEYS; i++) {
      possible.set(i, with(before.get(i), after.get(i)));
    }
    switch (work) {
      case SEND -> server.send(key);
      case IMPORT -> server.importFile(directory.resolve(FeatureLifeChild.FILE));
      case DELETE -> server.delete(key);
    }
    for (int i = 0; i < KEYS; i++) {
      possible.set(i, after.get(i));
    }
  }

  private static Set<Integer> plus(Set<Integer> rows, int more) {
    return rows.stream().map(count -> count + more).collect(Collectors.toSet());
  }

  private static Set<Integer> with(Set<Integer> one, Set<Integer> other) {
    Set<Integer> both = new HashSet<>(one);
    both.addAll(other);
    return both;
  }

  private void check(Server server, String as) throws Exception {
    server.awaitQuiet();
    JsonNode read = server.features();
    for (int key = 0; key < KEYS; key++) {
      int rows = read.at("/values/rows/" + key).asInt();
      assertThat(rows).as("%s, key %d, %s", as, key, server.log).isIn(possible.get(key));
      assertThat(server.stored(key)).as("%s, stored of key %d", as, key).isEqualTo(rows);
      possible.set(key, Set.of(rows));
    }
  }

  /// A server that is going to be killed.
  private static final class Server implements AutoCloseable {
    private final ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();
    private final HttpClient client =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ChildJvm child;
    private final String[] serves;

    Server(Path directory, KillPlan plan) throws Exception {
      CompletableFuture<String[]> served = new CompletableFuture<>();
      child =
          ChildJvm.start(
              FeatureLifeChild.class,
              List.of(directory.toString(), Integer.toString(KEYS), Integer.toString(FILE_ROWS)),
              plan.properties(),
              line -> {
                boolean _ =
                    line.startsWith("serves ") ? served.complete(line.split(" ")) : log.add(line);
              },
              log::add);
      Object _ =
          CompletableFuture.anyOf(served, child.handle().onExit())
              .get(START_MAX.toMillis(), TimeUnit.MILLISECONDS);
      assertThat(served).as("the server starts: %s", log).isDone();
      serves = served.join();
    }

    private JsonNode ask(String method, String path, BodyPublisher body)
        throws IOException, InterruptedException {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + serves[1] + path))
                  .header("Authorization", "Bearer " + serves[2])
                  .header("Content-Type", "application/json")
                  .timeout(Duration.ofSeconds(40))
                  .method(method, body)
                  .build(),
              BodyHandlers.ofString());
      assertThat(answer.statusCode()).as("%s %s %s", path, answer.body(), log).isIn(200, 202);
      return JSON.readTree(answer.body());
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
      return ask("GET", path, BodyPublishers.noBody());
    }

    void send(int key) throws IOException, InterruptedException {
      JsonNode _ =
          ask(
              "POST",
              "/v0/events?name=events",
              BodyPublishers.ofString("{\"ts\":\"2026-01-01T00:00:00Z\",\"k\":" + key + "}"));
    }

    void importFile(Path file) throws IOException, InterruptedException {
      JsonNode answer =
          ask(
              "POST",
              "/v0/datasources?mode=append&format=parquet&name=events",
              BodyPublishers.ofFile(file));
      assertThat(answer.path("error").asBoolean(true)).as(answer.toString()).isFalse();
    }

    void delete(int key) throws IOException, InterruptedException {
      String id =
          ask("DELETE", "/v0/entities/k/" + key, BodyPublishers.noBody()).path("job_id").asString();
      JsonNode job;
      do {
        job = get("/v0/jobs/" + id);
      } while (List.of("waiting", "working").contains(job.path("status").asString()));
      assertThat(job.path("status").asString()).as(job.toString()).isEqualTo("done");
    }

    void deploy(Map<String, String> project) throws IOException, InterruptedException {
      StringBuilder body = new StringBuilder();
      project.forEach((name, text) ->
          body.append(
                  "--b\r\nContent-Disposition: form-data; name=\"data_project://\"; filename=\"")
              .append(name)
              .append("\"\r\nContent-Type: text/plain\r\n\r\n")
              .append(text)
              .append("\r\n"));
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:" + serves[1] + "/v1/deploy?auto_promote=true"))
                  .header("Authorization", "Bearer " + serves[2])
                  .header("Content-Type", "multipart/form-data; boundary=b")
                  .POST(BodyPublishers.ofString(body + "--b--\r\n"))
                  .build(),
              BodyHandlers.ofString());
      assertThat(answer.body()).contains("\"success\"");
    }

    JsonNode features() throws IOException, InterruptedException {
      String keys = IntStream.range(0, KEYS).boxed().toList().toString();
      return ask(
          "POST",
          "/v0/features/counts",
          BodyPublishers.ofString("{\"keys\":{\"k\":" + keys + "}}"));
    }

    int stored(int key) throws IOException, InterruptedException {
      String sql = "SELECT count() AS n FROM events WHERE k = " + key + " FORMAT JSON";
      return get("/v0/sql?q=" + URLEncoder.encode(sql, StandardCharsets.UTF_8))
          .at("/data/0/n")
          .asInt();
    }

    /// Until jobs have ended and rows are stored.
    void awaitQuiet() throws IOException, InterruptedException {
      boolean busy;
      do {
        busy =
            get("/health").at("/flush/waiting_rows").asLong() > 0
                || !get("/v0/jobs?status=working").path("jobs").isEmpty()
                || !get("/v0/jobs?status=waiting").path("jobs").isEmpty();
      } while (busy);
    }

    void end(KillPlan plan) {
      List<ProcessHandle> engine = child.handle().children().toList();
      try {
        ProcessHandle _ =
            child.handle().onExit().get(plan.killAfter().toMillis(), TimeUnit.MILLISECONDS);
      } catch (Exception _) {
        // It lives, and is killed now.
        if (plan.both()) {
          engine.forEach(ProcessHandle::destroyForcibly);
        }
        child.kill();
      }
    }

    @Override
    public void close() {
      child.close();
      client.close();
    }
  }
}
