// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A view over the shop's events in Kinglet, the same rows in libchdb, the same vectors in Redis.
final class ShopRun implements AutoCloseable {
  private static final int EVENTS_PER_ENTITY = 3;
  private static final int EVENTS_PER_REQUEST = 20_000;
  private static final int KEYS_PER_READ = 5_000;
  private static final int READERS = 8;

  private final Directory directory;
  private final ShopView view;
  private final int entities;
  private final KingletPeer kinglet;
  private final EnginePeer engine;
  private final Optional<RedisPeer> redis;
  private final long asOfMicros;

  private ShopRun(
      Directory directory,
      ShopView view,
      int entities,
      KingletPeer kinglet,
      EnginePeer engine,
      Optional<RedisPeer> redis,
      long asOfMicros) {
    this.directory = directory;
    this.view = view;
    this.entities = entities;
    this.kinglet = kinglet;
    this.engine = engine;
    this.redis = redis;
    this.asOfMicros = asOfMicros;
  }

  static ShopRun start(Home home, ShopView view, int entities) throws IOException {
    Directory directory = Directory.create("shop");
    ShopRun run =
        new ShopRun(
            directory,
            view,
            entities,
            KingletPeer.start(sub(directory, "kinglet"), view.files()),
            EnginePeer.start(home, sub(directory, "engine"), READERS),
            RedisPeer.start(sub(directory, "redis"), false),
            ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()));
    run.fill();
    run.fillRedis();
    return run;
  }

  private static Path sub(Directory directory, String name) throws IOException {
    return Files.createDirectories(directory.path().resolve(name));
  }

  ShopView view() {
    return view;
  }

  int entities() {
    return entities;
  }

  KingletPeer kinglet() {
    return kinglet;
  }

  EnginePeer engine() {
    return engine;
  }

  Optional<RedisPeer> redis() {
    return redis;
  }

  Path directory() {
    return directory.path();
  }

  /// The time of the last event, at which answers are compared.
  long asOfMicros() {
    return asOfMicros;
  }

  /// A request as it is sent.
  static byte[] post(String path, String headers, byte[] body) {
    byte[] head =
        ("POST "
                + path
                + " HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                + headers
                + "Content-Length: "
                + body.length
                + "\r\n\r\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] request = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, request, head.length, body.length);
    return request;
  }

  /// Asks Kinglet for the vectors of keys, now.
  byte[] request(List<String> keys) {
    return request(kinglet, view, keys);
  }

  static byte[] request(KingletPeer kinglet, ShopView view, List<String> keys) {
    return post(
        "/v0/features/" + view.name(),
        kinglet.headers() + "Content-Type: application/json\r\n",
        body(keys, "").getBytes(StandardCharsets.UTF_8));
  }

  /// The body of a batch call for keys.
  ///
  /// @param more what else it says, with a comma before
  static String body(List<String> keys, String more) {
    return keys.stream()
        .collect(Collectors.joining("\",\"", "{\"keys\":{\"user_id\":[\"", "\"]}" + more + "}"));
  }

  /// Asks Redis for all fields of a vector.
  List<String> hmget(String key) {
    List<String> words = new ArrayList<>(List.of("HMGET", key));
    words.addAll(view.names());
    return words;
  }

  private void fill() throws IOException {
    String unused = engine.admin(ShopView.table());
    ShopEvents events = new ShopEvents(entities, entities * EVENTS_PER_ENTITY, asOfMicros);
    String insert =
        "/?query="
            + EnginePeer.encoded(
                "INSERT INTO shop_events SETTINGS date_time_input_format = 'best_effort'"
                    + " FORMAT JSONEachRow");
    try (Connection own = new Connection(kinglet.port());
        Connection other = new Connection(engine.port());
        ExecutorService beside = Executors.newSingleThreadExecutor()) {
      for (int from = 0; from < events.count(); from += EVENTS_PER_REQUEST) {
        int to = Math.min(events.count(), from + EVENTS_PER_REQUEST);
        byte[] lines = events.lines(from, to);
        Future<Connection.Answer> inserted =
            beside.submit(() -> other.post(insert, engine.headers("writer"), lines).expect(200));
        String accepted =
            own.post("/v0/events?name=shop_events", kinglet.headers(), lines).expect(202).text();
        Answers.require(accepted.contains("\"successful_rows\":" + (to - from)), accepted);
        Connection.Answer unusedAnswer = inserted.get();
      }
    } catch (InterruptedException | ExecutionException failed) {
      throw new IOException(failed);
    }
    unused = engine.admin("OPTIMIZE TABLE shop_events FINAL");
  }

  private void fillRedis() throws IOException {
    if (redis.isEmpty()) {
      return;
    }
    for (int from = 0; from < entities; from += KEYS_PER_READ) {
      int[] keys = IntStream.range(from, Math.min(entities, from + KEYS_PER_READ)).toArray();
      fill(redis.get(), view, keys, vectors(keys));
    }
  }

  /// Makes vectors hashes in Redis; a missing value is an empty one.
  static void fill(RedisPeer redis, ShopView view, int[] keys, Vectors vectors) throws IOException {
    List<String> names = view.names();
    for (int row = 0; row < keys.length; row++) {
      List<String> words = new ArrayList<>(List.of("HSET", ShopEvents.key(keys[row])));
      List<@Nullable String> values = vectors.of(row);
      for (int i = 0; i < names.size(); i++) {
        String value = values.get(i);
        words.add(names.get(i));
        words.add(value == null ? "" : value);
      }
      redis.send(words);
    }
    for (int row = 0; row < keys.length; row++) {
      List<@Nullable String> unused = redis.read();
    }
  }

  /// What Kinglet says of keys at the time of the last event.
  Vectors vectors(int[] keys) throws IOException {
    List<String> names = IntStream.of(keys).mapToObj(ShopEvents::key).toList();
    String asOf = ",\"as_of\":\"" + Instant.EPOCH.plus(asOfMicros, ChronoUnit.MICROS) + "\"";
    try (Connection connection = new Connection(kinglet.port())) {
      return Vectors.read(
          connection
              .post(
                  "/v0/features/" + view.name(),
                  kinglet.headers(),
                  body(names, asOf).getBytes(StandardCharsets.UTF_8))
              .expect(200)
              .body());
    }
  }

  /// Compares all contenders' answers for keys.
  void check(int[] keys) throws IOException {
    Vectors own = vectors(keys);
    try (Connection connection = new Connection(engine.port())) {
      for (int row = 0; row < keys.length; row++) {
        String key = ShopEvents.key(keys[row]);
        byte[] sql = view.sql(key, asOfMicros).getBytes(StandardCharsets.UTF_8);
        String other = connection.post("/", engine.headers("reader"), sql).expect(200).text();
        Vectors.requireSame(own.of(row), Vectors.row(other), "features of " + key);
        if (redis.isPresent()) {
          List<@Nullable String> held = new ArrayList<>();
          for (String value : redis.get().call(hmget(key).toArray(String[]::new))) {
            held.add(value == null || value.isEmpty() ? null : value);
          }
          Vectors.requireSame(own.of(row), held, "what Redis holds of " + key);
        }
      }
    }
  }

  /// An answer of Kinglet as long as those to most reads are.
  String typicalAnswer(int[] keys) throws IOException {
    List<String> answers = new ArrayList<>();
    try (Connection connection = new Connection(kinglet.port())) {
      for (int at = 0; at < Math.min(101, keys.length); at++) {
        byte[] body = body(List.of(ShopEvents.key(keys[at])), "").getBytes(StandardCharsets.UTF_8);
        answers.add(
            connection
                .post("/v0/features/" + view.name(), kinglet.headers(), body)
                .expect(200)
                .text());
      }
    }
    answers.sort(Comparator.comparingInt(String::length));
    return answers.get(answers.size() / 2);
  }

  @Override
  public void close() throws IOException {
    if (redis.isPresent()) {
      redis.get().close();
    }
    engine.close();
    kinglet.close();
    directory.close();
  }
}
