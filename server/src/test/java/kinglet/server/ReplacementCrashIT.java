// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import kinglet.journal.CrashPoints;
import kinglet.testkit.ChildJvm;
import kinglet.testkit.Seed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Kills the server while rows are replaced, populated and deleted, at named points and at random,
/// again and again on the same data. After each restart a table holds the old rows or the new ones,
/// what views made of them fits, and a job says which of both it is.
///
/// `-Dcrash.rounds=` says how many kills at random there are besides, `-Dtest.seed=` repeats a run.
final class ReplacementCrashIT {
  private static final int RANDOM_ROUNDS = Integer.getInteger("crash.rounds", 2);
  private static final int PARTS = 3;
  private static final int ROWS = 60;
  private static final int DELETED_ROWS = 1_000;
  private static final int LONGEST_MILLIS = 400;
  private static final Duration START_MAX = Duration.ofSeconds(90);

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir Path directory;

  /// What is asked of the server before it is killed.
  private enum Work {
    /// The body of a request in the place of all rows.
    WHOLE,
    /// The same from an address, by a job, which goes on after the restart.
    WHOLE_BY_JOB,
    /// The rows of one partition, by a job, which does not.
    PARTLY_BY_JOB,
    /// Fills the view's target once more, which doubles it.
    ADD,
    /// Empties the target first.
    FILL,
    /// Deletes the first rows that are there.
    DELETE,
    /// Makes a second view that fills the same target, which is unlinked when that fails.
    LINK
  }

  /// What may succeed again and again.
  private static final List<Work> REPEATED =
      Arrays.stream(Work.values()).filter(work -> work != Work.LINK).toList();

  /// What a round leaves.
  private enum Left {
    OLD,
    NEW,
    EITHER
  }

  /// @param point at which the server halts; empty when it is killed from outside
  private record Round(Work work, String point, Left left) {}

  /// A job that goes on after the restart does not pass the next round's point.
  private static List<Round> rounds(RandomGenerator random) {
    List<Round> rounds = new ArrayList<>();
    rounds.add(new Round(Work.WHOLE, "exchange.begun", Left.OLD));
    rounds.add(new Round(Work.WHOLE, "exchange.decided", Left.NEW));
    rounds.add(new Round(Work.PARTLY_BY_JOB, "exchange.before-decision", Left.OLD));
    rounds.add(new Round(Work.PARTLY_BY_JOB, "exchange.exchanged", Left.NEW));
    rounds.add(new Round(Work.WHOLE_BY_JOB, "exchange.finished", Left.NEW));
    rounds.add(new Round(Work.WHOLE_BY_JOB, "exchange.before-decision", Left.NEW));
    rounds.add(new Round(Work.ADD, "population.filled", Left.OLD));
    rounds.add(new Round(Work.ADD, "exchange.decided", Left.NEW));
    rounds.add(new Round(Work.LINK, "exchange.begun", Left.OLD));
    rounds.add(new Round(Work.LINK, "population.filled", Left.OLD));
    rounds.add(new Round(Work.FILL, "population.begun", Left.NEW));
    rounds.add(new Round(Work.DELETE, "", Left.EITHER));
    for (int n = 0; n < RANDOM_ROUNDS; n++) {
      Work work = REPEATED.get(random.nextInt(REPEATED.size()));
      rounds.add(new Round(work, "", Left.EITHER));
    }
    return rounds;
  }

  /// What the tables hold.
  ///
  /// @param generations of the rows of each partition
  /// @param fills how often the rows of each partition are in the view's target
  /// @param deletedBelow the first row that is not deleted
  private record State(List<Integer> generations, List<Integer> fills, int deletedBelow) {
    private static final State FIRST = new State(List.of(0, 0, 0), List.of(1, 1, 1), 0);

    List<String> lines() {
      List<String> lines = new ArrayList<>();
      for (int part = 0; part < PARTS; part++) {
        lines.add(line("facts", part, 1));
        lines.add(line("sums", part, fills.get(part)));
      }
      lines.add("deleted " + deletedBelow + " " + (DELETED_ROWS - deletedBelow));
      return lines;
    }

    private String line(String table, int part, int times) {
      int total = IntStream.range(0, ROWS).filter(n -> n % PARTS == part).sum();
      return "%s %d %d %d %d"
          .formatted(table, part, generations.get(part), times * ROWS / PARTS, times * total);
    }

    State after(Work work, int generation) {
      return switch (work) {
        case WHOLE, WHOLE_BY_JOB ->
            new State(List.of(generation, generation, generation), List.of(1, 1, 1), deletedBelow);
        case PARTLY_BY_JOB ->
            new State(
                List.of(generations.get(0), generation, generations.get(2)),
                List.of(fills.get(0), 1, fills.get(2)),
                deletedBelow);
        case ADD, LINK ->
            new State(generations, fills.stream().map(times -> times + 1).toList(), deletedBelow);
        case FILL -> new State(generations, List.of(1, 1, 1), deletedBelow);
        case DELETE -> new State(generations, fills, deletedBelow + 10);
      };
    }
  }

  @Test
  void tablesHoldTheOldRowsOrTheNewOnes() throws Exception {
    Seed seed = Seed.next();
    RandomGenerator random = seed.random();
    List<Round> rounds = rounds(random);
    State state = State.FIRST;
    try (Remote remote = new Remote()) {
      String job = "";
      for (int number = 0; number <= rounds.size(); number++) {
        String point = number < rounds.size() ? rounds.get(number).point() : "";
        try (Server server = new Server(directory, number, point)) {
          if (number == 0) {
            server.prepare();
          } else {
            Round past = rounds.get(number - 1);
            String as = seed + ", round " + number + ", " + past;
            state = server.check(as, state, state.after(past.work(), number), past, job);
          }
          if (number < rounds.size()) {
            Round round = rounds.get(number);
            job = server.begin(round.work(), number + 1, state, remote);
            server.end(round, random);
          }
        }
      }
    }
  }

  /// Gives rows at `/generation/part`.
  private static final class Remote implements AutoCloseable {
    private final HttpServer server;

    Remote() throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(
          "/",
          exchange -> {
            String[] path = exchange.getRequestURI().getPath().split("/");
            byte[] rows = bytes(Integer.parseInt(path[1]), Integer.parseInt(path[2]));
            exchange.sendResponseHeaders(200, rows.length);
            exchange.getResponseBody().write(rows);
            exchange.close();
          });
      server.start();
    }

    String url(int generation, int part) {
      String path = "/" + generation + "/" + part + "/rows.ndjson";
      String url = "http://127.0.0.1:" + server.getAddress().getPort() + path;
      return "&url=" + URLEncoder.encode(url, UTF_8);
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  /// A server that is going to be killed.
  private static final class Server implements AutoCloseable {
    private final ConcurrentLinkedQueue<String> report = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();
    private final HttpClient client =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ChildJvm child;
    private final String[] serves;

    Server(Path directory, int round, String point) throws Exception {
      CompletableFuture<String[]> served = new CompletableFuture<>();
      child =
          ChildJvm.start(
              ReplacementCrashChild.class,
              List.of(directory.toString(), Integer.toString(round)),
              point.isEmpty() ? Map.of() : Map.of("kinglet.crash.point", point),
              line -> {
                boolean _ =
                    line.startsWith("serves ")
                        ? served.complete(line.split(" "))
                        : report.add(line);
              },
              log::add);
      Object _ =
          CompletableFuture.anyOf(served, child.handle().onExit())
              .get(START_MAX.toMillis(), TimeUnit.MILLISECONDS);
      assertThat(served).as("the server starts: %s %s", report, log).isDone();
      serves = served.join();
    }

    private HttpRequest request(String path, String body) {
      return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + serves[1] + "/v0/" + path))
          .header("Authorization", "Bearer " + serves[2])
          .timeout(Duration.ofSeconds(20))
          .POST(BodyPublishers.ofString(body))
          .build();
    }

    void prepare() throws Exception {
      StringBuilder deleted = new StringBuilder();
      IntStream.range(0, DELETED_ROWS).forEach(n -> deleted.append("{\"n\":" + n + "}\n"));
      for (HttpRequest request :
          List.of(
              request("events?wait=true&name=facts", new String(bytes(0, PARTS), UTF_8)),
              request("events?wait=true&name=deleted", deleted.toString()))) {
        assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
      }
    }

    /// Lets the work begin; answers its job, if it has one and the answer came.
    String begin(Work work, int generation, State state, Remote remote) throws Exception {
      String replace = "datasources?mode=replace&format=ndjson&name=facts";
      HttpRequest request =
          switch (work) {
            case WHOLE -> request(replace, new String(bytes(generation, PARTS), UTF_8));
            case WHOLE_BY_JOB -> request(replace + remote.url(generation, PARTS), "");
            case PARTLY_BY_JOB ->
                request(replace + "&replace_condition=part%3D1" + remote.url(generation, 1), "");
            case ADD -> request("pipes/sums_view/population", "");
            case FILL -> request("pipes/sums_view/population?truncate=true", "");
            case LINK ->
                request(
                    "pipes/second/nodes/made/materialization?datasource=sums&populate=true"
                        + "&unlink_on_populate_error=true",
                    "");
            case DELETE ->
                request(
                    "datasources/deleted/delete",
                    "delete_condition=n%3C" + (state.deletedBelow() + 10));
          };
      CompletableFuture<String> answer =
          client
              .sendAsync(request, BodyHandlers.ofString())
              .thenApply(response -> {
                JsonNode told = JSON.readTree(response.body());
                JsonNode shown = told.path("job").isObject() ? told.path("job") : told;
                String id = shown.path("job_id").asString("");
                return response.statusCode() == 200 ? id : "refused: " + response.body();
              })
              .exceptionally(_ -> "");
      return work == Work.WHOLE ? "" : answer.get(20, TimeUnit.SECONDS);
    }

    void end(Round round, RandomGenerator random) throws Exception {
      if (!round.point().isEmpty()) {
        assertThat(child.awaitEnd(Duration.ofSeconds(20)))
            .as("%s: %s", round, log)
            .isEqualTo(CrashPoints.EXIT_STATUS);
        return;
      }
      List<ProcessHandle> engine = child.handle().children().toList();
      try {
        ProcessHandle _ =
            child.handle().onExit().get(random.nextInt(LONGEST_MILLIS), TimeUnit.MILLISECONDS);
      } catch (TimeoutException _) {
        // It lives, and is killed now.
        if (random.nextBoolean()) {
          engine.forEach(ProcessHandle::destroyForcibly);
        }
      }
    }

    /// Which of both states the server found.
    State check(String as, State before, State after, Round past, String job) {
      List<String> tables = new ArrayList<>();
      String[] last = {"", "", "", ""};
      for (String line : report) {
        switch (line.split(" ")[0]) {
          case "facts", "sums", "deleted" -> tables.add(line);
          case "job" -> last = line.split(" ", 4);
          case "left" -> assertThat(line).as(as).isEqualTo("left []");
          default -> {
            // A line of the log.
          }
        }
      }
      assertThat(job).as(as).doesNotStartWith("refused");
      boolean done = List.copyOf(tables).containsAll(after.lines());
      if (past.left() != Left.EITHER) {
        assertThat(done).as("%s: %s", as, tables).isEqualTo(past.left() == Left.NEW);
      }
      assertThat(tables)
          .as(as)
          .containsExactlyInAnyOrderElementsOf(done ? after.lines() : before.lines());
      if (!job.isEmpty()) {
        assertThat(last[1]).as(as).isEqualTo(job);
        boolean goesOn = !List.of(Work.PARTLY_BY_JOB, Work.ADD, Work.LINK).contains(past.work());
        assertThat(last[2]).as(as + last[3]).isEqualTo(done ? "done" : "error");
        assertThat(done || !goesOn).as(as).isTrue();
        assertThat(last[3]).as(as).contains(done ? "" : "start it again");
      }
      return done ? after : before;
    }

    @Override
    public void close() {
      child.close();
      client.close();
    }
  }

  /// The rows of all partitions, or of one of them.
  private static byte[] bytes(int generation, int part) {
    StringBuilder rows = new StringBuilder();
    for (int n = 0; n < ROWS; n++) {
      if (part == PARTS || n % PARTS == part) {
        rows.append(
            "{\"generation\":%d,\"part\":%d,\"n\":%d}\n".formatted(generation, n % PARTS, n));
      }
    }
    return rows.toString().getBytes(UTF_8);
  }
}
