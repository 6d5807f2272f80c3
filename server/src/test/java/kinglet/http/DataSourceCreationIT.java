// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import static kinglet.testkit.TestServer.FORM;
import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Data sources made by calls, from schemas and from files; and what files would become.
final class DataSourceCreationIT {
  private static final List<String> ENDS = List.of("done", "error", "cancelled");

  @TempDir static Path directory;

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.start(directory, Map.of("ingest.url-private-addresses", "true"));
    server.awaitReady();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static HttpResponse<String> create(String query, String body, String type) {
    return server.post("/v0/datasources?mode=create&" + query, body, type);
  }

  private static JsonNode ok(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer);
  }

  private static String value(String sql) {
    return server.get("/v0/sql?q=" + encode(sql + " FORMAT TSV")).body().strip();
  }

  private static String file(String name) {
    return server.get("/v0/datasources/" + name + ".datasource").body();
  }

  private static byte[] parquet(String select) throws IOException {
    try (InputStream bytes = server.server().read(select + " FORMAT Parquet")) {
      return bytes.readAllBytes();
    }
  }

  @Test
  void aSchemaMakesADataSourceThatTakesRowsAtOnce() {
    JsonNode made =
        ok(
            create(
                "name=clicks&schema="
                    + encode("at DateTime `json:$.at`, user String `json:$.user`")
                    + "&engine=ReplacingMergeTree&engine_sorting_key=user&engine_ver=at"
                    + "&engine_ttl="
                    + encode("at + INTERVAL 30 YEAR")
                    + "&description=Mine",
                "",
                FORM));
    assertThat(made.path("name").asString()).isEqualTo("clicks");
    assertThat(made.path("engine").path("engine").asString()).isEqualTo("ReplacingMergeTree");
    assertThat(made.path("engine").path("sorting_key").asString()).isEqualTo("user");
    assertThat(made.path("type").asString()).isEqualTo("ndjson");
    assertThat(
            server
                .post(
                    "/v0/events?name=clicks&wait=true",
                    "{\"at\":\"2026-01-01 00:00:00\",\"user\":\"ann\"}",
                    "application/json")
                .statusCode())
        .isEqualTo(200);
    assertThat(value("SELECT count() FROM clicks")).isEqualTo("1");
    assertThat(file("clicks")).contains("ENGINE_VER \"at\"", "    Mine");

    HttpResponse<String> again = create("name=clicks&schema=a%20Int32", "", FORM);
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(json(again).path("code").asString()).isEqualTo("resource-exists");
    ok(create("", "name=by_form&schema=" + encode("a Int32, b String"), FORM));
    assertThat(ok(server.get("/v0/datasources/by_form")).path("type").asString()).isEqualTo("csv");
  }

  @Test
  void aFileOfCsvMakesADataSourceWithItsRows() {
    JsonNode made =
        ok(
            create(
                "name=people",
                "Id;Full Name;Since\n1;Ann;2024-01-01\n2;\"Bob; Jr\";\n",
                "text/csv"));
    assertThat(made.path("error").asBoolean(true)).isFalse();
    assertThat(made.path("quarantine_rows").asInt()).isZero();
    assertThat(made.path("datasource").path("schema").path("sql_schema").asString())
        .isEqualTo("`id` Int16, `full_name` String, `since` Nullable(Date)");
    assertThat(value("SELECT groupArray((id, full_name)) FROM (SELECT * FROM people ORDER BY id)"))
        .isEqualTo("[(1,'Ann'),(2,'Bob; Jr')]");

    JsonNode texts = ok(create("name=texts&type_guessing=false", "a,b\n1,2\n", "text/csv"));
    assertThat(texts.path("datasource").path("schema").path("sql_schema").asString())
        .isEqualTo("`a` String, `b` String");
    JsonNode given =
        ok(create("name=given&schema=" + encode("a Int64, b Int8"), "a,b\n1,2\n1,x\n", "text/csv"));
    assertThat(given.path("quarantine_rows").asInt()).isEqualTo(1);
  }

  @Test
  void aFormWithAFileMakesADataSource() {
    String body =
        "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\norders\r\n"
            + "--x\r\nContent-Disposition: form-data; name=\"csv\"; filename=\"o.ndjson\"\r\n\r\n"
            + "{\"id\":1,\"lines\":[{\"sku\":\"a\",\"n\":2}]}\n{\"id\":2,\"lines\":[]}\n\r\n--x--\r\n";
    JsonNode made = ok(create("", body, "multipart/form-data; boundary=x"));
    assertThat(made.path("quarantine_rows").asInt()).as(made.toString()).isZero();
    assertThat(file("orders"))
        .contains(
            "`id` Int16 `json:$.id`",
            "`lines_sku` Array(String) `json:$.lines[:].sku`",
            "`lines_n` Array(Int16) `json:$.lines[:].n`");
    assertThat(value("SELECT sum(arraySum(lines_n)) FROM orders")).isEqualTo("2");
  }

  @Test
  void parquetMakesADataSource() throws IOException {
    byte[] bytes =
        parquet(
            "SELECT toUInt32(number) AS id, 'x' || toString(number) AS `odd name`,"
                + " tuple(number)::Tuple(n UInt64) AS t, [number] AS list FROM numbers(1000)");
    HttpResponse<String> answer =
        server.send(
            server
                .authorized("/v0/datasources?mode=create&name=pq&format=parquet")
                .POST(BodyPublishers.ofByteArray(bytes)));
    JsonNode made = ok(answer);
    assertThat(made.path("quarantine_rows").asInt()).as(made.toString()).isZero();
    assertThat(value("SELECT count(), sum(id), sum(t_n), sum(list[1]), uniq(odd_name) FROM pq"))
        .isEqualTo("1000\t499500\t499500\t499500\t1000");

    JsonNode analyzed =
        ok(server.send(server.authorized("/v0/analyze").POST(BodyPublishers.ofByteArray(bytes))));
    assertThat(analyzed.path("analysis").path("columns").path(1).path("path").asString())
        .isEqualTo("$.['odd name']");
    assertThat(analyzed.path("preview").path("data").path(1).path("odd_name").asString())
        .isEqualTo("x1");
  }

  @Test
  void aFileAtAUrlMakesADataSourceByAJob() {
    String url =
        server.uri("/v0/sql?q=")
            + encode("SELECT number AS n, 'a' AS s FROM numbers(10) FORMAT CSVWithNames")
            + "&token="
            + server.adminToken();
    JsonNode analyzed = ok(server.post("/v0/analyze?url=" + encode(url), "", FORM));
    assertThat(analyzed.path("analysis").path("schema").asString()).isEqualTo("n Int16, s String");
    JsonNode submitted = ok(create("name=fetched&url=" + encode(url), "", FORM));
    String path = "/v0/jobs/" + submitted.path("id").asString();
    long endNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    JsonNode job = json(server.get(path));
    while (!ENDS.contains(job.path("status").asString()) && System.nanoTime() < endNanos) {
      job = json(server.get(path));
    }
    assertThat(job.path("status").asString()).as(job.toString()).isEqualTo("done");
    assertThat(value("SELECT count(), sum(n) FROM fetched")).isEqualTo("10\t45");
  }

  @Test
  void anAnalysisSaysPathsTypesAndFirstRows() {
    JsonNode analyzed =
        ok(
            server.post(
                "/v0/analyze",
                "{\"a\":{\"b\":[1.5]},\"c\":\"x\"}\n{\"a\":{\"b\":[2,3]}}\n",
                "application/json"));
    assertThat(analyzed.path("analysis").path("columns").toString())
        .isEqualTo(
            "[{\"path\":\"$.a.b[:]\",\"recommended_type\":\"Float64\",\"present_pct\":1.0,"
                + "\"name\":\"a_b\"},{\"path\":\"$.c\",\"recommended_type\":\"Nullable(String)\","
                + "\"present_pct\":0.5,\"name\":\"c\"}]");
    assertThat(analyzed.path("analysis").path("schema").asString())
        .isEqualTo("a_b Array(Float64) `json:$.a.b[:]`, c Nullable(String) `json:$.c`");
    assertThat(analyzed.path("preview").path("meta").path(0).toString())
        .contains("\"name\":\"a_b\"", "\"type\":\"Array(Float64)\"");
    assertThat(analyzed.path("preview").path("data").toString())
        .isEqualTo("[{\"a_b\":[1.5],\"c\":\"x\"},{\"a_b\":[2,3],\"c\":null}]");
    assertThat(analyzed.path("preview").path("statistics").path("rows_read").asInt()).isEqualTo(2);
    assertThat(server.post("/v0/analyze", "", FORM).statusCode()).isEqualTo(400);
    assertThat(server.anonymous("POST", "/v0/analyze", "a,b\n1,2\n").statusCode()).isEqualTo(403);
  }

  @Test
  void eventsOfATokenThatMayCreateMakeTheirDataSource() {
    String token =
        json(server.post("/v0/tokens?name=sender&scope=DATASOURCES:CREATE", "", FORM))
            .path("token")
            .asString();
    String path = "/v0/events?name=fresh&wait=true&token=" + token;
    for (int n = 1; n <= 2; n++) {
      HttpResponse<String> answer =
          server.anonymous("POST", path, "{\"n\":" + n + ",\"o\":{\"s\":\"a\"}}\n{\"n\":9}");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(json(answer).path("quarantined_rows").asInt()).isZero();
    }
    assertThat(value("SELECT count(), sum(n), countIf(o_s = 'a') FROM fresh"))
        .isEqualTo("4\t21\t2");
    assertThat(server.anonymous("POST", path.replace("fresh", "no-name"), "{}").statusCode())
        .isEqualTo(400);
    assertThat(server.post("/v0/events?name=misspelt", "{\"n\":1}", FORM).statusCode())
        .as("an administrator's misspelt name is an error")
        .isEqualTo(404);
  }

  @Test
  void whatCannotBeMadeLeavesNothing() throws IOException {
    assertThat(create("name=bad&schema=" + encode("a Never"), "", FORM).statusCode())
        .isEqualTo(400);
    assertThat(create("name=no%20name&schema=a%20Int32", "", FORM).statusCode()).isEqualTo(400);
    assertThat(create("name=x", "", FORM).statusCode()).isEqualTo(400);
    assertThat(create("schema=a%20Int32", "", FORM).statusCode()).isEqualTo(400);
    HttpResponse<String> hostile =
        create(
            "name=hostile&schema="
                + encode("a Int32\nTOKEN \"stolen\" APPEND\nENGINE MergeTree")
                + "&engine="
                + encode("MergeTree\nTOKEN stolen APPEND"),
            "",
            FORM);
    assertThat(hostile.statusCode()).isEqualTo(400);
    assertThat(server.get("/v0/tokens").body()).doesNotContain("stolen");
    HttpResponse<String> broken =
        server.send(
            server
                .authorized("/v0/datasources?mode=create&name=broken&format=parquet")
                .POST(BodyPublishers.ofString("PAR1 nothing")));
    assertThat(broken.statusCode()).isEqualTo(400);
    assertThat(server.get("/v0/datasources").body()).doesNotContain("broken", "hostile", "\"bad\"");

    String token =
        json(server.post("/v0/tokens?name=maker&scope=DATASOURCES:CREATE", "", FORM))
            .path("token")
            .asString();
    String other =
        json(server.post("/v0/tokens?name=other&scope=PIPES:CREATE", "", FORM))
            .path("token")
            .asString();
    String path = "/v0/datasources?mode=create&name=mine&schema=a%20Int32&token=";
    assertThat(server.anonymous("POST", path + other, "").statusCode()).isEqualTo(403);
    assertThat(server.anonymous("POST", path + token, "").statusCode()).isEqualTo(200);
  }
}
