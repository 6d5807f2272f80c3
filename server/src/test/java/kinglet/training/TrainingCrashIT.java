// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import kinglet.journal.CrashPoints;
import kinglet.testkit.ChildJvm;
import kinglet.testkit.Seed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Halts the server at named points while it builds a training set, and kills its engine. The job
/// goes on, after the restart or with the next engine, and the set has the bytes of one that was
/// built undisturbed.
final class TrainingCrashIT {
  private static final Duration START_MAX = Duration.ofSeconds(90);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Set<String> ENDS = Set.of("done", "error", "cancelled");
  private static final List<String> POINTS =
      List.of("training.staged", "training.batch:3", "training.service:2", "training.assembled");

  /// Several shares, one with several batches.
  private static final String REQUEST =
      "{\"name\":\"%s\",\"service\":\"offer\",\"time\":\"at\",\"with\":[\"status\"],\"spine\":{\"q\":\"SELECT"
          + " number AS n, toUInt32(if(number < 300000, 1, modulo(number, 40))) AS user_id,"
          + " toDateTime('2026-01-01 00:00:00') + intDiv(number, 13) AS at FROM numbers(320000) ORDER BY"
          + " n\"}%s}";

  @TempDir Path directory;

  @Test
  void anInterruptedJobGoesOn() throws Exception {
    for (String point : POINTS) {
      try (Server server = new Server(directory, point)) {
        if (point.equals(POINTS.getFirst())) {
          server.fill(Seed.next().random());
          server.begin(REQUEST.formatted("halted", ""));
        }
        assertThat(server.child.awaitEnd(Duration.ofSeconds(30)))
            .as("%s %s", point, server.log)
            .isEqualTo(CrashPoints.EXIT_STATUS);
      }
    }
    try (Server server = new Server(directory, "")) {
      JsonNode halted = server.ended("halted");
      assertThat(halted.path("status").asString("")).as(halted.toString()).isEqualTo("done");
      long seq = halted.at("/manifest/journal_seq").asLong();
      server.begin(REQUEST.formatted("whole", ",\"journal_seq\":" + seq));
      JsonNode whole = server.ended("whole");
      assertThat(whole.at("/manifest/rows").asLong()).as(whole.toString()).isEqualTo(320_000);
      assertThat(server.bytes("halted")).isEqualTo(server.bytes("whole"));

      server.begin(REQUEST.formatted("bereft", ",\"journal_seq\":" + seq));
      server.awaitMiddle("bereft");
      server.killEngine();
      JsonNode bereft = server.ended("bereft");
      assertThat(bereft.path("status").asString("")).as(bereft.toString()).isEqualTo("done");
      assertThat(server.log).anyMatch(line -> line.contains("the engine went away"));
      assertThat(server.bytes("bereft")).isEqualTo(server.bytes("whole"));
    }
  }

  /// A server that is going to halt.
  private static final class Server implements AutoCloseable {
    private final ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();
    private final HttpClient client =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ChildJvm child;
    private final String[] serves;

    Server(Path directory, String point) throws Exception {
      CompletableFuture<String[]> served = new CompletableFuture<>();
      child =
          ChildJvm.start(
              TrainingCrashChild.class,
              List.of(directory.toString()),
              point.isEmpty() ? Map.of() : Map.of("kinglet.crash.point", point),
              line -> {
                boolean _ =
                    line.startsWith("serves ") ? served.complete(line.split(" ")) : log.add(line);
              },
              log::add);
      Object _ =
          CompletableFuture.anyOf(served, child.handle().onExit())
              .get(START_MAX.toMillis(), TimeUnit.MILLISECONDS);
      // A job that goes on may reach the point before the server is ready.
      assertThat(served.isDone() || !point.isEmpty()).as("the server starts: %s", log).isTrue();
      serves = served.getNow(new String[0]);
    }

    private HttpRequest request(String method, String path, BodyPublisher body) {
      return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + serves[1] + "/v0/" + path))
          .header("Authorization", "Bearer " + serves[2])
          .timeout(Duration.ofSeconds(30))
          .method(method, body)
          .build();
    }

    /// History as a file has it.
    void fill(RandomGenerator random) throws Exception {
      StringBuilder rows = new StringBuilder();
      for (int n = 0; n < 2_000; n++) {
        rows.append(
            "{\"at\":\"2026-01-01 %02d:%02d:00\",\"user_id\":%d,\"price\":%s}\n"
                .formatted(
                    random.nextInt(8),
                    random.nextInt(60),
                    random.nextInt(40),
                    random.nextDouble()));
      }
      HttpResponse<String> answer =
          client.send(
              request(
                  "POST",
                  "datasources?mode=append&format=ndjson&name=events",
                  BodyPublishers.ofString(rows.toString())),
              BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    void begin(String json) throws Exception {
      HttpResponse<String> made =
          client.send(
              request("POST", "training_sets", BodyPublishers.ofString(json)),
              BodyHandlers.ofString());
      assertThat(made.statusCode()).as(made.body()).isEqualTo(202);
    }

    JsonNode ended(String name) throws Exception {
      return await(name, set -> ENDS.contains(set.path("status").asString("")));
    }

    /// Some rows are there, and more are to come.
    void awaitMiddle(String name) throws Exception {
      JsonNode set = await(name, one -> one.path("rows_done").asLong() > 0);
      assertThat(set.path("status").asString("")).as(set.toString()).isNotIn(ENDS);
    }

    private JsonNode await(String name, Predicate<JsonNode> condition) throws Exception {
      JsonNode set = JSON.createObjectNode();
      long endNanos = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (!condition.test(set) && System.nanoTime() < endNanos) {
        set =
            JSON.readTree(
                client
                    .send(
                        request("GET", "training_sets/" + name, BodyPublishers.noBody()),
                        BodyHandlers.ofString())
                    .body());
      }
      return set;
    }

    void killEngine() {
      List<ProcessHandle> engines = child.handle().children().toList();
      assertThat(engines).hasSize(1);
      assertThat(engines.getFirst().destroyForcibly()).isTrue();
    }

    byte[] bytes(String name) throws Exception {
      return client
          .send(
              request("GET", "training_sets/" + name + ".parquet", BodyPublishers.noBody()),
              BodyHandlers.ofByteArray())
          .body();
    }

    @Override
    public void close() {
      child.close();
      client.close();
    }
  }
}
