// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.Answers.done;
import static kinglet.testkit.Answers.refused;
import static kinglet.testkit.TestServer.FORM;
import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.http.CopyScheduler;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Copy pipes: run on demand and by schedules, made and changed by calls.
final class CopyIT {
  private static final String EVENTS =
      """
      SCHEMA >
          `k` String `json:$.k`,
          `n` Int64 `json:$.n`

      ENGINE MergeTree
      ENGINE_SORTING_KEY k
      """;

  /// A column whose path names another one: copies go by names.
  private static final String TOTALS =
      """
      SCHEMA >
          `k` String `json:$.total`,
          `total` Int64 `json:$.k`,
          `at` DateTime `json:$.at` DEFAULT now()

      ENGINE MergeTree
      ENGINE_SORTING_KEY k
      """;

  private static final String COPY =
      """
      NODE sums
      SQL >
          %
          SELECT k, sum(n) AS total, toDateTime({{String(job_timestamp)}}) AS at
          FROM events WHERE n >= {{Int32(least, 0)}} GROUP BY k

      TYPE COPY
      TARGET_DATASOURCE totals
      """;

  /// A value of each type, as SQL.
  private static final Map<String, String> TYPES = new LinkedHashMap<>();

  static {
    TYPES.put("String", "'it\\'s'");
    TYPES.put("FixedString(3)", "'abc'");
    TYPES.put("UUID", "'61f0c404-5cb3-11e7-907b-a6006ad3dba0'");
    TYPES.put("Bool", "true");
    TYPES.put("IPv4", "'1.2.3.4'");
    TYPES.put("IPv6", "'::1'");
    TYPES.put("Int8", "-8");
    TYPES.put("Int64", "9223372036854775807");
    TYPES.put("UInt64", "18446744073709551615");
    TYPES.put("Int128", "'-170141183460469231731687303715884105728'");
    TYPES.put(
        "UInt256",
        "'115792089237316195423570985008687907853269984665640564039457584007913129639935'");
    TYPES.put("Float32", "1.5");
    TYPES.put("Float64", "0.1");
    TYPES.put("Decimal(38, 6)", "'12345678901234567890.123456'");
    TYPES.put("Date", "'2026-01-02'");
    TYPES.put("Date32", "'1950-01-02'");
    TYPES.put("DateTime", "'2026-01-02 03:04:05'");
    TYPES.put("DateTime('Europe/Madrid')", "'2026-07-02 03:04:05'");
    TYPES.put("DateTime64(3)", "'2026-01-02 03:04:05.678'");
    TYPES.put("DateTime64(6, 'UTC')", "'2026-01-02 03:04:05.678901'");
    TYPES.put("Enum8('a' = 1, 'b' = 2)", "'b'");
    TYPES.put("LowCardinality(Nullable(String))", "'low'");
    TYPES.put("Nullable(String)", "NULL");
    TYPES.put("Nullable(Int64)", "NULL");
    TYPES.put("Array(UUID)", "['61f0c404-5cb3-11e7-907b-a6006ad3dba0']");
    TYPES.put("Array(Array(Int32))", "[[1, 2], []]");
    TYPES.put("Tuple(x String, y UInt8)", "('x', 7)");
    TYPES.put("Map(String, UInt64)", "map('a', 1)");
    TYPES.put("JSON", "'{\"a\":{\"b\":1}}'");
    TYPES.put("Point", "(1.5, 2.5)");
  }

  @TempDir static Path directory;
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.ready(directory);
    deployed(files());
    server.post(
        "/v0/events?name=events&wait=true",
        "{\"k\":\"a\",\"n\":1}\n{\"k\":\"a\",\"n\":2}\n{\"k\":\"b\",\"n\":5}",
        FORM);
  }

  private static Map<String, String> files() {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("datasources/events.datasource", EVENTS);
    for (String target : List.of("totals", "snapshot", "timed", "queried", "counted")) {
      files.put("datasources/" + target + ".datasource", TOTALS);
    }
    files.put("datasources/every.datasource", "SCHEMA >\n    " + columns() + "\n");
    files.put("datasources/every_copy.datasource", "SCHEMA >\n    " + columns() + "\n");
    files.put("copies/append.pipe", COPY);
    files.put(
        "copies/snap.pipe",
        COPY.replace("NODE sums", "NODE snap_node").replace("totals", "snapshot")
            + "COPY_MODE replace\n");
    files.put(
        "copies/nightly.pipe",
        COPY.replace("NODE sums", "NODE nightly_node").replace("totals", "timed")
            + "COPY_SCHEDULE 30 2 * * *\nCOPY_TIMEZONE Europe/Madrid\n");
    files.put(
        "copies/all_types.pipe",
        "NODE all_node\nSQL >\n    SELECT * FROM every\nTYPE copy\nTARGET_DATASOURCE every_copy\n");
    files.put(
        "materializations/counting.pipe",
        "NODE counting_node\nSQL >\n    SELECT k, total, at FROM totals WHERE total > 100\n"
            + "TYPE materialized\nDATASOURCE counted\n");
    files.put("pipes/plain.pipe", "NODE only\nSQL >\n    SELECT k, n AS total FROM events\n");
    return files;
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void deployed(Map<String, String> files) {
    HttpResponse<String> answer = server.project("/v1/deploy", files);
    assertThat(json(answer).path("result").asString("")).as(answer.body()).isEqualTo("success");
  }

  private static HttpResponse<String> as(String token, String method, String path) {
    return server.send(
        HttpRequest.newBuilder(server.uri(path))
            .header("Authorization", "Bearer " + token)
            .method(method, BodyPublishers.noBody()));
  }

  private static String token(String name, String... scopes) {
    HttpResponse<String> made =
        server.post(
            "/v0/tokens", "name=" + name + "&scope=" + String.join("&scope=", scopes), FORM);
    return done(made).path("token").asString("");
  }

  private static JsonNode ended(String id) {
    while (true) {
      JsonNode job = done(server.get("/v0/jobs/" + id));
      if (List.of("done", "error", "cancelled").contains(job.path("status").asString(""))) {
        return job;
      }
      Thread.onSpinWait();
    }
  }

  private static JsonNode ran(String path) {
    JsonNode answer = done(server.form("POST", path, ""));
    JsonNode job = answer.path("job");
    assertThat(job.path("kind").asString("")).isEqualTo("copy");
    JsonNode ended = ended(job.path("id").asString(""));
    assertThat(ended.path("status").asString("")).as(ended.toString()).isEqualTo("done");
    return ended;
  }

  private static String rows(String sql) {
    return server.post("/v0/sql", sql + " FORMAT CSV", "text/plain").body();
  }

  @Test
  void aCopyAppendsItsRowsWithParameters() {
    JsonNode job = ran("/v0/pipes/append/copy");
    assertThat(job.path("statistics").path("row_count").asInt(0)).isEqualTo(2);
    assertThat(job.path("quarantine_rows").asInt(-1)).isZero();
    assertThat(job.path("datasource").path("name").asString("")).isEqualTo("totals");
    assertThat(job.path("pipe_name").asString("")).isEqualTo("append");
    assertThat(rows("SELECT k, total FROM totals ORDER BY k")).isEqualTo("\"a\",3\n\"b\",5\n");
    JsonNode _ = ran("/v0/pipes/append/copy?least=5");
    assertThat(rows("SELECT k, count() FROM totals GROUP BY k ORDER BY k"))
        .isEqualTo("\"a\",1\n\"b\",2\n");
    assertThat(rows("SELECT abs(dateDiff('minute', max(at), now())) < 2 FROM totals"))
        .isEqualTo("1\n");
    JsonNode shown = done(server.get("/v0/pipes/append"));
    assertThat(shown.path("type").asString("")).isEqualTo("copy");
    assertThat(shown.path("copy_target_datasource").asString("")).startsWith("t_");
    assertThat(shown.path("schedule").isNull()).isTrue();
    refused(server.get("/v0/pipes/append.json"), 404, "unknown-pipe");
  }

  @Test
  void copiesAreWrittenDown() {
    JsonNode job = ran("/v0/pipes/append/copy?least=77");
    String operation =
        "SELECT event_type, pipe_name, startsWith(pipe_id, 't_'), result, rows FROM"
            + " tinybird.datasources_ops_log WHERE job_id = '"
            + job.path("id").asString("")
            + "'";
    assertThat(written(operation)).isEqualTo("\"copy\",\"append\",1,\"ok\",0\n");
    assertThat(
            written(
                "SELECT job_type, pipe_name, status FROM tinybird.jobs_log WHERE status = 'done'"
                    + " AND job_id = '"
                    + job.path("id").asString("")
                    + "'"))
        .isEqualTo("\"copy\",\"append\",\"done\"\n");
  }

  /// Asks until there are rows: each log is written by itself, about once a second.
  private static String written(String sql) {
    String rows = rows(sql);
    while (rows.isEmpty()) {
      rows = rows(sql);
    }
    return rows;
  }

  @Test
  void aStopEndsACopyAndKeepsAPause(@TempDir Path folder) {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("t.datasource", "SCHEMA >\n    `n` UInt64\n");
    files.put(
        "slow.pipe",
        "NODE slow_node\nSQL >\n    SELECT sum(number) AS n FROM numbers(1000000000000)\n"
            + "TYPE copy\nTARGET_DATASOURCE t\nCOPY_SCHEDULE 0 0 1 1 *\n");
    String id;
    try (TestServer first = TestServer.ready(folder)) {
      assertThat(first.project("/v1/deploy", files).body()).contains("\"success\"");
      id = json(first.post("/v0/pipes/slow/copy", "", FORM)).path("job").path("id").asString("");
      assertThat(first.post("/v0/pipes/slow/copy/pause", "", FORM).statusCode()).isEqualTo(200);
      while (!first.get("/v0/jobs/" + id).body().contains("\"working\"")) {
        Thread.onSpinWait();
      }
    }
    try (TestServer second = TestServer.ready(folder)) {
      String job = second.get("/v0/jobs/" + id).body();
      while (!job.contains("\"error\"")) {
        job = second.get("/v0/jobs/" + id).body();
      }
      assertThat(job).contains("the server stopped before");
      assertThat(second.get("/v0/pipes/slow").body()).contains("\"status\":\"paused\"");
      assertThat(folder.resolve("imports")).isEmptyDirectory();
    }
  }

  @Test
  void viewsOfTheTargetSeeCopiedRows() {
    JsonNode _ =
        ended(
            done(server.form(
                    "POST",
                    "/v0/sql_copy?copy_to=totals",
                    "q=SELECT+'big'+AS+k,+toInt64(1000)+AS+total;"))
                .path("id")
                .asString(""));
    assertThat(rows("SELECT k, total FROM counted")).isEqualTo("\"big\",1000\n");
    JsonNode _ =
        ended(
            done(server.form(
                    "POST",
                    "/v0/sql_copy?copy_to=totals&k=x",
                    "q=SELECT 'big' AS k, toInt64(1) AS total"))
                .path("id")
                .asString(""));
    assertThat(rows("SELECT count() FROM totals WHERE k = 'big'")).isEqualTo("2\n");
    String deleted =
        done(server.form("POST", "/v0/datasources/totals/delete", "delete_condition=k='big'"))
            .path("id")
            .asString("");
    assertThat(ended(deleted).path("status").asString("")).isEqualTo("done");
  }

  @Test
  void aCopyInReplaceModePutsItsRowsInTheirPlace() {
    JsonNode _ = ran("/v0/pipes/snap/copy");
    JsonNode _ = ran("/v0/pipes/snap/copy");
    assertThat(rows("SELECT k, total FROM snapshot ORDER BY k")).isEqualTo("\"a\",3\n\"b\",5\n");
    JsonNode _ = ran("/v0/pipes/snap/copy?_mode=append&least=5");
    assertThat(rows("SELECT count() FROM snapshot")).isEqualTo("3\n");
    JsonNode _ = ran("/v0/pipes/snap/copy?least=100");
    assertThat(rows("SELECT count() FROM snapshot")).isEqualTo("0\n");
  }

  @Test
  void everyTypeIsCopiedAsItIs() {
    String into = "/v0/sql_copy?copy_to=every";
    String sql = "SELECT " + typed() + " FROM (SELECT arrayJoin([1, 2]))";
    JsonNode made = ended(json(server.post(into, sql, "text/plain")).path("id").asString(""));
    assertThat(made.path("status").asString("")).as(made.toString()).isEqualTo("done");
    assertThat(made.path("quarantine_rows").asInt(-1))
        .as(rows("SELECT * FROM every_quarantine"))
        .isZero();
    JsonNode copied = ran("/v0/pipes/all_types/copy");
    assertThat(copied.path("quarantine_rows").asInt(-1)).isZero();
    assertThat(rows("SELECT * FROM every_copy")).isEqualTo(rows("SELECT * FROM every"));
    assertThat(rows("SELECT * FROM every_copy LIMIT 1")).isEqualTo(rows("SELECT " + typed()));
  }

  private static String columns() {
    List<String> columns = new ArrayList<>();
    TYPES.keySet().forEach(type -> columns.add("`c" + columns.size() + "` " + type));
    return String.join(", ", columns);
  }

  private static String typed() {
    List<String> values = new ArrayList<>();
    TYPES.forEach((type, value) ->
        values.add("CAST(" + value + ", '" + type.replace("'", "\\'") + "') AS c" + values.size()));
    return String.join(", ", values);
  }

  @Test
  void aScheduleStartsCopiesInItsTimeZone() {
    CopyScheduler scheduler = server.server().copyScheduler();
    // Half past two in Madrid, in summer and in winter.
    Instant summer = Instant.parse("2026-07-01T00:30:12Z");
    Instant winter = Instant.parse("2026-12-01T01:30:59Z");
    scheduler.run(Instant.parse("2026-07-01T01:30:00Z"));
    assertThat(jobs("nightly")).isEmpty();
    scheduler.run(summer);
    ended(jobs("nightly").getFirst());
    scheduler.run(winter);
    List<String> both = jobs("nightly");
    assertThat(both).hasSize(2);
    both.forEach(CopyIT::ended);
    assertThat(rows("SELECT DISTINCT toString(at) AS t FROM timed ORDER BY t"))
        .isEqualTo("\"2026-07-01 00:30:00\"\n\"2026-12-01 01:30:00\"\n");
    JsonNode schedule = done(server.get("/v0/pipes/nightly")).path("schedule");
    assertThat(schedule.path("cron").asString("")).isEqualTo("30 2 * * *");
    assertThat(schedule.path("timezone").asString("")).isEqualTo("Europe/Madrid");
    assertThat(schedule.path("status").asString("")).isEqualTo("running");
    JsonNode paused = done(server.form("POST", "/v0/pipes/nightly/copy/pause", ""));
    assertThat(paused.path("schedule").path("status").asString("")).isEqualTo("paused");
    scheduler.run(summer);
    assertThat(jobs("nightly")).hasSize(2);
    JsonNode resumed = done(server.form("POST", "/v0/pipes/nightly/copy/resume", ""));
    assertThat(resumed.path("schedule").path("status").asString("")).isEqualTo("running");
    JsonNode cancelled = done(server.form("POST", "/v0/pipes/nightly/copy/cancel", ""));
    assertThat(cancelled.path("schedule").path("status").asString("")).isEqualTo("paused");
    assertThat(cancelled.path("cancelled_jobs").isEmpty()).isTrue();
    done(server.form("POST", "/v0/pipes/nightly/copy/resume", ""));
    refused(server.form("POST", "/v0/pipes/append/copy/pause", ""), 400, "invalid-request");
  }

  private static List<String> jobs(String pipe) {
    return done(server.get("/v0/jobs?kind=copy&pipe_name=" + pipe))
        .path("jobs")
        .valueStream()
        .map(job -> job.path("id").asString(""))
        .toList();
  }

  @Test
  void oneJobOfACopyRunsAtATime() {
    String made =
        "NODE slow_node\nSQL >\n    SELECT 'x' AS k, toInt64(sum(number)) AS total"
            + " FROM numbers(1000000000000)\nTYPE copy\nTARGET_DATASOURCE queried\n";
    done(server.post("/v0/pipes?name=slow", made, "text/plain"));
    JsonNode first = done(server.form("POST", "/v0/pipes/slow/copy", ""));
    String id = first.path("job").path("id").asString("");
    refused(server.form("POST", "/v0/pipes/slow/copy", ""), 409, "copy-running");
    JsonNode cancelled = done(server.form("POST", "/v0/pipes/slow/copy/cancel", ""));
    assertThat(cancelled.path("cancelled_jobs").get(0).path("id").asString("")).isEqualTo(id);
    assertThat(ended(id).path("status").asString("")).isEqualTo("cancelled");
    assertThat(rows("SELECT count() FROM queried WHERE k = 'x'")).isEqualTo("0\n");
  }

  @Test
  void aNodeIsMadeACopyChangedAndMadePlainAgain() {
    String node = "/v0/pipes/plain/nodes/only/copy";
    String before = server.get("/v0/pipes/plain.pipe").body();
    refused(server.form("POST", node, ""), 400, "invalid-request");
    refused(server.form("POST", node, "target_datasource=nothing"), 404, "unknown-resource");
    refused(
        server.form("POST", node, "target_datasource=queried&schedule_cron=often"),
        400,
        "change-refused");
    refused(
        server.form("POST", node, "target_datasource=queried&mode=upsert"), 400, "invalid-request");
    refused(
        server.form("POST", node, "target_datasource=queried&target_workspace=other"),
        400,
        "invalid-request");
    refused(server.form("PUT", node, "mode=replace"), 400, "invalid-request");
    refused(
        as(token("creates", "PIPES:CREATE"), "POST", node + "?target_datasource=queried"),
        403,
        "forbidden");
    JsonNode made =
        done(server.form("POST", node, "target_datasource=queried&schedule_cron=*/15+*+*+*+*"));
    assertThat(made.path("copy_node").asString(""))
        .isEqualTo(made.path("nodes").get(0).path("id").asString(""));
    assertThat(made.path("schedule").path("cron").asString("")).isEqualTo("*/15 * * * *");
    refused(server.form("POST", node, "target_datasource=queried"), 409, "pipe-has-output");
    JsonNode changed = done(server.form("PUT", node, "mode=replace&schedule_cron=None"));
    assertThat(changed.path("schedule").isNull()).isTrue();
    assertThat(changed.path("content").asString("")).contains("COPY_MODE replace");
    JsonNode _ = ran("/v0/pipes/plain/copy");
    assertThat(rows("SELECT count() FROM queried")).isEqualTo("3\n");
    done(server.form("DELETE", node, ""));
    assertThat(server.get("/v0/pipes/plain.pipe").body()).isEqualTo(before);
    refused(server.form("DELETE", node, ""), 400, "invalid-request");
  }

  @Test
  void whatCannotBeCopiedIsRefused() {
    refused(server.form("POST", "/v0/pipes/nothing/copy", ""), 404, "unknown-resource");
    refused(server.form("POST", "/v0/pipes/counting/copy", ""), 400, "invalid-request");
    refused(server.form("POST", "/v0/pipes/append/copy?least=many", ""), 400, "template-argument");
    refused(server.form("POST", "/v0/pipes/append/copy?_mode=upsert", ""), 400, "invalid-request");
    refused(server.form("POST", "/v0/sql_copy?copy_to=totals", ""), 400, "invalid-request");
    refused(server.form("POST", "/v0/sql_copy", "q=SELECT+1"), 400, "invalid-request");
    refused(
        server.form("POST", "/v0/sql_copy?copy_to=nothing", "q=SELECT+1"), 404, "unknown-resource");
    JsonNode failed =
        ended(
            done(server.form("POST", "/v0/sql_copy?copy_to=totals", "q=SELECT+k+FROM+nothing"))
                .path("id")
                .asString(""));
    assertThat(failed.path("error").asString("")).contains("Resource 'nothing' not found");
    JsonNode missing =
        ended(
            done(server.form("POST", "/v0/sql_copy?copy_to=totals", "q=SELECT+k+FROM+events"))
                .path("id")
                .asString(""));
    assertThat(missing.path("error").asString("")).contains("has no column for total");
  }

  @Test
  void scopesAreAskedFor() {
    String reads = token("reads", "PIPES:READ:append");
    String appends = token("appends", "DATASOURCES:APPEND:totals");
    String both = token("both", "PIPES:READ:append", "DATASOURCES:APPEND:totals");
    refused(as(reads, "POST", "/v0/pipes/append/copy?least=1000"), 403, "forbidden");
    refused(as(appends, "POST", "/v0/pipes/append/copy?least=1000"), 403, "forbidden");
    refused(as(both, "POST", "/v0/pipes/append/copy?least=1000&_mode=replace"), 403, "forbidden");
    refused(as(both, "POST", "/v0/pipes/nightly/copy/pause"), 403, "forbidden");
    refused(as(both, "POST", "/v0/pipes/nightly/copy/resume"), 403, "forbidden");
    refused(as(both, "POST", "/v0/pipes/nightly/copy/cancel"), 403, "forbidden");
    refused(as(both, "DELETE", "/v0/pipes/append/nodes/sums/copy"), 403, "forbidden");
    refused(as(reads, "POST", "/v0/sql_copy?copy_to=totals&q=SELECT%201"), 403, "forbidden");
    String id =
        done(as(both, "POST", "/v0/pipes/append/copy?least=1000"))
            .path("job")
            .path("id")
            .asString("");
    assertThat(ended(id).path("status").asString("")).isEqualTo("done");
  }

  @Test
  void aDeploymentComparesACopyWithItsTarget() {
    Map<String, String> files = files();
    files.put(
        "copies/wrong.pipe",
        "NODE wrong_node\nSQL >\n    SELECT k, n FROM events\nTYPE copy\n"
            + "TARGET_DATASOURCE totals\nCOPY_TIMEZONE UTC\n");
    String errors = json(server.project("/v1/deploy?check=true", files)).path("errors").toString();
    assertThat(errors)
        .contains("The copy gives the column 'n' (Int64), which the data source 'totals'")
        .contains("The copy does not give the column 'total' of the data source 'totals'");
    files.put(
        "copies/wrong.pipe",
        "NODE wrong_node\nSQL >\n    SELECT 1 AS k\nTYPE copy\n"
            + "TARGET_DATASOURCE totals\nCOPY_TIMEZONE Moon/Base\n");
    assertThat(server.project("/v1/deploy?check=true", files).body())
        .contains("COPY_TIMEZONE must be a time zone");
  }
}
