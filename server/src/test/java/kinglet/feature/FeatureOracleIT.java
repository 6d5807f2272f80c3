// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kinglet.testkit.Seed;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Random feature views over random events, through the HTTP API: every value at random times is
/// what ClickHouse computes over the rows it has stored.
final class FeatureOracleIT {
  private static final int EVENTS = 2_000;
  private static final int KEYS = 12;
  private static final int PROBES = 120;
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final String SOURCE =
      """
      SCHEMA >
          ts DateTime64(6, 'UTC') `json:$.ts`,
          k UInt32 `json:$.k`,
          part LowCardinality(String) `json:$.part`,
          i Int32 `json:$.i`,
          n Nullable(Int64) `json:$.n`,
          f Float64 `json:$.f`,
          s String `json:$.s` DEFAULT ''
      ENGINE MergeTree
      ENGINE_SORTING_KEY k, ts
      """;

  /// An aggregation as a view writes it, and as ClickHouse computes it of the rows where `%w`
  /// holds.
  private record Aggregation(String feature, String oracle) {}

  private static final List<Aggregation> AGGREGATIONS =
      List.of(
          new Aggregation("count()", "countIf(%w)"),
          new Aggregation("count(n)", "countIf(n, %w)"),
          new Aggregation("sum(i)", "sumIf(i, %w)"),
          new Aggregation("sum(n)", "sumIf(n, %w)"),
          new Aggregation("sum(f)", "sumIf(f, %w)"),
          new Aggregation("avg(i)", "avgIf(i, %w)"),
          new Aggregation("min(f)", "minIf(f, %w)"),
          new Aggregation("max(n)", "maxIf(n, %w)"),
          new Aggregation("min(s)", "minIf(s, %w)"),
          new Aggregation("max(ts)", "maxIf(ts, %w)"),
          new Aggregation("uniqExact(s)", "uniqExactIf(s, %w)"),
          new Aggregation("count(DISTINCT i)", "uniqExactIf(i, %w)"),
          new Aggregation(
              "groupArrayLast(4)(i)",
              "arrayMap(z -> z.3, arraySlice(arraySort(z -> (z.1, z.2), groupArrayIf((m, seq, i), %w)),"
                  + " -4))"),
          new Aggregation(
              "groupArray(3)(s)",
              "arrayMap(z -> z.3, arraySlice(arraySort(z -> (z.1, z.2), groupArrayIf((m, seq, s), %w)),"
                  + " 1, 3))"),
          new Aggregation("sumIf(i, f > 0)", "sumIf(i, f > 0 AND %w)"),
          new Aggregation(
              "countIf(part = 'a' AND n IS NULL)", "countIf(part = 'a' AND n IS NULL AND %w)"),
          new Aggregation("sum(i * 2 - k)", "sumIf(i * 2 - k, %w)"),
          new Aggregation("anyLast(s)", "argMaxIf(s, (m, seq), %w)"),
          new Aggregation("any(i)", "argMinIf(i, (m, seq), %w)"));

  /// A window as a view writes it, and when a row is inside at the time `t` of a probe.
  private record Frame(String sql, String tile, String inside) {}

  @TempDir private static Path data;
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.ready(data);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void everyValueIsWhatClickHouseComputes() {
    Seed seed = Seed.next();
    RandomGenerator random = seed.random();
    List<Frame> frames = frames(random);
    List<Aggregation> columns = new ArrayList<>();
    List<Frame> over = new ArrayList<>();
    for (Frame frame : frames) {
      for (int i = 0; i < 5; i++) {
        columns.add(AGGREGATIONS.get(random.nextInt(AGGREGATIONS.size())));
        over.add(frame);
      }
    }
    send(random, EVENTS / 2);
    deploy(view(frames, columns, over));
    send(random, EVENTS / 2);
    List<Instant> times = times(random);
    compare(
        seed,
        columns,
        over,
        times,
        IntStream.range(0, PROBES).map(_ -> random.nextInt(KEYS)).toArray());
  }

  private static List<Frame> frames(RandomGenerator random) {
    List<Frame> frames = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      long seconds = i == 0 ? 0 : 1 + random.nextInt(1 << (4 + 3 * i));
      boolean excluded = random.nextBoolean();
      frames.add(
          new Frame(
              "RANGE BETWEEN INTERVAL "
                  + seconds
                  + " SECOND PRECEDING AND CURRENT ROW"
                  + (excluded ? " EXCLUDE GROUP" : ""),
              "",
              "m >= t - " + seconds * 1_000_000 + " AND m " + (excluded ? "<" : "<=") + " t"));
    }
    long minutes = 1 + random.nextInt(500);
    long hop = 1 + random.nextInt(60);
    frames.add(
        new Frame(
            "RANGE INTERVAL " + minutes + " MINUTE PRECEDING",
            hop + " minutes",
            "m <= t AND m >= intDiv(t - %d, %d) * %d"
                .formatted(minutes * 60_000_000, hop * 60_000_000, hop * 60_000_000)));
    frames.add(new Frame("RANGE UNBOUNDED PRECEDING", "", "m <= t"));
    int rows = random.nextInt(20);
    frames.add(new Frame("ROWS " + rows + " PRECEDING", "", "m <= t AND r <= " + (rows + 1)));
    return frames;
  }

  private static String view(List<Frame> frames, List<Aggregation> columns, List<Frame> over) {
    StringBuilder sql = new StringBuilder("NODE random\nSQL >\n    SELECT k, part");
    for (int i = 0; i < columns.size(); i++) {
      sql.append(",\n        ")
          .append(columns.get(i).feature())
          .append(" OVER w")
          .append(frames.indexOf(over.get(i)))
          .append(" AS c")
          .append(i);
    }
    sql.append("\n    FROM events\n    WHERE s != 's3'\n    WINDOW ");
    StringBuilder tiles = new StringBuilder();
    for (int i = 0; i < frames.size(); i++) {
      sql.append(i == 0 ? "" : ",")
          .append("\n        w" + i + " AS (PARTITION BY k, part ORDER BY ts ")
          .append(frames.get(i).sql())
          .append(")");
      if (!frames.get(i).tile().isEmpty()) {
        tiles.append("TILE w" + i + " " + frames.get(i).tile() + "\n");
      }
    }
    return sql + "\nTYPE FEATURES\nENTITY k, part\nEVENT_TIME ts\n" + tiles;
  }

  private static void deploy(String view) {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("events.datasource", SOURCE);
    files.put("random.pipe", view);
    HttpResponse<String> answer = server.project("/v1/deploy", files);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).as(view).contains("\"success\"");
  }

  /// Events in no order, with the same times again and again, late ones and ones of the future.
  private static void send(RandomGenerator random, int count) {
    if (server.get("/v0/datasources/events").statusCode() == 404) {
      HttpResponse<String> made = server.project("/v1/deploy", Map.of("events.datasource", SOURCE));
      assertThat(made.body()).contains("\"success\"");
    }
    Instant now = Instant.now();
    int sent = 0;
    while (sent < count) {
      StringBuilder body = new StringBuilder();
      int batch = Math.min(count - sent, 1 + random.nextInt(200));
      for (int row = 0; row < batch; row++) {
        long span = 1L << random.nextInt(18);
        Instant time =
            now.minusSeconds(random.nextLong(span)).plusSeconds(random.nextInt(8) == 0 ? 300 : 0);
        Map<String, Object> event = new HashMap<>();
        event.put("ts", random.nextBoolean() ? time.truncatedTo(ChronoUnit.MINUTES) : time);
        event.put("k", random.nextInt(KEYS) / (1 + random.nextInt(3)));
        event.put("part", random.nextBoolean() ? "a" : "b");
        event.put("i", random.nextInt());
        event.put("n", random.nextInt(3) == 0 ? null : random.nextInt(100));
        event.put("f", random.nextGaussian() * 1e6);
        event.put("s", "s" + random.nextInt(9));
        event.replaceAll((_, value) -> value instanceof Instant at ? at.toString() : value);
        body.append(MAPPER.writeValueAsString(event)).append('\n');
      }
      HttpResponse<String> answer =
          server.post("/v0/events?name=events", body.toString(), "application/x-ndjson");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
      assertThat(answer.body()).contains("\"quarantined_rows\":0");
      sent += batch;
    }
  }

  private static List<Instant> times(RandomGenerator random) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    return IntStream.range(0, 6)
        .mapToObj(i ->
            i == 0
                ? now.truncatedTo(ChronoUnit.MINUTES)
                : now.plusSeconds(random.nextInt(-500, 4_000))
                    .plusNanos(1_000L * random.nextInt(1_000)))
        .toList();
  }

  private static void compare(
      Seed seed, List<Aggregation> columns, List<Frame> over, List<Instant> times, int[] keys) {
    Map<String, JsonNode> expected = expected(columns, over, times);
    int compared = 0;
    for (Instant time : times) {
      String ks = IntStream.of(keys).mapToObj(Integer::toString).collect(Collectors.joining(","));
      String parts =
          IntStream.range(0, keys.length)
              .mapToObj(i -> i % 2 == 0 ? "\"a\"" : "\"b\"")
              .collect(Collectors.joining(","));
      HttpResponse<String> answer =
          server.post(
              "/v0/features/random",
              "{\"as_of\":\"%s\",\"keys\":{\"k\":[%s],\"part\":[%s]}}".formatted(time, ks, parts),
              "application/json");
      assertThat(answer.statusCode()).as("%s %s", seed, answer.body()).isEqualTo(200);
      JsonNode values = TestServer.json(answer).path("values");
      for (int probe = 0; probe < keys.length; probe++) {
        JsonNode row =
            expected.get(micros(time) + " " + keys[probe] + " " + (probe % 2 == 0 ? "a" : "b"));
        for (int i = 0; row != null && i < columns.size(); i++) {
          same(
              values.path("c" + i).get(probe),
              row.path("c" + i),
              seed
                  + " c"
                  + i
                  + " "
                  + columns.get(i).feature()
                  + " OVER "
                  + over.get(i).sql()
                  + over.get(i).tile()
                  + " of "
                  + keys[probe]
                  + " at "
                  + time);
          compared++;
        }
      }
    }
    assertThat(compared).as("%s", seed).isGreaterThan(1_000);
  }

  private static void same(JsonNode actual, JsonNode expected, String what) {
    if (expected.isFloatingPointNumber() || actual.isFloatingPointNumber()) {
      double wanted = expected.asDouble();
      assertThat(actual.asDouble())
          .as(what)
          .isEqualTo(wanted, within(1e-9 * Math.max(1, Math.abs(wanted))));
    } else {
      assertThat(actual.toString()).as(what).isEqualTo(expected.toString());
    }
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  /// The row of each time and key, by ClickHouse.
  private static Map<String, JsonNode> expected(
      List<Aggregation> columns, List<Frame> over, List<Instant> times) {
    HttpResponse<String> flushed =
        server.post(
            "/v0/events?name=events&wait=true",
            "{\"ts\":\"2026-01-01 00:00:00\",\"k\":999,\"part\":\"\",\"i\":0,\"n\":0,\"f\":0}",
            "application/x-ndjson");
    assertThat(flushed.statusCode()).as(flushed.body()).isEqualTo(200);
    String table =
        rows("SELECT concat(database, '.', name) AS x FROM system.tables WHERE name = 'events' AND database LIKE 'w\\_%'"
                + " FORMAT JSONEachRow")
            .getFirst()
            .path("x")
            .asString();
    String features =
        IntStream.range(0, columns.size())
            .mapToObj(
                i -> columns.get(i).oracle().replace("%w", over.get(i).inside()) + " AS c" + i)
            .collect(Collectors.joining(",\n"));
    String probes =
        times.stream().map(time -> Long.toString(micros(time))).collect(Collectors.joining(", "));
    Map<String, JsonNode> expected = new HashMap<>();
    rows("SELECT t, k, part, "
            + features
            + " FROM (SELECT *, row_number() OVER (PARTITION BY t, k, part ORDER BY m DESC, seq DESC) AS r"
            + " FROM (SELECT *, __seq AS seq, toUnixTimestamp64Micro(ts) AS m, arrayJoin(["
            + probes
            + "]::Array(Int64)) AS t FROM "
            + table
            + " WHERE s != 's3')"
            + " WHERE m <= t) GROUP BY t, k, part"
            + " SETTINGS aggregate_functions_null_for_empty = 1, output_format_json_quote_64bit_integers = 0 FORMAT JSONEachRow")
        .forEach(row ->
            expected.put(
                row.path("t").asLong()
                    + " "
                    + row.path("k").asInt()
                    + " "
                    + row.path("part").asString(),
                row));
    return expected;
  }

  private static List<JsonNode> rows(String sql) {
    try (InputStream in = server.server().read(sql)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(MAPPER::readTree)
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
