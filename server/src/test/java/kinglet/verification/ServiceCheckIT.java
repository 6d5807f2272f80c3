// SPDX-License-Identifier: Apache-2.0
package kinglet.verification;

import static kinglet.testkit.Answers.done;
import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import kinglet.cli.KingletCommand;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A verification finds what is wrong with a log of reads, or with the history they are held
/// against: values, keys, and what a service computes.
final class ServiceCheckIT {
  private static final String READS = "kinglet_service.feature_reads";
  private static final String SERVICE_READS = "kinglet_service.service_reads";

  /// More than the engine has connections for what jobs read.
  private static final int MANY_VIEWS = 14;

  private static final Map<String, String> PROJECT =
      Map.of(
          "datasources/orders.datasource",
          """
          SCHEMA >
              at DateTime64(3, 'UTC') `json:$.at`,
              buyer String `json:$.buyer`,
              price Float64 `json:$.price`
          ENGINE MergeTree
          ENGINE_SORTING_KEY buyer
          """,
          "features/buyer.pipe",
          """
          NODE buyer
          SQL >
              SELECT buyer, sum(price) OVER ever AS spent FROM orders
              WINDOW ever AS (PARTITION BY buyer ORDER BY at)
          TYPE FEATURES
          ENTITY buyer
          EVENT_TIME at
          """,
          "features/latest.pipe",
          """
          NODE latest
          SQL >
              SELECT buyer, anyLast(price) OVER ever AS price FROM orders
              WINDOW ever AS (PARTITION BY buyer ORDER BY at)
          TYPE FEATURES
          ENTITY buyer
          EVENT_TIME at
          """,
          "endpoints/share.pipe",
          """
          NODE vector
          SQL >
              %
              SELECT latest.price / buyer.spent * {{ Float64(factor, 1) }} AS share
              FROM buyer, latest
              WHERE buyer.buyer = {{ String(buyer) }} AND latest.buyer = {{ String(buyer) }}
          TYPE ENDPOINT
          """);

  @TempDir static Path data;
  private TestServer server;

  @Test
  void whatIsWrongIsFound() throws Exception {
    try (TestServer started = TestServer.start(data, Map.of("features.serving-log-share", "1"))) {
      server = started;
      server.awaitReady();
      Map<String, String> project = new HashMap<>(PROJECT);
      project.putAll(wideService());
      JsonNode deployed = done(server.project("/v1/deploy", project));
      assertThat(deployed.path("result").asString("")).as("%s", deployed).isEqualTo("success");
      JsonNode _ =
          done(
              server.post(
                  "/v0/events?name=orders&wait=true",
                  """
                  {"at":"2026-01-01 00:00:00","buyer":"a","price":3}
                  {"at":"2026-01-02 00:00:00","buyer":"a","price":5}
                  {"at":"2026-01-01 00:00:00","buyer":"b","price":7}
                  """,
                  "application/x-ndjson"));
      JsonNode read =
          done(
              server.post(
                  "/v0/features/share",
                  "{\"keys\":{\"buyer\":[\"a\",\"b\",\"c\"]},\"request\":{\"factor\":[8,2,1]}}",
                  "application/json"));
      assertThat(read.at("/values/share").toString()).isEqualTo("[5,2,null]");
      server.await("SELECT count() FROM kinglet.service_reads", "3");
      server.await("SELECT count() FROM kinglet.feature_reads", "6");
      counts(verified(), 9, 0, 0, 0, 0);

      aValueThatAServiceNeverGave();
      aReadThatNoPrefixGives();
      readsThatMissedAKeyOrInventedOne();
      aServiceOfManyViews();
      rowsThatAreGone();
    }
  }

  private static Map<String, String> wideService() {
    Map<String, String> files = new HashMap<>();
    String latest = PROJECT.getOrDefault("features/latest.pipe", "");
    List<String> prices = new ArrayList<>();
    List<String> views = new ArrayList<>();
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < MANY_VIEWS; i++) {
      String view = "w" + i;
      files.put(
          "features/" + view + ".pipe",
          latest.replace("latest", view).replace("anyLast(price)", "sum(price + " + i + ")"));
      prices.add(view + ".price AS p" + i);
      views.add(view);
      keys.add(view + ".buyer = {{ String(buyer) }}");
    }
    files.put(
        "endpoints/wide.pipe",
        """
        NODE vector
        SQL >
            %%
            SELECT %s FROM %s WHERE %s
        TYPE ENDPOINT
        """
            .formatted(
                String.join(", ", prices), String.join(", ", views), String.join(" AND ", keys)));
    return files;
  }

  private void aServiceOfManyViews() throws Exception {
    JsonNode read =
        done(
            server.post("/v0/features/wide", "{\"keys\":{\"buyer\":[\"a\"]}}", "application/json"));
    assertThat(read.at("/values/p13/0").asInt()).isEqualTo(34);
    server.await("SELECT count() FROM kinglet.service_reads WHERE service = 'wide'", "1");
    server.await("SELECT count() FROM kinglet.feature_reads WHERE feature_view LIKE 'w%'", "14");
    tampered(SERVICE_READS, "arrayMap(one -> '0', values) AS values", "service = 'wide'");
    JsonNode job = verified("wide");
    counts(job, 3 * MANY_VIEWS, MANY_VIEWS, 0, 0, 0);
    assertThat(job.path("error").asString(""))
        .contains("p9 of buyer=\"a\"", "served 0, replayed 26");
  }

  private void aValueThatAServiceNeverGave() throws Exception {
    tampered(SERVICE_READS, "['6'] AS values", "request['buyer'] = '\"a\"'");
    JsonNode job = verified();
    counts(job, 10, 1, 0, 0, 0);
    assertThat(job.path("error").asString(""))
        .contains("1 of 10 values are not what history says", "share of ")
        .contains("served 6, replayed 5");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(command(out, "verify", "share")).isEqualTo(1);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("share: 10 reads, 10 values compared, 1 different", "served 6, replayed 5");
    JsonNode listed = done(server.get("/v0/verifications/share"));
    assertThat(listed.path("kind").asString("")).isEqualTo("feature_service");
    assertThat(listed.path("result").asString("")).isEqualTo("different");
    assertThat(listed.at("/verified/error").asString("")).contains("served 6, replayed 5");
    server.await(
        "SELECT max(different), any(differences[1]) LIKE '%served 6, replayed 5%' FROM"
            + " kinglet.consistency WHERE service = 'share' AND feature_view = '' AND different > 0",
        "1\t1");
    removed(SERVICE_READS, "values = ['6']");
    counts(verified(), 9, 0, 0, 0, 0);
  }

  /// Its views may have been read at different places of the journal.
  private void aReadThatNoPrefixGives() throws Exception {
    tampered(
        SERVICE_READS,
        "['6'] AS values, toUInt64(journal_seq - 2) AS journal_seq",
        "request['buyer'] = '\"a\"'");
    JsonNode job = verified();
    counts(job, 9, 0, 1, 0, 0);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(command(out, "verify", "share")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("0 different; 1 reads left out that can't be computed again");
    removed(SERVICE_READS, "values = ['6']");
  }

  private void readsThatMissedAKeyOrInventedOne() throws Exception {
    tampered(
        READS,
        "'NOT_FOUND' AS status, ['null'] AS values",
        "feature_view = 'latest' AND key = ['\"b\"']");
    tampered(
        READS,
        "['\"d\"'] AS key",
        "feature_view = 'latest' AND key = ['\"b\"'] AND status = 'PRESENT'");
    JsonNode job = verified();
    counts(job, 11, 2, 0, 1, 1);
    assertThat(job.path("different_statuses").asLong()).isEqualTo(2);
    assertThat(job.path("error").asString(""))
        .contains("__status of \"b\"", "served NOT_FOUND, replayed PRESENT")
        .contains("price of \"b\"", "served null, replayed 7")
        .contains("__status of \"d\"", "served PRESENT, replayed NOT_FOUND")
        .contains("price of \"d\"", "served 7, replayed null");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(command(out, "verify", "share")).isEqualTo(1);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("; 1 reads of keys that history does not have")
        .contains("; 1 reads missed keys that history has");
    removed(READS, "key = ['\"d\"'] OR (key = ['\"b\"'] AND status = 'NOT_FOUND')");
    counts(verified(), 9, 0, 0, 0, 0);
  }

  private void rowsThatAreGone() {
    JsonNode deletion =
        done(server.form("POST", "/v0/datasources/orders/delete", "delete_condition=price = 3"));
    JsonNode _ = ended(deletion.path("job_id").asString(""));
    JsonNode job = verified();
    // What a bought, and what the service made of that.
    counts(job, 9, 2, 0, 0, 0);
    assertThat(job.path("error").asString(""))
        .contains("spent of \"a\"", "served 8, replayed 5")
        .contains("share of ", "served 5, replayed 8");
  }

  private static void counts(
      JsonNode job, long compared, long different, long skipped, long missing, long extra) {
    assertThat(job.path("compared").asLong(-1)).as("%s", job).isEqualTo(compared);
    assertThat(job.path("different").asLong(-1)).as("%s", job).isEqualTo(different);
    assertThat(job.path("skipped").asLong(-1)).as("%s", job).isEqualTo(skipped);
    assertThat(job.path("missing_keys").asLong(-1)).as("%s", job).isEqualTo(missing);
    assertThat(job.path("extra_keys").asLong(-1)).as("%s", job).isEqualTo(extra);
  }

  /// Adds a row to a log that nobody read.
  private void tampered(String table, String changed, String condition) throws Exception {
    execute(
        "INSERT INTO "
            + table
            + " SELECT * REPLACE ("
            + changed
            + ") FROM (SELECT * FROM "
            + table
            + " WHERE "
            + condition
            + " LIMIT 1)");
  }

  private void removed(String table, String condition) throws Exception {
    execute("ALTER TABLE " + table + " DELETE WHERE " + condition + " SETTINGS mutations_sync = 1");
  }

  private void execute(String sql) throws Exception {
    try (InputStream answer = server.server().read(sql)) {
      assertThat(answer.readAllBytes()).isEmpty();
    }
  }

  private JsonNode verified() {
    return verified("share");
  }

  private JsonNode verified(String service) {
    HttpResponse<String> made = server.form("POST", "/v0/verifications", "service=" + service);
    assertThat(made.statusCode()).as(made.body()).isEqualTo(202);
    return ended(json(made).path("job_id").asString(""));
  }

  private JsonNode ended(String id) {
    JsonNode job = json(server.get("/v0/jobs/" + id));
    while (!Set.of("done", "error", "cancelled").contains(job.path("status").asString(""))) {
      job = json(server.get("/v0/jobs/" + id));
    }
    assertThat(job.path("status").asString("")).as("%s", job).isEqualTo("done");
    return job;
  }

  private int command(ByteArrayOutputStream out, String... arguments) {
    return KingletCommand.run(
        arguments,
        Map.of("KINGLET_HOST", server.uri("").toString(), "KINGLET_TOKEN", server.adminToken()),
        out,
        out,
        false,
        _ -> {
          throw new IllegalStateException("no command here starts a server");
        });
  }
}
