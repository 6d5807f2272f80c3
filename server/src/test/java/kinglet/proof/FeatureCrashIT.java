// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import kinglet.testkit.ChildJvm;
import kinglet.testkit.Seed;
import kinglet.thread.Threads;
import kinglet.type.DataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Kills the server at any moment while events come in and checkpoints are written, again and again
/// on the same data. After each restart every feature of every key is what the naive model computes
/// of the rows that are stored, and those are the rows that were acknowledged, each once.
///
/// `-Dcrash.rounds=` says how many kills, `-Dtest.seed=` repeats a run.
final class FeatureCrashIT {
  private static final int ROUNDS = Integer.getInteger("crash.rounds", 4);
  private static final int KEYS = 24;
  private static final int CALLERS = 2;
  private static final Duration START_MAX = Duration.ofSeconds(90);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final List<Field> FIELDS =
      List.of(
          field("ts", "DateTime64(6, 'UTC')"),
          field("k", "UInt32"),
          field("i", "Int64"),
          field("n", "Nullable(Int32)"),
          field("s", "String"),
          field("f", "Float64"),
          field("id", "Int64"));
  private static final List<Frame> FRAMES =
      List.of(
          new Frame.Range(3_600_000_000L, false),
          new Frame.Range(60_000_000L, true),
          new Frame.Tiled(86_400_000_000L, 3_600_000_000L),
          new Frame.Unbounded(""),
          new Frame.Rows(9));

  @TempDir Path directory;

  private final Set<Long> acknowledged = ConcurrentHashMap.newKeySet();
  private final AtomicLong nextId = new AtomicLong();
  private final ConcurrentLinkedQueue<String> wrongAnswers = new ConcurrentLinkedQueue<>();

  private static Field field(String name, String type) {
    return new Field(name, DataType.parse(type), false, _ -> null);
  }

  @Test
  void featuresAreTheRecomputationOverTheAcknowledgedRows() throws Exception {
    Seed seed = Seed.next();
    RandomGenerator random = seed.random();
    writeProject();
    int rows = 0;
    for (int round = 0; round <= ROUNDS; round++) {
      rows = run(random, seed + " in round " + round, round < ROUNDS);
    }
    assertThat(rows).as("%s", seed).isGreaterThan(100 * ROUNDS);
  }

  private void writeProject() throws IOException {
    Case made = made(List.of(), List.of());
    String columns =
        FIELDS.stream()
            .map(field ->
                "    " + field.name() + " " + field.type().sql() + " `json:$." + field.name() + "`")
            .collect(Collectors.joining(",\n"));
    Files.writeString(
        directory.resolve("events.datasource"),
        "SCHEMA >\n" + columns + "\nENGINE MergeTree\nENGINE_SORTING_KEY k\n");
    Files.writeString(
        directory.resolve("proof.pipe"),
        "NODE proof\nSQL >\n"
            + made.sql().indent(4)
            + "TYPE FEATURES\nENTITY k\nEVENT_TIME ts\nTILE w2 1 hour\n");
  }

  private static Case made(List<Event> events, List<Read> reads) {
    return new Case(
        FIELDS,
        1,
        LongStream.range(0, KEYS).<List<Object>>mapToObj(List::of).toList(),
        Optional.empty(),
        FRAMES,
        features(),
        List.of(),
        OptionalLong.empty(),
        600_000_000L,
        events,
        reads,
        Optional.empty());
  }

  private static List<Feature> features() {
    Term whole = Term.of(FIELDS, 2);
    Term some = Term.of(FIELDS, 3);
    Term text = Term.of(FIELDS, 4);
    Term real = Term.of(FIELDS, 5);
    Condition positive =
        new Condition("i > 0", event -> event.values().get(2) instanceof Long i && i > 0);
    List<Measure> measures =
        List.of(
            Measure.of("count", "", List.of(), Folds::count),
            Measure.of("sum", "", List.of(whole), Folds.sum(whole.type())),
            Measure.of("sum", "", List.of(real), Folds.sum(real.type())),
            Measure.of("sum", "", List.of(some), Folds.sum(some.type())).when(positive),
            Measure.of("min", "", List.of(text), Folds.least(text.bare(), 1)),
            Measure.of("max", "", List.of(some), Folds.least(some.bare(), -1)),
            Measure.of("any", "", List.of(some), Folds::first),
            Measure.of("anyLast", "", List.of(text), Folds::last),
            Measure.of("argMax", "", List.of(text, whole), Folds.argLeast(whole.bare(), -1)),
            Measure.of("uniqExact", "", List.of(whole), Folds.distinct(Integer.MAX_VALUE, 0)),
            Measure.of("groupArrayLast", "(5)", List.of(text), Folds.lastOnes(5)));
    List<Feature> features = new ArrayList<>();
    for (Measure measure : measures) {
      for (int frame = 0; frame < FRAMES.size(); frame++) {
        features.add(Feature.plain(new Feature.Use(measure, frame)));
      }
    }
    return features;
  }

  /// Starts the server, compares, sends events and kills it; answers how many rows it had.
  private int run(RandomGenerator random, String as, boolean killed) throws Exception {
    List<Event> stored = new ArrayList<>();
    ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();
    CompletableFuture<String[]> serves = new CompletableFuture<>();
    try (ChildJvm child =
            ChildJvm.start(
                FeatureCrashChild.class,
                List.of(directory.resolve("data").toString(), directory.toString()),
                java.util.Map.of(),
                line -> {
                  if (line.startsWith("row\t")) {
                    stored.add(event(line.split("\t")));
                  } else if (line.startsWith("serves ")) {
                    boolean _ = serves.complete(line.split(" "));
                  } else {
                    log.add(line);
                  }
                },
                log::add);
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        ExecutorService callers = Threads.virtual("caller")) {
      Object _ =
          CompletableFuture.anyOf(serves, child.handle().onExit())
              .get(START_MAX.toMillis(), TimeUnit.MILLISECONDS);
      assertThat(serves).as("%s, the server starts: %s", as, log).isDone();
      String[] words = serves.join();
      URI server = URI.create("http://127.0.0.1:" + words[1] + "/");
      compare(client, server, words[2], stored, as);
      for (int caller = 0; killed && caller < CALLERS; caller++) {
        long callerSeed = random.nextLong();
        callers.execute(
            () -> send(client, server, words[2], new java.util.SplittableRandom(callerSeed)));
      }
      awaitEnd(child, Duration.ofMillis(killed ? random.nextLong(100, 1_500) : 1));
      child.kill();
      int _ = child.awaitEnd(Duration.ofSeconds(20));
    }
    assertThat(wrongAnswers).as(as).isEmpty();
    return stored.size();
  }

  private static void awaitEnd(ChildJvm child, Duration atMost) throws Exception {
    try {
      ProcessHandle ended = child.handle().onExit().get(atMost.toMillis(), TimeUnit.MILLISECONDS);
      throw new AssertionError("the server ended by itself: " + ended);
    } catch (TimeoutException _) {
      // It lives until it is killed.
      return;
    }
  }

  private static Event event(String[] words) {
    int key = Integer.parseInt(words[4]);
    List<Object> values = new ArrayList<>();
    values.add(Long.valueOf(words[3]));
    values.add((long) key);
    values.add(Long.valueOf(words[5]));
    values.add(words[6].equals("\\N") ? null : Long.valueOf(words[6]));
    values.add(words[7]);
    values.add(Double.valueOf(words[8]));
    values.add(Long.valueOf(words[9]));
    return new Event(
        Long.parseLong(words[3]), Long.parseLong(words[1]), Long.parseLong(words[2]), key, values);
  }

  private void compare(HttpClient client, URI server, String token, List<Event> stored, String as)
      throws Exception {
    List<Long> ids = stored.stream().map(event -> (Long) event.values().getLast()).toList();
    assertThat(ids).as(as).doesNotHaveDuplicates().containsAll(acknowledged);
    String keys =
        LongStream.range(0, KEYS).mapToObj(Long::toString).collect(Collectors.joining(","));
    HttpResponse<String> response =
        client.send(
            request(server.resolve("v0/features/proof"), token)
                .POST(BodyPublishers.ofString("{\"keys\":{\"k\":[" + keys + "]}}"))
                .build(),
            BodyHandlers.ofString());
    assertThat(response.statusCode()).as("%s %s", as, response.body()).isEqualTo(200);
    JsonNode answer = JSON.readTree(response.body());
    long readMicros =
        ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(answer.path("as_of").asString()));
    List<Read> reads = new ArrayList<>();
    for (int key = 0; key < KEYS; key++) {
      reads.add(new Read(Long.MAX_VALUE, key, readMicros));
    }
    Case made = made(stored, reads);
    List<NaiveModel.Outcome> outcomes = new NaiveModel(made, History.of(made)).outcomes();
    for (int key = 0; key < KEYS; key++) {
      for (int column = 0; column < made.columns(); column++) {
        JsonNode given = answer.path("values").path("c" + column).get(key);
        Expected expected = outcomes.get(key).values().get(column);
        assertThat(Values.same(value(given, expected.value()), expected.value(), 0))
            .as(
                "%s: %s of %d is %s, and %s by the model",
                as, made.columnSql(column), key, given, expected.value())
            .isTrue();
      }
    }
  }

  /// The value of a JSON answer, as models have it.
  private static Object value(JsonNode json, Object like) {
    if (json.isNull()) {
      return null;
    }
    if (json.isArray()) {
      List<Object> list = new ArrayList<>();
      json.forEach(element -> list.add(value(element, "")));
      return list;
    }
    return json.isString()
        ? json.asString()
        : like instanceof Double ? (Object) json.asDouble() : (Object) json.asLong();
  }

  private static HttpRequest.Builder request(URI uri, String token) {
    return HttpRequest.newBuilder(uri)
        .header("Authorization", "Bearer " + token)
        .header("Content-Type", "application/json")
        .timeout(Duration.ofSeconds(20));
  }

  /// Sends events until the server is gone: late ones, of equal times, of the future.
  private void send(HttpClient client, URI server, String token, RandomGenerator random) {
    while (true) {
      int count = 1 + random.nextInt(20);
      long first = nextId.getAndAdd(count);
      String body =
          LongStream.range(first, first + count)
              .mapToObj(id -> line(id, random))
              .collect(Collectors.joining("\n"));
      try {
        HttpResponse<String> response =
            client.send(
                request(server.resolve("v0/events?name=events"), token)
                    .POST(BodyPublishers.ofString(body))
                    .build(),
                BodyHandlers.ofString());
        if (response.statusCode() != 202 || !response.body().contains("\"quarantined_rows\":0")) {
          wrongAnswers.add(response.statusCode() + response.body());
          return;
        }
        LongStream.range(first, first + count).forEach(acknowledged::add);
      } catch (IOException _) {
        // The server is gone: whether these are stored is open.
        return;
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static String line(long id, RandomGenerator random) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    Instant time =
        switch (random.nextInt(6)) {
          case 0 -> now.minusSeconds(random.nextLong(1L << random.nextInt(1, 20)));
          case 1 -> now.truncatedTo(ChronoUnit.SECONDS);
          case 2 -> now.plusSeconds(random.nextInt(20));
          default -> now;
        };
    int key = random.nextInt(1 + random.nextInt(KEYS));
    return JSON.writeValueAsString(
            java.util.Map.of(
                "ts",
                time.toString(),
                "k",
                key,
                "i",
                random.nextLong(-1_000, 1_000),
                "s",
                "s" + random.nextInt(50),
                "f",
                random.nextInt(4_000) / 4.0,
                "id",
                id,
                "n",
                random.nextInt(1_000)))
        .replaceFirst(random.nextInt(4) == 0 ? "\"n\":[0-9]+" : "^$", "\"n\":null");
  }
}
