// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.TestServer.FORM;
import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import kinglet.catalog.ServiceDataSource;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// What `tinybird.*` says of what was done, and to whom.
final class ServiceDataSourcesIT {
  private static final String AGENT = "agent-8151623";
  private static final Map<String, String> PROJECT =
      Map.of(
          "datasources/events.datasource",
          "SCHEMA >\n    `n` Int32 `json:$.n`\n\nENGINE MergeTree\nENGINE_SORTING_KEY n\n",
          "pipes/total.pipe",
          "TAGS team_a\n\nNODE one\nSQL >\n    %\n    SELECT sum(n) AS s FROM events"
              + " WHERE n > {{Int32(above, 0)}}\n\nTYPE ENDPOINT\n",
          "pipes/broken.pipe",
          "NODE one\nSQL >\n    SELECT throwIf(n >= 0, 'it broke') FROM events\n\nTYPE ENDPOINT\n",
          "pipes/calls.pipe",
          "TOKEN \"calls_reader\" READ\n\nNODE rows\nSQL >\n    SELECT * FROM tinybird.pipe_stats_rt\n\n"
              + "NODE counted\nSQL >\n    %\n    SELECT pipe_name, count() AS c FROM rows"
              + " WHERE pipe_name = {{String(pipe, 'total')}} GROUP BY pipe_name\n\nTYPE ENDPOINT\n");

  @TempDir static Path data;
  private static TestServer server;
  private static String admin;
  private static String other;

  @BeforeAll
  static void start() {
    server = TestServer.ready(data);
    admin = server.adminToken();
    String user = json(server.anonymous("GET", "/tokens", "")).path("user_token").asString("");
    HttpResponse<String> made = call(user, "POST", "/v1/workspaces", "name=other_space");
    other = json(made).path("token").asString("");
    for (String token : List.of(admin, other)) {
      HttpResponse<String> deployed = server.project("/v1/deploy", PROJECT, token);
      assertThat(json(deployed).path("result").asString(""))
          .as(deployed.body())
          .isEqualTo("success");
      assertThat(
              call(token, "POST", "/v0/events?name=events&wait=true", "{\"n\":1}\n{\"n\":\"x\"}")
                  .statusCode())
          .isEqualTo(200);
    }
    HttpResponse<String> visit =
        server.send(
            HttpRequest.newBuilder(server.uri("/v0/pipes/total.json?above=0&token=" + other))
                .header("User-Agent", AGENT)
                .GET());
    assertThat(visit.statusCode()).isEqualTo(200);
    server.await(
        other,
        "SELECT count() FROM tinybird.pipe_stats_rt WHERE user_agent = '" + AGENT + "'",
        "1");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static HttpResponse<String> call(String token, String method, String path, String body) {
    return server.send(
        HttpRequest.newBuilder(server.uri(path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", FORM)
            .method(method, BodyPublishers.ofString(body)));
  }

  private static HttpResponse<String> sql(String token, String sql) {
    return call(token, "GET", "/v0/sql?q=" + URLEncoder.encode(sql, StandardCharsets.UTF_8), "");
  }

  @Test
  void everyServiceDataSourceHasItsColumns() {
    for (ServiceDataSource source : ServiceDataSource.values()) {
      JsonNode meta =
          json(sql(admin, "SELECT * FROM " + source.fullName() + " LIMIT 0 FORMAT JSON"))
              .path("meta");
      Map<String, String> columns = new LinkedHashMap<>();
      meta.forEach(
          one -> columns.put(one.path("name").asString(""), one.path("type").asString("")));
      Map<String, String> said = new LinkedHashMap<>();
      source.columns().forEach(column -> said.put(column.name(), column.type()));
      assertThat(columns).as(source.fullName()).containsExactlyEntriesOf(said);
    }
  }

  @Test
  void aCallOfAnEndpointIsOneRow() {
    HttpResponse<String> answer =
        server.send(
            HttpRequest.newBuilder(
                    server.uri("/v0/pipes/total.json?above=0&x=a%20b&token=" + admin))
                .header("User-Agent", "browser")
                .GET());
    String id = answer.headers().firstValue("x-request-id").orElseThrow();
    String where = " FROM tinybird.pipe_stats_rt WHERE request_id = '" + id + "'";
    server.await(admin, "SELECT count()" + where, "1");
    assertThat(
            server.tsv(
                admin,
                "SELECT pipe_name, read_rows > 0, read_bytes > 0, result_rows, url, error, token_name,"
                    + " status_code, method, parameters, user_agent, resource_tags,"
                    + " duration > 0 AND duration < 60, cpu_time, release != '',"
                    + " abs(toUnixTimestamp(start_datetime) - toUnixTimestamp(now())) < 60"
                    + where))
        .isEqualTo(
            "total\t1\t1\t1\t/v0/pipes/total.json?above=0&x=a+b\t0\tworkspace admin token\t200\tGET\t"
                + "{'above':'0','x':'a b'}\tbrowser\t['team_a']\t1\t\\N\t1\t1");
    assertThat(server.tsv(admin, "SELECT * FROM tinybird.pipe_stats_rt")).doesNotContain(admin);
  }

  @Test
  void aFailingCallIsAnErrorToo() {
    HttpResponse<String> answer = call(admin, "POST", "/v0/pipes/broken.json", "a=1");
    assertThat(answer.statusCode()).isEqualTo(400);
    String id = answer.headers().firstValue("x-request-id").orElseThrow();
    String where = " WHERE request_id = '" + id + "'";
    server.await(admin, "SELECT count() FROM tinybird.endpoint_errors" + where, "1");
    assertThat(
            server.tsv(
                admin,
                "SELECT pipe_name, params, url, status_code, position(assumeNotNull(error), 'it broke') > 0"
                    + " FROM tinybird.endpoint_errors"
                    + where))
        .isEqualTo("broken\t{\"a\":\"1\"}\t/v0/pipes/broken.json\t400\t1");
    assertThat(
            server.tsv(
                admin, "SELECT error, status_code, method FROM tinybird.pipe_stats_rt" + where))
        .isEqualTo("1\t400\tPOST");
  }

  @Test
  void statisticsOfADayAddUp() {
    for (int i = 0; i < 3; i++) {
      assertThat(call(other, "GET", "/v0/pipes/total.json", "").statusCode()).isEqualTo(200);
    }
    server.await(
        other,
        "SELECT pipe_name, sum(view_count), sum(error_count), sum(read_rows_sum),"
            + " avgMerge(avg_duration_state) > 0,"
            + " length(quantilesTimingMerge(0.9, 0.95, 0.99)(quantile_timing_state))"
            + " FROM tinybird.pipe_stats WHERE pipe_name = 'total' GROUP BY pipe_name",
        "total\t4\t0\t4\t1\t3");
  }

  @Test
  void endpointsReadThemWithTheScopeOfThePipe() {
    String reader = tokenText("calls_reader");
    server.await(other, "SELECT count() > 0 FROM calls", "1");
    HttpResponse<String> answer = call(reader, "GET", "/v0/pipes/calls.json?pipe=query_api", "");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    HttpResponse<String> refused = sql(reader, "SELECT * FROM tinybird.pipe_stats_rt");
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("DATASOURCES:READ:tinybird.pipe_stats_rt");
  }

  private static String tokenText(String name) {
    for (JsonNode one : json(call(admin, "GET", "/v0/tokens", "")).path("tokens")) {
      if (one.path("name").asString("").equals(name)) {
        return one.path("token").asString("");
      }
    }
    throw new AssertionError(name);
  }

  @Test
  void aScopeOnOneOpensItAlone() {
    HttpResponse<String> made =
        call(
            admin,
            "POST",
            "/v0/tokens",
            "name=watcher&scope=DATASOURCES:READ:tinybird.endpoint_errors");
    String watcher = json(made).path("token").asString("");
    assertThat(sql(watcher, "SELECT count() FROM tinybird.endpoint_errors").statusCode())
        .isEqualTo(200);
    assertThat(sql(watcher, "SELECT count() FROM tinybird.pipe_stats_rt").statusCode())
        .isEqualTo(403);
  }

  /// The other workspace was called with [#AGENT]; nothing of it may be felt here.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM tinybird.pipe_stats_rt",
        "SELECT * FROM tinybird.pipe_stats_rt WHERE 1 OR 1 = 1",
        "SELECT throwIf(user_agent = '{agent}', '{agent}') FROM tinybird.pipe_stats_rt",
        "SELECT count() FROM tinybird.pipe_stats_rt WHERE throwIf(user_agent = '{agent}', 'felt') = 0",
        "SELECT count() FROM tinybird.pipe_stats_rt WHERE 0 = throwIf(user_agent = '{agent}', 'felt') OR 1",
        "SELECT count() FROM tinybird.pipe_stats_rt PREWHERE throwIf(user_agent = '{agent}', 'felt') = 0",
        "SELECT uniq(token) > 3, max(user_agent) FROM tinybird.pipe_stats_rt SETTINGS final = 1",
        "WITH '{id}' AS workspace_id SELECT * FROM tinybird.pipe_stats_rt",
        "WITH 1 AS `__workspace` SELECT * FROM tinybird.pipe_stats_rt",
        "WITH '{id}' AS __workspace SELECT * FROM tinybird.pipe_stats_rt",
        "SELECT '{id}' AS __workspace, * FROM tinybird.pipe_stats_rt",
        "SELECT * FROM events AS __workspace JOIN tinybird.pipe_stats_rt ON 1 = 1",
        "SELECT __workspace FROM tinybird.pipe_stats_rt",
        "SELECT * FROM kinglet_service.pipe_stats_rt",
        "SELECT * FROM `kinglet_service`.`pipe_stats_rt` WHERE __workspace = '{id}'",
        "SELECT * FROM (SELECT * FROM kinglet_service.pipe_stats_rt WHERE `__workspace` = '{id}')",
        "SELECT * FROM tinybird.pipe_stats_rt UNION ALL SELECT * FROM kinglet_service.pipe_stats_rt",
        "SELECT * FROM events WHERE 'x' IN (SELECT url FROM kinglet_service.pipe_stats_rt)",
        "SELECT count() FROM events WHERE 'x' IN kinglet_service.pipe_stats_rt",
        "SELECT * FROM merge('kinglet_service', '.*')",
        "SELECT joinGet('tinybird.pipe_stats_rt', 'url', 1)",
        "SELECT joinGet('kinglet_service.pipe_stats_rt', 'url', 1)",
        "SELECT * FROM other_space.pipe_stats_rt",
        "SELECT * FROM tinybird.pipe_stats_view",
        "SELECT * FROM tinybird.tokens",
        "SELECT * FROM organization.pipe_stats_rt",
        "EXPLAIN PLAN indexes = 1 SELECT * FROM tinybird.pipe_stats_rt",
        "EXPLAIN SYNTAX SELECT * FROM tinybird.pipe_stats_rt",
        "EXPLAIN QUERY TREE SELECT * FROM tinybird.pipe_stats_rt",
        "EXPLAIN ESTIMATE SELECT * FROM tinybird.pipe_stats_rt",
        "SELECT nothing FROM tinybird.pipe_stats_rt",
        "% SELECT * FROM {{table('kinglet_service.pipe_stats_rt')}}",
        "% SELECT * FROM {{symbol('kinglet_service')}}.{{symbol('pipe_stats_rt')}}"
      })
  void nothingOfAnotherWorkspaceIsSeen(String attempt) {
    String id = json(call(admin, "GET", "/v1/workspace", "")).path("id").asString("");
    String otherId = json(call(other, "GET", "/v1/workspace", "")).path("id").asString("");
    String text = attempt.replace("{agent}", AGENT).replace("{id}", id);
    for (String path : List.of("/v0/sql?q=", "/v0/pipes/total.json?q=")) {
      String q = path + URLEncoder.encode(text, StandardCharsets.UTF_8);
      HttpResponse<String> answer = call(admin, "GET", q, "");
      assertThat(answer.body())
          .as("%s", text)
          .doesNotContain(
              "\"user_agent\": \"" + AGENT, "VALUE_IS_NON_ZERO", otherId, "`kinglet_service`.");
      if (!text.contains("kinglet_service") && answer.statusCode() != 200) {
        assertThat(answer.body()).doesNotContain("kinglet_service");
      }
    }
  }

  @Test
  void onlyRowsOfTheWorkspaceAreRead() {
    String read = "SELECT count() AS c FROM tinybird.pipe_stats_rt WHERE duration >= 0";
    JsonNode answer = json(sql(other, read));
    long rows = answer.path("data").get(0).path("c").asLong();
    assertThat(answer.path("statistics").path("rows_read").asLong()).isEqualTo(rows);
  }

  @Test
  void materializedViewsCannotReadThem() {
    Map<String, String> project = new LinkedHashMap<>(PROJECT);
    project.put(
        "datasources/kept.datasource",
        "SCHEMA >\n    `c` UInt64\n\nENGINE MergeTree\nENGINE_SORTING_KEY c\n");
    project.put(
        "pipes/view.pipe",
        "NODE v\nSQL >\n    SELECT read_rows AS c FROM tinybird.pipe_stats_rt\n\n"
            + "TYPE MATERIALIZED\nDATASOURCE kept\n");
    HttpResponse<String> refused = server.project("/v1/deploy", project);
    assertThat(json(refused).path("result").asString("")).isEqualTo("failed");
    assertThat(refused.body()).contains("A materialized view cannot read service data sources");
    project.put(
        "pipes/view.pipe",
        "NODE v\nSQL >\n    SELECT c FROM calls\n\nTYPE MATERIALIZED\nDATASOURCE kept\n");
    assertThat(server.project("/v1/deploy", project).body())
        .contains("A materialized view cannot read service data sources");
    project.put(
        "pipes/view.pipe", "NODE v\nSQL >\n    SELECT * FROM tinybird.hook_log\n\nTYPE ENDPOINT\n");
    HttpResponse<String> unknown = server.project("/v1/deploy", project);
    assertThat(unknown.body())
        .contains("tinybird.hook_log' is not offered; there are tinybird.pipe_stats_rt");
  }

  @Test
  void eventsAreSummedUp() {
    for (int i = 0; i < 5; i++) {
      HttpResponse<String> sent =
          call(admin, "POST", "/v0/events?name=events", "{\"n\":2}\n{\"n\":3}\n{\"n\":\"y\"}\n");
      assertThat(sent.statusCode()).isEqualTo(202);
    }
    String log = " FROM tinybird.datasources_ops_log WHERE event_type = 'append-hfi'";
    server.await(admin, "SELECT sum(rows), sum(rows_quarantine)" + log, "11\t6");
    assertThat(
            server.tsv(
                admin,
                "SELECT DISTINCT datasource_name, result, error, elapsed_time > 0, read_bytes > 0,"
                    + " `Options.Names`"
                    + log))
        .isEqualTo("events\tok\t\\N\t1\t1\t['requests']");
    assertThat(server.tsv(admin, "SELECT sum(toUInt32(`Options.Values`[1])) AS r" + log))
        .isEqualTo("6");
    server.await(other, "SELECT sum(rows), sum(rows_quarantine)" + log, "1\t1");
  }

  @Test
  void operationsOnDataSourcesAreLogged() {
    String log =
        "SELECT event_type, result, rows, rows_quarantine, datasource_name, import_id != '' AS i,"
            + " job_id != '' AS j FROM tinybird.datasources_ops_log WHERE datasource_name = 'things'"
            + " ORDER BY timestamp, event_type";
    String file =
        "SCHEMA >\n    `n` Int32 `json:$.n`{more}\n\nENGINE MergeTree\nENGINE_SORTING_KEY n\n";
    Map<String, String> project = new LinkedHashMap<>(PROJECT);
    project.put("datasources/things.datasource", file.replace("{more}", ""));
    assertThat(json(server.project("/v1/deploy", project)).path("result").asString(""))
        .isEqualTo("success");
    server.await(admin, log, "create\tok\t\\N\t\\N\tthings\t\\N\t\\N");
    assertThat(
            server
                .post(
                    "/v0/datasources?mode=append&format=ndjson&name=things",
                    "{\"n\":1}\n{\"n\":\"z\"}\n",
                    "application/x-ndjson")
                .statusCode())
        .isEqualTo(200);
    assertThat(
            call(admin, "POST", "/v0/datasources/things/delete", "delete_condition=n=1")
                .statusCode())
        .isEqualTo(200);
    server.await(
        admin, "SELECT max(status) FROM tinybird.jobs_log WHERE job_type = 'delete_data'", "done");
    assertThat(call(admin, "POST", "/v0/datasources/things/truncate", "").statusCode())
        .isEqualTo(205);
    project.put(
        "datasources/things.datasource",
        file.replace("{more}", ",\n    `m` Int32 `json:$.m` DEFAULT 0"));
    assertThat(json(server.project("/v1/deploy", project)).path("result").asString(""))
        .isEqualTo("success");
    project.remove("datasources/things.datasource");
    assertThat(
            json(server.project("/v1/deploy?allow_destructive_operations=true", project))
                .path("result")
                .asString(""))
        .isEqualTo("success");
    server.await(
        admin,
        "SELECT arraySort(groupArray((event_type, result, rows, rows_quarantine))) FROM"
            + " tinybird.datasources_ops_log WHERE datasource_name = 'things'",
        "[('alter','ok',NULL,NULL),('append','ok',1,1),('create','ok',NULL,NULL),"
            + "('delete','ok',1,0),('drop','ok',NULL,NULL),('truncate','ok',NULL,NULL)]");
    assertThat(
            server.tsv(
                admin,
                "SELECT error, import_id = request_id FROM tinybird.datasources_ops_log"
                    + " WHERE event_type = 'append' AND datasource_name = 'things'"))
        .isEqualTo("There was an error with file contents: 1 row in quarantine.\t1");
    assertThat(
            server.tsv(
                admin,
                "SELECT j.job_id = o.job_id, j.status, j.workspace_id = '"
                    + json(call(admin, "GET", "/v1/workspace", "")).path("id").asString("")
                    + "' FROM tinybird.jobs_log AS j JOIN tinybird.datasources_ops_log AS o"
                    + " ON j.job_id = o.job_id WHERE o.event_type = 'delete'"))
        .isEqualTo("1\tdone\t1");
  }

  /// What was called before a restart, and while the engine was dead, is there once.
  @Test
  void nothingIsLostByARestartOrADeadEngine(@TempDir Path own) {
    String counted =
        "SELECT countIf(user_agent = 'before'), countIf(user_agent = 'meanwhile')"
            + " FROM tinybird.pipe_stats_rt";
    try (TestServer first = TestServer.ready(own)) {
      assertThat(json(first.project("/v1/deploy", PROJECT)).path("result").asString(""))
          .isEqualTo("success");
      assertThat(visit(first, "before")).isEqualTo(200);
    }
    try (TestServer second = TestServer.ready(own)) {
      kill(own);
      assertThat(visit(second, "meanwhile")).isEqualTo(503);
      assertThat(second.post("/v0/events?name=events", "{\"n\":1}", FORM).statusCode())
          .isEqualTo(202);
      second.await(counted, "1\t1");
      String stored =
          "SELECT DISTINCT datasource_name, rows_quarantine FROM tinybird.datasources_storage";
      second.await(stored, "events\t0");
      String events =
          "SELECT sum(rows) FROM tinybird.datasources_ops_log WHERE event_type = 'append-hfi'";
      second.await(events, "1");
    }
  }

  private static int visit(TestServer on, String agent) {
    return on.send(on.authorized("/v0/pipes/total.json").header("User-Agent", agent).GET())
        .statusCode();
  }

  private static void kill(Path data) {
    List<ProcessHandle> engines =
        ProcessHandle.current()
            .children()
            .filter(child -> child.info().commandLine().orElse("").contains(data.toString()))
            .toList();
    assertThat(engines).hasSize(1);
    assertThat(engines.getFirst().destroyForcibly()).isTrue();
    engines.getFirst().onExit().orTimeout(10, TimeUnit.SECONDS).join();
  }
}
