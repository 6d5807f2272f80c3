// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// From a crash to the first correct answer: the whole server and Redis with its append-only file,
/// each killed as `kill -9` does and started again over what it left.
final class RecoverBenchmark {
  private static final ShopView VIEW = ShopView.of(50);
  private static final int EVENTS_PER_ENTITY = 3;
  private static final int EVENTS_PER_REQUEST = 20_000;
  private static final int KEYS_PER_READ = 5_000;
  private static final int CHECKED = 100;

  /// Beyond these Redis would need 20 GB, and reading every entity minutes.
  private static final int ENTITIES_OF_ALL_MAX = 1_000_000;

  private static final double GIB = 1 << 30;

  private final Home home;
  private final int entities;
  private final int[] checked;
  private final long asOfMicros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());

  private RecoverBenchmark(Home home, int entities) {
    this.home = home;
    this.entities = entities;
    this.checked =
        IntStream.iterate(0, key -> key < entities, key -> key + Math.max(1, entities / CHECKED))
            .toArray();
  }

  /// What a restart took.
  ///
  /// @param first seconds to the first correct answer, for 100 keys
  /// @param all seconds until every entity has been read once
  private record Recovery(double stateBytes, double first, Optional<Double> all) {
    Object[] cells(int entities, String contender) {
      return new Object[] {
        "%,d".formatted(entities),
        contender,
        stateBytes / GIB,
        first,
        first / (stateBytes / GIB),
        all.<Object>map(seconds -> seconds).orElse("-")
      };
    }
  }

  static Page run(Home home, Plan plan) throws IOException {
    Page page =
        new Page("recover: from a crash to the first correct answer", "./kinglet bench recover");
    page.line(
            "50 features over exact windows, an event of the last day for each shopper and two times as")
        .line(
            "many more by Zipf 0.99. Kinglet is the whole server, started as `./kinglet start` does,")
        .line(
            "with its engine process, journal and checkpoints; it is killed by SIGKILL right after the")
        .line(
            "last event was acknowledged and read, and started again. Redis holds the same vectors,")
        .line(
            "written with `appendonly yes` and `appendfsync always`, and is killed and started likewise.")
        .line(
            "The time counts from starting the process, Java's own start included, to the first answer")
        .line(
            "that is right for 100 keys, which are compared with the answer before the crash. Files are")
        .line(
            "in the machine's page cache for both, and Java's archive of classes is there, as after any")
        .line("clean stop before. Kinglet answers before everything is in memory: what")
        .line(
            "an entity needs is read when it is asked for; the last column is when all have been read.")
        .line("Goal: 1 s for a GiB of state.")
        .line("")
        .header(
            "entities",
            "contender",
            "state, GiB",
            "first correct answer, s",
            "s per GiB",
            "all read, s");
    for (int entities : plan.quick() ? new int[] {200} : new int[] {1_000, 300_000, 10_000_000}) {
      new RecoverBenchmark(home, entities).measure(page);
    }
    return page;
  }

  private void measure(Page page) throws IOException {
    try (Directory directory = Directory.create("recover")) {
      Path redisFiles = Files.createDirectories(directory.path().resolve("redis"));
      boolean isLarge = entities > ENTITIES_OF_ALL_MAX;
      Optional<RedisPeer> redis = isLarge ? Optional.empty() : RedisPeer.start(redisFiles, true);
      Recovery own = kinglet(directory.path(), redis);
      page.row(own.cells(entities, "Kinglet"));
      if (redis.isPresent()) {
        page.row(recover(redis.get(), redisFiles).cells(entities, "Redis, AOF"));
      } else if (!isLarge) {
        page.row("%,d".formatted(entities), "Redis: " + RedisPeer.INSTALL, "-", "-", "-", "-");
      }
    }
  }

  private Recovery kinglet(Path directory, Optional<RedisPeer> redis) throws IOException {
    List<Object> expected;
    double stateBytes;
    try (ServerProgram server = ServerProgram.start(home, directory, Map.of())) {
      server.awaitReady();
      // A clean stop leaves the archive of classes.
    }
    try (ServerProgram server = ServerProgram.start(home, directory, Map.of())) {
      server.awaitReady();
      String headers = server.headers();
      KingletPeer.deploy(server.port(), headers, VIEW.files());
      fill(server.port(), headers);
      expected = List.copyOf(read(server.port(), headers, checked).columns());
      stateBytes = server.metric("kinglet_state_bytes");
      if (redis.isPresent()) {
        fill(redis.get(), server.port(), headers);
      }
      server.kill();
    }
    long began = System.nanoTime();
    try (ServerProgram server = ServerProgram.start(home, directory, Map.of())) {
      String headers = server.headers();
      ServerProgram.awaitAnswer(
          () -> read(server.port(), headers, checked).columns().equals(expected));
      double first = seconds(began);
      Optional<Double> all =
          entities > ENTITIES_OF_ALL_MAX
              ? Optional.empty()
              : Optional.of(readAll(server.port(), headers, began));
      server.kill();
      return new Recovery(stateBytes, first, all);
    }
  }

  /// Seconds since the beginning until each entity has been read once.
  private double readAll(int port, String headers, long began) throws IOException {
    for (int from = 0; from < entities; from += KEYS_PER_READ) {
      int[] keys = IntStream.range(from, Math.min(entities, from + KEYS_PER_READ)).toArray();
      Vectors vectors = read(port, headers, keys);
      Answers.require(vectors.of(0).getFirst() != null, "an entity without events");
    }
    return seconds(began);
  }

  private static double seconds(long began) {
    return (System.nanoTime() - began) / 1e9;
  }

  private void fill(int port, String headers) throws IOException {
    ShopEvents events = new ShopEvents(entities, entities * EVENTS_PER_ENTITY, asOfMicros);
    try (Connection connection = new Connection(port)) {
      for (int from = 0; from < events.count(); from += EVENTS_PER_REQUEST) {
        int to = Math.min(events.count(), from + EVENTS_PER_REQUEST);
        String accepted =
            connection
                .post("/v0/events?name=shop_events", headers, events.lines(from, to))
                .expect(202)
                .text();
        Answers.require(accepted.contains("\"successful_rows\":" + (to - from)), accepted);
      }
    }
  }

  private Vectors read(int port, String headers, int[] keys) throws IOException {
    String asOf = Instant.EPOCH.plus(asOfMicros, ChronoUnit.MICROS).toString();
    try (Connection connection = new Connection(port)) {
      return Vectors.read(
          connection
              .post(
                  "/v0/features/" + VIEW.name(),
                  headers,
                  ShopRun.body(
                          IntStream.of(keys).mapToObj(ShopEvents::key).toList(),
                          ",\"as_of\":\"" + asOf + "\"")
                      .getBytes(StandardCharsets.UTF_8))
              .expect(200)
              .body());
    }
  }

  private void fill(RedisPeer redis, int port, String headers) throws IOException {
    for (int from = 0; from < entities; from += KEYS_PER_READ) {
      int[] keys = IntStream.range(from, Math.min(entities, from + KEYS_PER_READ)).toArray();
      ShopRun.fill(redis, VIEW, keys, read(port, headers, keys));
    }
  }

  private Recovery recover(RedisPeer before, Path files) throws IOException {
    List<List<@Nullable String>> expected = held(before);
    double bytes = before.usedMemory();
    before.kill();
    long began = System.nanoTime();
    try (RedisPeer after = RedisPeer.start(files, true).orElseThrow()) {
      ServerProgram.awaitAnswer(() -> held(after).equals(expected));
      double first = seconds(began);
      return new Recovery(bytes, first, Optional.of(first));
    }
  }

  private List<List<@Nullable String>> held(RedisPeer redis) throws IOException {
    List<List<@Nullable String>> vectors = new ArrayList<>();
    for (int key : checked) {
      List<String> words = new ArrayList<>(List.of("HMGET", ShopEvents.key(key)));
      words.addAll(VIEW.names());
      vectors.add(redis.call(words.toArray(String[]::new)));
    }
    return vectors;
  }
}
