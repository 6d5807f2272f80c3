// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.Answers.done;
import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import kinglet.monitor.MonitorSchedule;
import kinglet.testkit.TestServer;
import kinglet.testkit.WebhookReceiver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Rows that are not what their data source expects.
final class ExpectationsIT {
  private static final String SCHEMA =
      """
      SCHEMA >
          `id` UInt32 `json:$.id`,
          `price` Nullable(Float64) `json:$.price`,
          `kind` String `json:$.kind` DEFAULT 'view'

      ENGINE MergeTree
      ENGINE_SORTING_KEY id

      """;
  private static final String EXPECTATIONS =
      """
      EXPECTATIONS >
          price_range CHECK price BETWEEN 0 AND 100 ON FAILURE QUARANTINE
          known_kind  CHECK match(kind, '^(view|buy)$')
          fresh       FRESHNESS 10 minutes
          enough      VOLUME 100 PER 1 hour
      """;

  @TempDir static Path data;
  private static final String KEY = "a key of receivers";

  private static WebhookReceiver hook;
  private static TestServer server;

  @BeforeAll
  static void start() throws IOException {
    hook = WebhookReceiver.start();
    server = TestServer.start(data, Map.of("ingest.url-private-addresses", "true"));
    server.awaitReady();
    JsonNode _ = done(server.post("/v0/variables", "name=hook_key&value=" + KEY, TestServer.FORM));
    deploy(EXPECTATIONS + webhook());
  }

  private static void deploy(String ofSilent) {
    JsonNode deployed =
        done(
            server.project(
                "/v1/deploy",
                Map.of(
                    "datasources/sales.datasource",
                    SCHEMA + EXPECTATIONS,
                    "datasources/visits.datasource",
                    SCHEMA + EXPECTATIONS,
                    "datasources/bought.datasource",
                    SCHEMA + EXPECTATIONS,
                    "datasources/rare.datasource",
                    SCHEMA + EXPECTATIONS,
                    "datasources/silent.datasource",
                    SCHEMA + ofSilent)));
    assertThat(deployed.path("result").asString("")).as("%s", deployed).isEqualTo("success");
    assertThat(deployed.toString()).doesNotContain("connections");
  }

  @AfterAll
  static void stop() {
    server.close();
    hook.close();
  }

  private static String webhook() {
    return "\nWEBHOOK " + hook.url() + "\nWEBHOOK_SECRET {{ tb_secret('hook_key') }}\n";
  }

  @Test
  void eventsAreCheckedCountedAndPutIntoQuarantine() {
    JsonNode answer =
        done(
            server.post(
                "/v0/events?name=sales&wait=true",
                """
                {"id":1,"price":5,"kind":"buy"}
                {"id":2,"price":-1,"kind":"buy"}
                {"id":3,"price":null,"kind":"other"}
                {"id":4,"price":101} {"id":5,"price":100}
                {"id":6,"price":"x"}
                """,
                "application/x-ndjson"));
    assertThat(answer.path("successful_rows").asInt()).isEqualTo(3);
    assertThat(answer.path("quarantined_rows").asInt()).isEqualTo(3);
    assertThat(server.tsv("SELECT groupArray(id) FROM (SELECT id FROM sales ORDER BY id)"))
        .isEqualTo("[1,3,5]");
    assertThat(
            server.tsv(
                "SELECT groupArray(tuple(id, c__error[1])) FROM (SELECT * FROM sales_quarantine"
                    + " WHERE id != '6' ORDER BY id)"))
        .isEqualTo(
            "[('2','the expectation \\'price_range\\' does not hold: price BETWEEN 0 AND 100'),"
                + "('4','the expectation \\'price_range\\' does not hold: price BETWEEN 0 AND 100')]");
    server.await(
        "SELECT groupArray((expectation, checked, failed, quarantined)) FROM (SELECT expectation,"
            + " sum(checked) AS checked, sum(failed) AS failed, sum(quarantined) AS quarantined"
            + " FROM kinglet.expectations WHERE datasource_name = 'sales' AND expectation NOT IN"
            + " ('fresh', 'enough') GROUP BY expectation"
            + " ORDER BY expectation)",
        "[('known_kind',5,1,0),('price_range',5,2,2)]");
  }

  @Test
  void linesOfCsvAreCheckedToo() {
    JsonNode answer =
        done(
            server.post(
                "/v0/datasources?mode=append&name=visits&format=csv",
                "id,price,kind\n1,7,view\n2,1000,view\n3,100,buy\n",
                "text/csv"));
    assertThat(answer.path("quarantine_rows").asInt()).isEqualTo(1);
    assertThat(server.tsv("SELECT groupArray(id) FROM (SELECT id FROM visits ORDER BY id)"))
        .isEqualTo("[1,3]");
    assertThat(server.tsv("SELECT id, price FROM visits_quarantine")).isEqualTo("2\t1000");
  }

  /// ClickHouse checks them, by the same conditions over what rows become.
  @Test
  void rowsOfParquetFilesAreCheckedToo() throws Exception {
    byte[] file;
    try (InputStream rows =
        server
            .server()
            .read(
                "SELECT number AS id, [7, -1, NULL, 101, 100, 3][number + 1] AS price,"
                    + " ['view', 'buy', 'x', 'buy', NULL, 'y'][number + 1] AS kind,"
                    + " 'not it' AS price_range FROM numbers(6) FORMAT Parquet")) {
      file = rows.readAllBytes();
    }
    JsonNode answer =
        done(
            server.send(
                server
                    .authorized("/v0/datasources?mode=append&name=bought")
                    .header("Content-Type", "application/octet-stream")
                    .POST(BodyPublishers.ofByteArray(file))));
    assertThat(answer.path("quarantine_rows").asInt()).as("%s", answer).isEqualTo(2);
    server.await("SELECT groupArray(id) FROM (SELECT id FROM bought ORDER BY id)", "[0,2,4,5]");
    assertThat(
            server.tsv(
                "SELECT groupArray(tuple(id, c__error)) FROM (SELECT * FROM bought_quarantine ORDER"
                    + " BY id)"))
        .isEqualTo(
            "[('1',['the expectation \\'price_range\\' does not hold: price BETWEEN 0 AND 100']),"
                + "('3',['the expectation \\'price_range\\' does not hold: price BETWEEN 0 AND"
                + " 100'])]");
    // The row without a kind has the column's default.
    server.await(
        "SELECT groupArray((expectation, checked, failed, quarantined)) FROM (SELECT expectation,"
            + " sum(checked) AS checked, sum(failed) AS failed, sum(quarantined) AS quarantined"
            + " FROM kinglet.expectations WHERE datasource_name = 'bought' AND expectation NOT IN"
            + " ('fresh', 'enough') GROUP BY expectation ORDER BY expectation)",
        "[('known_kind',6,2,0),('price_range',6,2,2)]");
  }

  /// The server's own minutes may come in between: they see that there are rows.
  @Test
  void dataSourcesWithoutRowsAlert() {
    Instant now = Instant.now();
    MonitorSchedule schedule = server.server().monitorSchedule();
    JsonNode _ =
        done(
            server.post(
                "/v0/events?name=rare&wait=true",
                "{\"id\":1,\"price\":5,\"kind\":\"buy\"}",
                "application/x-ndjson"));
    schedule.run(now.plus(20, ChronoUnit.MINUTES));
    schedule.run(now.plus(61, ChronoUnit.MINUTES));
    schedule.run(now);
    server.await(
        "SELECT groupArray((expectation, distance, threshold, resolved)) FROM (SELECT * FROM"
            + " kinglet.alerts WHERE datasource_name = 'rare' AND distance = 'freshness' ORDER BY"
            + " resolved)",
        "[('fresh','freshness',600,0),('fresh','freshness',600,1)]");
    server.await(
        "SELECT groupArray((expectation, value, threshold, resolved)) FROM (SELECT * FROM"
            + " kinglet.alerts WHERE datasource_name = 'rare' AND distance = 'volume')",
        "[('enough',0,100,0)]");
    assertThat(
            server.tsv(
                "SELECT max(value) BETWEEN 1100 AND 3600 FROM kinglet.alerts WHERE datasource_name ="
                    + " 'rare' AND distance = 'freshness'"))
        .isEqualTo("1");
    server.await(
        "SELECT groupArray((expectation, condition)) FROM (SELECT DISTINCT expectation, condition"
            + " FROM kinglet.expectations WHERE datasource_name = 'rare' AND failed > 0 ORDER BY"
            + " expectation)",
        "[('enough','VOLUME 100 PER 3600 seconds'),('fresh','FRESHNESS 600 seconds')]");
  }

  /// The server's own minutes may come in between, and say that there are rows.
  @Test
  void aWebhookIsToldOfDataSourcesWithoutRows() throws Exception {
    hook.forget();
    Instant now = Instant.now();
    MonitorSchedule schedule = server.server().monitorSchedule();
    JsonNode _ =
        done(
            server.post(
                "/v0/events?name=silent&wait=true",
                "{\"id\":1,\"price\":5,\"kind\":\"buy\"}",
                "application/x-ndjson"));
    schedule.run(now.plus(20, ChronoUnit.MINUTES));
    JsonNode opened = told("open");
    assertThat(opened.path("workspace").asString("")).isEqualTo("main");
    assertThat(opened.path("datasource").asString("")).isEqualTo("silent");
    JsonNode alert = opened.path("alerts").path(0);
    assertThat(alert.path("expectation").asString("")).isEqualTo("fresh");
    assertThat(alert.path("distance").asString("")).isEqualTo("freshness");
    assertThat(alert.path("value").asDouble()).isBetween(1_100.0, 1_300.0);
    assertThat(alert.path("threshold").asDouble()).isEqualTo(600);
    assertThat(alert.has("opened_at")).isTrue();
    schedule.run(now);
    assertThat(told("resolved").path("alerts").path(0).has("resolved_at")).isTrue();
    // What is not expected any more does not alert either.
    schedule.run(now.plus(61, ChronoUnit.MINUTES));
    JsonNode _ = told("open");
    deploy("");
    schedule.run(now);
    server.await(
        "SELECT sumIf(1, resolved) = sumIf(1, NOT resolved) FROM kinglet.alerts WHERE"
            + " datasource_name = 'silent'",
        "1");
    refusedAt("a CHECK price > 1" + webhook(), 11, 1, "FRESHNESS or VOLUME");
    refusedAt("a FRESHNESS 1 hour\nWEBHOOK ftp://there", 11, 9, "http://");
  }

  private static JsonNode told(String state) throws InterruptedException {
    WebhookReceiver.Call signed = hook.next();
    signed.assertSigned(KEY);
    JsonNode call = signed.json();
    assertThat(call.path("alerts").path(0).path("state").asString(""))
        .as("%s", call)
        .isEqualTo(state);
    return call;
  }

  @Test
  void whatCannotBeCheckedIsNotDeployed() {
    refusedAt("a CHECK prize > 1", 10, 13, "prize");
    refusedAt("a CHECK price +", 10, 20, "");
    refusedAt("a CHECK toString(price)", 10, 13, "true or false");
    refusedAt("a CHECK sum(price) > 1", 10, 13, "sum");
    refusedAt("a VOLUME many PER 1 hour", 10, 14, "VOLUME 100 PER 1 hour");
    refusedAt("a FRESHNESS 10 parsecs", 10, 17, "span");
    refusedAt("a CHECK price > 1\n    a CHECK price > 2", 11, 5, "twice");
    refusedAt("CHECK price > 1", 10, 5, "An expectation is");
  }

  private static void refusedAt(String expectation, int line, int column, String text) {
    HttpResponse<String> answer =
        server.project(
            "/v1/build",
            Map.of(
                "datasources/bad.datasource",
                SCHEMA + "EXPECTATIONS >\n    " + expectation + "\n"));
    assertThat(answer.body()).contains(" at " + line + ":" + column).containsIgnoringCase(text);
  }

  @Test
  void theFileIsGivenBackAsItIsDeployed() {
    assertThat(server.get("/v0/datasources/sales.datasource").body())
        .contains("price_range CHECK price BETWEEN 0 AND 100 ON FAILURE QUARANTINE");
    assertThat(json(server.get("/v0/datasources/sales")).path("name").asString(""))
        .isEqualTo("sales");
  }
}
