// SPDX-License-Identifier: Apache-2.0
package kinglet.verification;

import static kinglet.testkit.Answers.done;
import static kinglet.testkit.Answers.refused;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What was read is verified again and again without anybody asking.
final class VerificationScheduleIT {
  @TempDir static Path data;

  @Test
  void readsAreVerifiedAgainAndAgain() {
    Map<String, String> settings =
        Map.of("features.serving-log-share", "1", "features.verify-every", "1s");
    try (TestServer server = TestServer.start(data, settings)) {
      server.awaitReady();
      JsonNode deployed =
          done(
              server.project(
                  "/v1/deploy",
                  Map.of(
                      "datasources/visits.datasource",
                      """
                      SCHEMA >
                          ts DateTime64(3) `json:$.ts`,
                          page String `json:$.page`
                      ENGINE MergeTree
                      ENGINE_SORTING_KEY page
                      """,
                      "features/pages.pipe",
                      """
                      NODE pages
                      SQL >
                          SELECT page, count() OVER ever AS visits FROM visits
                          WINDOW ever AS (PARTITION BY page ORDER BY ts)
                      TYPE FEATURES
                      ENTITY page
                      EVENT_TIME ts
                      """)));
      assertThat(deployed.path("result").asString("")).as("%s", deployed).isEqualTo("success");
      HttpResponse<String> sent =
          server.post(
              "/v0/events?name=visits",
              "{\"ts\":\"2026-01-01 00:00:00\",\"page\":\"/\"}",
              "application/x-ndjson");
      assertThat(sent.statusCode()).as(sent.body()).isEqualTo(202);
      JsonNode _ =
          done(
              server.post(
                  "/v0/features/pages", "{\"keys\":{\"page\":[\"/\"]}}", "application/json"));

      server.await(
          "SELECT uniq(job_id) >= 2, sum(compared) > 0, sum(compared) = sum(equal) FROM"
              + " kinglet.consistency WHERE service = 'pages' AND feature = 'visits'",
          "1\t1\t1");

      JsonNode listed = done(server.get("/v0/verifications")).path("verifications");
      assertThat(listed.size()).isEqualTo(1);
      assertThat(listed.path(0).path("result").asString("")).as("%s", listed).isEqualTo("equal");
      URI url = URI.create(listed.path(0).path("url").asString(""));
      JsonNode one = done(server.get(url.getPath()));
      assertThat(one.path("kind").asString("")).isEqualTo("feature_view");
      assertThat(one.at("/verified/compared").asLong()).isPositive();
      assertThat(one.at("/verified/job_url").asString("")).contains("/v0/jobs/");
      refused(server.get("/v0/verifications/nothing"), 404, "nothing-to-verify");
    }
  }
}
