// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.Answers.refused;
import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/// Requests about training sets, snapshots, verifications and monitors that are not what they
/// should be: each is refused before anything is made, and says what would be right.
final class WrongRequestsIT {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final String JSON = "application/json";
  private static final String TRAINING_SETS = "/v0/training_sets";
  private static final String SNAPSHOTS = "/v0/snapshots";

  @TempDir static Path data;
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.ready(data);
    HttpResponse<String> deployed =
        server.project(
            "/v1/deploy",
            Map.of(
                "datasources/visits.datasource",
                """
                SCHEMA >
                    at DateTime64(3, 'UTC') `json:$.at`,
                    page String `json:$.page`
                ENGINE MergeTree
                ENGINE_SORTING_KEY page
                """,
                "features/pages.pipe",
                """
                NODE pages
                SQL >
                    SELECT page, count() OVER ever AS visits FROM visits
                    WINDOW ever AS (PARTITION BY page ORDER BY at)
                TYPE FEATURES
                ENTITY page
                EVENT_TIME at
                """));
    assertThat(json(deployed).path("result").asString("")).as(deployed.body()).isEqualTo("success");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /// A right request with one field changed; without a value the field is left out.
  private static String changed(Map<String, Object> right, String field, String value) {
    Map<String, Object> request = new LinkedHashMap<>(right);
    if (value == null) {
      request.remove(field);
    } else {
      request.put(field, MAPPER.readTree(value));
    }
    return MAPPER.writeValueAsString(request);
  }

  private static void isRefused(HttpResponse<String> answer, String code, String message) {
    refused(answer, 400, code);
    assertThat(answer.body()).contains(message.replace("\"", "\\\""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          name        |                          | name is missing
          name        | 5                        | name must be a text, not 5
          name        | " "                      | name is missing
          name        | "a b"                    | letters
          features    |                          | either service names a feature service, or features
          features    | []                       | either service
          features    | "pages"                  | either service
          features    | [1]                      | features has 1, which is no name
          features    | [["pages"]]              | features has ["pages"], which is no name
          features    | ["pages:spent"]          | has no feature 'spent'; it has visits
          service     | "pages"                  | either service
          service     | 7                        | either service
          spine       |                          | spine must be {"datasource": name} or {"q": a SELECT}
          spine       | "visits"                 | spine must be
          spine       | {"datasource": 3}        | spine must be
          spine       | {"datasource": "visits", "limit": 3} | 'limit' is not known; a spine has one of datasource, q
          spine       | {"datasource": "nothing"} | there is no data source 'nothing' for the spine; there are visits
          spine       | {"datasource": "snapshots.nothing"} | there is no complete snapshot 'snapshots.nothing'
          time        |                          | time is missing
          time        | ["at"]                   | time must be a text, not ["at"]
          mode        | "best"                   | mode='best' is neither as_known nor corrected
          mode        | 1                        | mode must be a text, not 1
          format      | "xml"                    | format='xml' is none of parquet, arrow, csv, ndjson
          format      | true                     | format must be a text, not true
          with        | "status"                 | with must be an array such as ["status"], not "status"
          with        | ["freshness"]            | with has no "freshness", only "status"
          with        | [1]                      | with has no 1, only "status"
          since       | 5                        | since must be a text, not 5
          history     | []                       | history must be an object such as
          history     | {"visits": 1}            | history has 1 for 'visits'
          history     | {"visits": "visits"}     | 'visits' is no snapshot: write snapshots.NAME
          journal_seq | -1                       | journal_seq must be a number of the journal
          journal_seq | "12"                     | journal_seq must be a number of the journal
          journal_seq | 1.5                      | journal_seq must be a number of the journal
          journal_seq | 99999999999999999999     | journal_seq must be a number of the journal
          journal_seq | 123456789012             | journal_seq=123456789012 has not come yet: the newest row
          seed        | 1                        | 'seed' is not known; a training set has features, format
          """)
  void ofTrainingSets(String field, String value, String message) {
    Map<String, Object> right =
        Map.of(
            "name",
            "visits_set",
            "features",
            List.of("pages"),
            "time",
            "at",
            "spine",
            Map.of("datasource", "visits"));
    isRefused(
        server.post(TRAINING_SETS, changed(right, field, value), JSON),
        "invalid-training-set",
        message);
    assertThat(json(server.get(TRAINING_SETS)).path("training_sets").size()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          name       |                        | name is missing
          name       | 5                      | name must be a text, not 5
          name       | "a b"                  | letters
          datasource |                        | datasource is missing
          datasource | ["visits"]             | datasource must be a text, not ["visits"]
          datasource | "nothing"              | there is no data source 'nothing' in the workspace to be copied; there are visits
          where      | 1                      | where must be a text, not 1
          at         | "yesterday"            | at='yesterday' is no time such as 2026-01-31T12:00:00Z
          at         | 1767225600             | at must be a text, not 1767225600
          at         | "2999-01-01T00:00:00Z" | at='2999-01-01T00:00:00Z' has not come yet
          from       | "visits"               | 'from' is not known; a snapshot has at, datasource, name, where
          """)
  void ofSnapshots(String field, String value, String message) {
    Map<String, Object> right = Map.of("name", "snap", "datasource", "visits");
    isRefused(
        server.post(SNAPSHOTS, changed(right, field, value), JSON), "invalid-snapshot", message);
    assertThat(json(server.get(SNAPSHOTS)).path("snapshots").size()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          service=pages&from=yesterday            | from is a time with an offset, such as 2026-01-31T00:00:00Z, not 'yesterday'
          service=pages&to=2026-01-01             | to is a time with an offset
          service=pages&from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z | from='2026-02-01T00:00:00Z' is not before to='2026-01-01T00:00:00Z'
          service=pages&all_keys=all              | all_keys is true or false, not 'all'
          service=pages&all_keys=true&from=2026-01-01T00:00:00Z | all_keys reads every key now: leave from and to out
          from=2026-01-01T00:00:00Z               | service is missing: it names a feature service or a feature view
          """)
  void ofVerifications(String form, String message) {
    isRefused(server.form("POST", "/v0/verifications", form), "invalid-verification", message);
    assertThat(json(server.get("/v0/jobs?kind=verification")).path("jobs").size()).isZero();
  }

  /// A misspelt parameter would be passed over.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          POST   | /v0/training_sets?dry_run=1                | this call takes none
          GET    | /v0/training_sets?status=done              | this call takes none
          GET    | /v0/training_sets/nothing?format=csv       | this call takes none
          DELETE | /v0/training_sets/nothing?dry_run=1        | this call takes none
          POST   | /v0/training_sets/nothing/copy?mod=replace | 'mod' is not known; this call takes datasource, mode. Did you mean 'mode'?
          POST   | /v0/snapshots?name=a                       | this call takes none
          GET    | /v0/snapshots?status=done                  | this call takes none
          GET    | /v0/snapshots/nothing?format=csv           | this call takes none
          DELETE | /v0/snapshots/nothing?dry_run=1            | this call takes none
          POST   | /v0/verifications?service=pages&form=2026-01-01T00:00:00Z | 'form' is not known; this call takes all_keys, from, service, to
          GET    | /v0/verifications?status=done              | this call takes none
          GET    | /v0/verifications/pages?status=done        | this call takes none
          GET    | /v0/monitors?status=done                   | this call takes none
          GET    | /v0/monitors/nothing?runs=1                | this call takes none
          POST   | /v0/monitors/nothing/runs?now=1            | this call takes none
          POST   | /v0/features/pages?as_of=now               | this call takes none
          GET    | /v0/features/pages/explain?page=a&features=visits | 'features' is not known; this call takes page, feature. Did you mean 'feature'?
          POST   | /get-online-features?full_feature_names=1  | this call takes none
          GET    | /v0/entities?name=page                     | this call takes none
          DELETE | /v0/entities/page/a?dryrun=true            | 'dryrun' is not known; this call takes dry_run. Did you mean 'dry_run'?
          DELETE | /v0/entities/page?page=a&dry-run=1         | 'dry-run' is not known; this call takes page, dry_run. Did you mean 'dry_run'?
          GET    | /v0/feature_views?status=live              | this call takes none
          GET    | /v0/feature_views/pages?version=1          | this call takes none
          DELETE | /v0/feature_views/pages@1?force=1          | this call takes none
          GET    | /v0/feature_services?name=pages            | this call takes none
          GET    | /v0/feature_services/nothing?version=1     | this call takes none
          """)
  void withUnknownParameters(String method, String path, String message) {
    int jobs = json(server.get("/v0/jobs")).path("jobs").size();
    isRefused(
        server.request(method, path, BodyPublishers.ofString("{}")), "invalid-request", message);
    assertThat(json(server.get("/v0/jobs")).path("jobs").size()).isEqualTo(jobs);
  }

  /// Fields of JSON are parameters too.
  @Test
  void withUnknownFields() {
    isRefused(
        server.post("/v0/features/pages", "{\"keys\":{\"page\":[\"a\"]},\"asof\":null}", JSON),
        "invalid-read",
        "asof");
  }

  @Test
  void theTokenIsNoUnknownParameter() {
    HttpResponse<String> listed =
        server.anonymous("GET", "/v0/monitors?token=" + server.adminToken(), "");
    assertThat(listed.statusCode()).as(listed.body()).isEqualTo(200);
  }

  @Test
  void thatAreNoObjects() {
    for (String body : List.of("[]", "1", "\"name\"", "null")) {
      isRefused(
          server.post(TRAINING_SETS, body, JSON), "invalid-training-set", "must be an object");
      isRefused(server.post(SNAPSHOTS, body, JSON), "invalid-snapshot", "must be an object");
    }
    isRefused(server.post(TRAINING_SETS, "{", JSON), "invalid-training-set", "is not JSON");
    isRefused(server.post(TRAINING_SETS, "{} {}", JSON), "invalid-training-set", "is not JSON");
    isRefused(server.post(SNAPSHOTS, "{", JSON), "invalid-request", "is not JSON");
  }

  @Test
  void whoseFileComesFirst() {
    String form =
        """
        --b\r
        Content-Disposition: form-data; name="spine"; filename="labels.csv"\r
        \r
        page,at\r
        --b\r
        Content-Disposition: form-data; name="request"\r
        \r
        {"name": "set", "features": ["pages"], "time": "at"}\r
        --b--\r
        """;
    isRefused(
        server.post(TRAINING_SETS, form, "multipart/form-data; boundary=b"),
        "invalid-request",
        "the field 'request' with the JSON must stand before the file");
  }

  @Test
  void ofWhatIsNotThere() {
    refused(
        server.post(
            TRAINING_SETS,
            "{\"name\": \"x\", \"features\": [\"nothing\"], \"time\": \"at\", \"spine\": {\"datasource\":"
                + " \"visits\"}}",
            JSON),
        404,
        "unknown-features");
    refused(server.get(TRAINING_SETS + "/nothing"), 404, "unknown-training-set");
    refused(server.get(TRAINING_SETS + "/nothing.csv"), 404, "unknown-training-set");
    refused(server.get(TRAINING_SETS + "/nothing.xml"), 404, "unknown-route");
    refused(
        server.form("POST", TRAINING_SETS + "/nothing/copy", "mode=replace"),
        404,
        "unknown-training-set");
    refused(server.get(SNAPSHOTS + "/nothing"), 404, "unknown-snapshot");
    refused(server.form("POST", "/v0/verifications", "service=nothing"), 404, "nothing-to-verify");
    refused(server.get("/v0/monitors/nothing"), 404, "unknown-monitor");
    refused(server.post("/v0/monitors/nothing/runs", "", JSON), 404, "unknown-monitor");
  }
}
