// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.Answers.done;
import static kinglet.testkit.Answers.refused;
import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// `tinybird.block_log`, `releases_log`, `data_connectors_log`, and the logs that stay empty.
final class ImportAndReleaseLogsIT {

  /// What the clients' commands for logs read, by the column of the time.
  private static final Map<String, String> LOGS =
      Map.of(
          "pipe_stats_rt", "start_datetime",
          "bi_stats_rt", "start_datetime",
          "block_log", "timestamp",
          "datasources_ops_log", "timestamp",
          "endpoint_errors", "start_datetime",
          "kafka_ops_log", "timestamp",
          "sinks_ops_log", "timestamp",
          "jobs_log", "created_at",
          "llm_usage", "start_time");

  private static final Map<String, String> PROJECT =
      Map.of(
          "datasources/rows.datasource",
          "SCHEMA >\n    `n` Int64 `json:$.n`,\n    `text` String `json:$.text`\n\n"
              + "ENGINE MergeTree\nENGINE_SORTING_KEY n\n");

  @TempDir static Path directory;
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.ready(directory);
    deploy("/v1/deploy", PROJECT, "success");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String deploy(String path, Map<String, String> files, String result) {
    HttpResponse<String> answer = server.project(path, files);
    assertThat(json(answer).path("result").asString("")).as(answer.body()).isEqualTo(result);
    return json(answer).path("deployment").path("id").asString("");
  }

  @Test
  void theLogsOfClientsAreReadTogether() {
    String all =
        LOGS.entrySet().stream()
            .map(log ->
                "SELECT 'tinybird.%s' AS source, %s AS timestamp, formatRowNoNewline('JSONEachRow', *) AS data FROM tinybird.%s WHERE %s >= parseDateTimeBestEffort('2026-01-01T00:00:00Z')"
                    .formatted(log.getKey(), log.getValue(), log.getKey(), log.getValue()))
            .collect(Collectors.joining(" UNION ALL "));
    JsonNode answer =
        done(
            server.post(
                "/v0/sql",
                "SELECT * FROM (" + all + ") ORDER BY timestamp DESC LIMIT 100 FORMAT JSON",
                "text/plain"));
    assertThat(answer.path("meta").get(2).path("name").asString("")).isEqualTo("data");
  }

  @Test
  void aFileIsLoggedBlockByBlock() {
    StringBuilder csv = new StringBuilder("n,text\n");
    for (int n = 0; n < 100_000; n++) {
      csv.append(n == 70_000 ? "x" : n).append(",").append("t".repeat(60)).append('\n');
    }
    JsonNode answer =
        done(
            server.post(
                "/v0/datasources?mode=append&format=csv&name=rows", csv.toString(), "text/csv"));
    String id = answer.path("import_id").asString("");
    JsonNode blocks = answer.path("blocks");
    assertThat(blocks.size()).isGreaterThan(1).isEqualTo(answer.path("block_log").size());
    assertThat(blocks.get(0).path("process_return").get(0).path("parser").asString(""))
        .isEqualTo("csv");
    assertThat(blocks.get(0).path("block_id").asString(""))
        .isEqualTo(answer.path("block_log").get(0).path("block_id").asString(""));
    String where = " FROM tinybird.block_log WHERE import_id = '" + id + "'";
    server.await("SELECT count()" + where, Integer.toString(blocks.size()));
    assertThat(
            server.tsv(
                "SELECT sum(rows), sum(quarantine_lines), sum(bytes), min(start_offset),"
                    + " max(end_offset), any(source), any(parser), any(status),"
                    + " any(datasource_name), uniqExact(block_id) = count(),"
                    + " any(request_id) = any(import_id), any(job_id), min(processing_time) > 0"
                    + where))
        .isEqualTo(
            "99999\t1\t%d\t0\t%d\tbody\tcsv\tdone\trows\t1\t1\t\\N\t1"
                .formatted(csv.length(), csv.length()));
    // Each begins where the one before it ends.
    assertThat(
            server.tsv(
                "SELECT countIf(start_offset != before) FROM (SELECT start_offset,"
                    + " lagInFrame(end_offset, 1, 0) OVER (ORDER BY start_offset) AS before"
                    + where
                    + ")"))
        .isEqualTo("0");
  }

  @Test
  void aFileThatCannotBeReadIsABlockWithItsError() {
    HttpResponse<String> answer =
        server.post("/v0/datasources?mode=append&format=ndjson&name=rows", "no json\n", "x/y");
    refused(answer, 400, "unreadable-body");
    String id = answer.headers().firstValue("x-request-id").orElseThrow();
    server.await(
        "SELECT status, start_offset, end_offset, rows, startsWith(assumeNotNull(processing_error),"
            + " 'no line of the body') FROM tinybird.block_log WHERE import_id = '"
            + id
            + "'",
        "error\t0\t\\N\t\\N\t1");
  }

  @Test
  void aDataSourceMadeFromAFileLogsItsRows() {
    JsonNode made =
        done(
            server.post(
                "/v0/datasources?mode=create&name=made&format=csv", "a,b\n1,x\n2,y\n", "text/csv"));
    assertThat(made.path("blocks").size()).isEqualTo(1);
    server.await(
        "SELECT rows, bytes FROM tinybird.block_log WHERE datasource_name = 'made'",
        "2\t" + "a,b\n1,x\n2,y\n".length());
    server.await(
        "SELECT rows FROM tinybird.datasources_ops_log WHERE datasource_name = 'made' AND"
            + " event_type = 'append'",
        "2");
    assertThat(server.request("DELETE", "/v0/datasources/made", none()).statusCode())
        .isEqualTo(204);
  }

  private static java.net.http.HttpRequest.BodyPublisher none() {
    return java.net.http.HttpRequest.BodyPublishers.noBody();
  }

  @Test
  void whatIsDoneWithDeploymentsIsLogged() {
    Map<String, String> project = new LinkedHashMap<>(PROJECT);
    project.put(
        "connections/bucket.connection",
        "TYPE s3\nS3_REGION eu-west-1\nS3_ARN arn:aws:iam::1:role/x\n");
    String first = deploy("/v1/deploy", project, "success");
    project.put("pipes/wrong.pipe", "NODE n\nSQL >\n    SELECT nothing FROM rows\n");
    String failed = deploy("/v1/deploy", project, "failed");
    deploy("/v1/deploy?check=true", PROJECT, "success");
    project.put("pipes/wrong.pipe", "NODE n\nSQL >\n    SELECT n FROM rows\n");
    String discarded = deploy("/v1/deploy?auto_promote=false", project, "success");
    done(server.request("DELETE", "/v1/deployments/" + discarded, none()));
    String promoted = deploy("/v1/deploy?auto_promote=false", project, "success");
    done(server.post("/v1/deployments/" + promoted + "/set-live", "", TestServer.FORM));
    JsonNode back =
        done(
            server.post(
                "/v1/deployments/"
                    + first
                    + "/rollback?allow_destructive_operations=true&auto_promote=true",
                "",
                TestServer.FORM));
    String rolledBack = back.path("deployment").path("id").asString("");
    deploy("/v1/deploy?allow_destructive_operations=true", PROJECT, "success");
    String events =
        List.of(
                "('deploy','" + first + "','ok',1)",
                "('deploy','" + failed + "','error',0)",
                "('preview','" + discarded + "','ok',1)",
                "('delete','" + discarded + "','ok',1)",
                "('preview','" + promoted + "','ok',1)",
                "('promote','" + promoted + "','ok',1)",
                "('rollback','" + rolledBack + "','ok',1)")
            .toString()
            .replace(", ", ",");
    server.await(
        "SELECT groupArray((event_type, semver, result, error = '')) FROM (SELECT * FROM"
            + " tinybird.releases_log WHERE toUInt32(semver) BETWEEN "
            + first
            + " AND "
            + rolledBack
            + " AND token_name = 'workspace admin token' ORDER BY timestamp)",
        events);
    server.await(
        "SELECT groupArray((event_type, connector_name, service)) FROM (SELECT * FROM"
            + " tinybird.data_connectors_log ORDER BY toUInt32(release))",
        "[('create','bucket','s3'),('delete','bucket','s3')]");
  }
}
