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
import java.util.List;
import java.util.Map;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Connections and sinks described by calls.
final class ConnectedCallsIT {
  private static final String KAFKA =
      "service=kafka&kafka_bootstrap_servers=one:9092,two:9092&kafka_security_protocol=SASL_SSL"
          + "&kafka_sasl_mechanism=PLAIN&kafka_sasl_plain_username=user"
          + "&kafka_sasl_plain_password=pass%22word%0Aline&name=";

  @TempDir static Path directory;
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.ready(directory);
    HttpResponse<String> deployed =
        server.project(
            "/v1/deploy",
            Map.of(
                "datasources/events.datasource",
                "SCHEMA >\n    `n` Int32 `json:$.n`\n",
                "datasources/files.datasource",
                "SCHEMA >\n    `n` Int32 `json:$.n`\n\nIMPORT_CONNECTION_NAME bucket\n"
                    + "IMPORT_BUCKET_URI s3://bucket/*.ndjson\nIMPORT_SCHEDULE @on-demand\n",
                "connections/bucket.connection",
                "TYPE s3\nS3_REGION eu-west-1\nS3_ARN arn:aws:iam::1:role/x\n",
                "pipes/out.pipe",
                "NODE only\nSQL >\n    SELECT n FROM events\n"));
    assertThat(json(deployed).path("result").asString("")).as(deployed.body()).isEqualTo("success");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static HttpResponse<String> as(String token, String method, String path) {
    return server.send(
        HttpRequest.newBuilder(server.uri(path))
            .header("Authorization", "Bearer " + token)
            .method(method, BodyPublishers.noBody()));
  }

  private static String token(String name, String scope) {
    return done(server.post("/v0/tokens", "name=" + name + "&scope=" + scope, FORM))
        .path("token")
        .asString("");
  }

  @Test
  void aConnectionIsMadeWithItsSecretsAsideAndRemoved() {
    assertThat(done(server.form("POST", "/v0/connectors?dry_run=true", KAFKA + "tried")).toString())
        .isEqualTo("{\"ok\":true}");
    refused(server.get("/v0/connectors/tried"), 404, "unknown-resource");
    JsonNode made = done(server.form("POST", "/v0/connectors", KAFKA + "stream"));
    assertThat(made.path("service").asString("")).isEqualTo("kafka");
    assertThat(made.path("settings").path("kafka_bootstrap_servers").asString(""))
        .isEqualTo("one:9092,two:9092");
    assertThat(made.toString()).doesNotContain("pass");
    String file = server.get("/v0/connectors/stream.connection").body();
    assertThat(file)
        .contains("TYPE \"kafka\"")
        .contains("{{ tb_secret('stream_KAFKA_SECRET') }}")
        .doesNotContain("word");
    assertThat(server.get("/v0/variables").body()).contains("stream_KAFKA_SECRET");
    refused(server.form("POST", "/v0/connectors", KAFKA + "stream"), 409, "resource-exists");
    refused(server.form("POST", "/v0/connectors", KAFKA + "select"), 400, "invalid-name");
    refused(
        server.form("POST", "/v0/connectors", "service=kafka&name=empty"), 400, "change-refused");
    refused(
        server.form("POST", "/v0/connectors", "service=mqtt&name=other"), 400, "change-refused");
    refused(server.form("POST", "/v0/connectors", "name=other"), 400, "invalid-request");
    refused(
        server.form("POST", "/v0/connectors", KAFKA + "sneaky&kafka_topic_x=a%0ATOKEN+t+READ"),
        400,
        "change-refused");
    assertThat(server.get("/v0/variables").body()).doesNotContain("sneaky");
    refused(
        as(token("creator", "PIPES:CREATE"), "POST", "/v0/connectors?service=s3&name=x"),
        403,
        "forbidden");
    refused(
        as(token("dropper", "PIPES:CREATE"), "DELETE", "/v0/connectors/stream"), 403, "forbidden");
    assertThat(server.form("DELETE", "/v0/connectors/stream", "").statusCode()).isEqualTo(204);
    assertThat(server.get("/v0/variables").body()).doesNotContain("stream_KAFKA_SECRET");
    refused(server.form("DELETE", "/v0/connectors/stream", ""), 404, "unknown-resource");
  }

  @Test
  void aScheduleIsNotAvailableAndMostDataSourcesHaveNone() {
    for (String method : List.of("GET", "PUT")) {
      refused(
          server.form(method, "/v0/datasources/files/scheduling/state", "state=paused"),
          400,
          "not-available");
      refused(
          server.form(method, "/v0/datasources/events/scheduling/state", "state=running"),
          400,
          "no-schedule");
    }
    HttpResponse<String> run = server.form("POST", "/v0/datasources/files/scheduling/runs", "");
    refused(run, 400, "not-available");
    assertThat(run.body()).contains("IMPORT_CONNECTION_NAME bucket, IMPORT_SCHEDULE @on-demand");
    refused(
        server.form("POST", "/v0/datasources/nothing/scheduling/runs", ""),
        404,
        "unknown-resource");
    refused(
        as(token("blind", "PIPES:READ:out"), "GET", "/v0/datasources/files/scheduling/state"),
        403,
        "forbidden");
  }

  @Test
  void whatOtherCloudsAreToTrustIsNotAvailable() {
    refused(server.get("/v0/integrations/s3/settings"), 400, "not-available");
    refused(
        server.get("/v0/integrations/gcs/policies/write-access-policy?bucket=b"),
        400,
        "not-available");
    refused(server.get("/v0/integrations/floppy/settings"), 404, "unknown-resource");
    refused(
        as(token("no_admin", "PIPES:CREATE"), "GET", "/v0/integrations/s3/settings"),
        403,
        "forbidden");
    refused(server.get("/v0/connectors/bucket/preview"), 400, "not-available");
  }

  @Test
  void aNodeIsDescribedAsASinkAndMadePlainAgain() {
    String node = "/v0/pipes/out/nodes/only/sink";
    String before = server.get("/v0/pipes/out.pipe").body();
    refused(server.form("POST", node, ""), 400, "invalid-request");
    refused(server.form("POST", node, "connection=nothing"), 404, "unknown-resource");
    refused(server.form("POST", node, "connection=bucket"), 400, "change-refused");
    refused(server.form("PUT", node, "connection=bucket"), 404, "unknown-node");
    refused(server.form("DELETE", node, ""), 404, "unknown-node");
    refused(as(token("reads", "PIPES:READ:out"), "POST", node), 403, "forbidden");
    String path = "connection=bucket&path=s3://bucket/rows&file_template=rows_{n}";
    refused(server.form("POST", node, path + "&format=xml"), 400, "change-refused");
    JsonNode made =
        done(server.form("POST", node, path + "&format=ndjson&schedule_cron=0+*+*+*+*"));
    assertThat(made.path("type").asString("")).isEqualTo("sink");
    assertThat(made.path("sink_node").asString(""))
        .isEqualTo(made.path("nodes").get(0).path("id").asString(""));
    assertThat(made.path("schedule").path("cron").asString("")).isEqualTo("0 * * * *");
    refused(server.form("POST", node, path), 409, "pipe-has-output");
    refused(server.form("DELETE", "/v0/connectors/bucket", ""), 409, "resource-in-use");
    HttpResponse<String> run = server.form("POST", "/v0/pipes/out/sink", "");
    refused(run, 400, "not-available");
    JsonNode changed = done(server.form("PUT", node, "schedule_cron=None&compression=gz"));
    assertThat(changed.path("schedule").isNull()).isTrue();
    assertThat(changed.path("content").asString(""))
        .contains("EXPORT_COMPRESSION gz")
        .contains("EXPORT_FORMAT ndjson");
    done(server.form("DELETE", node, ""));
    assertThat(server.get("/v0/pipes/out.pipe").body()).isEqualTo(before);
  }
}
