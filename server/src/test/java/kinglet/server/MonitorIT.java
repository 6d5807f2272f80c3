// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.Answers.done;
import static kinglet.testkit.Answers.refused;
import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kinglet.cli.KingletCommand;
import kinglet.testkit.TestServer;
import kinglet.testkit.WebhookReceiver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Features drift away from a training set, and somebody is told.
final class MonitorIT {
  private static final int KEYS = 200;

  private static final String PRECEDING =
      """
      FEATURES buyer
      REFERENCE PRECEDING 2 days
      WINDOW 1 hour
      SCHEDULE 0 3 * * *
      DISTANCES >
          country psi > 0.2
      """;

  private static final String COMPUTED =
      """
      FEATURES checkout
      REFERENCE PRECEDING 1 day
      SCHEDULE @on-demand
      DISTANCES >
          checkout.prise psi > 0.2
      """;

  @TempDir Path data;
  private TestServer server;
  private WebhookReceiver hook;

  @BeforeEach
  void start() throws IOException {
    hook = WebhookReceiver.start();
    server = started();
  }

  @AfterEach
  void stop() {
    hook.close();
    server.close();
  }

  private TestServer started() {
    TestServer started =
        TestServer.start(
            data,
            Map.of("features.serving-log-share", "1", "ingest.url-private-addresses", "true"));
    started.awaitReady();
    return started;
  }

  private Map<String, String> project(String monitor) {
    Map<String, String> files = new LinkedHashMap<>();
    files.put(
        "datasources/orders.datasource",
        """
        SCHEMA >
            at DateTime64(6, 'UTC') `json:$.at`,
            customer UInt32 `json:$.customer`,
            amount Float64 `json:$.amount`,
            country String `json:$.country`
        ENGINE MergeTree
        ENGINE_SORTING_KEY customer
        """);
    files.put(
        "features/buyer.pipe",
        """
        NODE buyer
        SQL >
            SELECT customer, anyLast(amount) OVER ever AS last_amount,
                   anyLast(country) OVER ever AS country
            FROM orders
            WINDOW ever AS (PARTITION BY customer ORDER BY at RANGE UNBOUNDED PRECEDING)
        TYPE FEATURES
        ENTITY customer
        EVENT_TIME at
        """);
    files.put(
        "endpoints/checkout.pipe",
        """
        NODE vector
        SQL >
            %
            SELECT customer, last_amount * {{ Float64(factor, 1) }} AS price, country
            FROM buyer WHERE customer = {{ UInt32(customer) }}
        TYPE ENDPOINT
        """);
    files.put("features/checkout.monitor", monitor);
    return files;
  }

  private String monitor() {
    return """
    DESCRIPTION >
        Do customers still buy as they did?
    FEATURES checkout
    REFERENCE TRAINING_SET before
    WINDOW 10 minutes
    SCHEDULE 0 3 * * *
    WEBHOOK %s
    WEBHOOK_SECRET {{ tb_secret("hook_key") }}
    DISTANCES >
        last_amount         psi > 0.2
        buyer.last_amount   wasserstein > 10
        last_amount         kolmogorov_smirnov > 0.2
        last_amount         jensen_shannon > 0.9  BINS at 50, 100, 150
        country             chi_square > 50
        country             hellinger > 0.9
    """
        .formatted(hook.url());
  }

  private void orders(String at, IntFunction<String> amount, IntFunction<String> country) {
    String rows =
        IntStream.range(0, KEYS)
            .mapToObj(i ->
                "{\"at\":\"%s\",\"customer\":%d,\"amount\":%s,\"country\":\"%s\"}"
                    .formatted(at, i, amount.apply(i), country.apply(i)))
            .collect(Collectors.joining("\n"));
    JsonNode _ =
        done(server.post("/v0/events?name=orders&wait=true", rows, "application/x-ndjson"));
  }

  /// Reads every key some times, and waits until all reads are written down.
  private void read(int times, int readsBefore) {
    String keys =
        IntStream.range(0, KEYS).mapToObj(Integer::toString).collect(Collectors.joining(","));
    for (int i = 0; i < times; i++) {
      JsonNode _ =
          done(
              server.post(
                  "/v0/features/buyer",
                  "{\"keys\": {\"customer\": [" + keys + "]}}",
                  "application/json"));
    }
    server.await(
        "SELECT count() FROM kinglet.feature_reads",
        Integer.toString((readsBefore + times) * KEYS));
  }

  private JsonNode ended(JsonNode made) {
    return ended(made, "done");
  }

  private JsonNode failed(JsonNode made) {
    return ended(made, "error");
  }

  private JsonNode ended(JsonNode made, String status) {
    String id = made.path("job_id").asString("");
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (true) {
      JsonNode job = json(server.get("/v0/jobs/" + id));
      if (List.of("done", "error").contains(job.path("status").asString(""))) {
        assertThat(job.path("status").asString("")).as("%s", job).isEqualTo(status);
        return job;
      }
      assertThat(System.nanoTime()).as("%s", job).isLessThan(deadline);
    }
  }

  private static JsonNode accepted(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(202);
    return json(answer);
  }

  private JsonNode ran() {
    return ended(accepted(server.post("/v0/monitors/checkout/runs", "", "application/json")));
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

  private static String amount(int i) {
    return Integer.toString(i % 100);
  }

  private void prepare() {
    JsonNode _ = done(server.post("/v0/variables", "name=hook_key&value=first", TestServer.FORM));
    JsonNode deployed = done(server.project("/v1/deploy", project(monitor())));
    assertThat(deployed.path("result").asString("")).as("%s", deployed).isEqualTo("success");
    assertThat(deployed.path("deployment").path("new_monitor_names").path(0).asString(""))
        .isEqualTo("checkout");
    orders("2026-01-01 00:00:00", MonitorIT::amount, i -> i % 4 == 0 ? "es" : "de");
    JsonNode _ =
        ended(
            accepted(
                server.post(
                    "/v0/training_sets",
                    """
                    {"name": "before", "features": ["buyer"], "time": "at", "mode": "corrected",
                     "spine": {"q": "SELECT customer, toDateTime('2026-01-02 00:00:00', 'UTC') AS at FROM orders"}}
                    """,
                    "application/json")));
  }

  @Test
  void featuresThatDriftAwayAlertAndComeBack() throws Exception {
    Instant before = Instant.now();
    prepare();
    read(1, 0);
    JsonNode calm = ran();
    assertThat(calm.path("measured").asLong()).as("%s", calm).isEqualTo(6);
    assertThat(calm.path("alerting").asLong(-1)).as("%s", calm).isZero();
    hook.assertSilent();

    orders(
        "2026-02-01 00:00:00", i -> Integer.toString(100 + i % 100), i -> i % 4 == 0 ? "es" : "fr");
    read(1, 1);
    JsonNode drifted = ran();
    assertThat(drifted.path("alerting").asLong()).as("%s", drifted).isEqualTo(4);
    assertThat(drifted.path("error").asString(""))
        .contains("buyer.last_amount: psi ", " > 0.2", "buyer.country: chi_square ", "new: [fr]");
    WebhookReceiver.Call call = hook.next();
    call.assertSigned("first");
    assertThat(call.timestamp().map(Long::valueOf).orElseThrow())
        .isBetween(before.getEpochSecond(), Instant.now().getEpochSecond());
    JsonNode told = call.json();
    assertThat(told.path("monitor").asString("")).isEqualTo("checkout");
    assertThat(told.path("alerts").valueStream().map(one -> one.path("distance").asString("")))
        .containsExactlyInAnyOrder("psi", "wasserstein", "kolmogorov_smirnov", "chi_square");
    JsonNode wasserstein =
        told.path("alerts")
            .valueStream()
            .filter(one -> one.path("distance").asString("").equals("wasserstein"))
            .findFirst()
            .orElseThrow();
    // Half of the values that were read are those of before.
    assertThat(wasserstein.path("value").asDouble()).isEqualTo(50);
    assertThat(wasserstein.path("state").asString("")).isEqualTo("open");
    server.await(
        "SELECT groupArray((monitor, feature_view, feature, distance, resolved)) FROM (SELECT *"
            + " FROM kinglet.alerts ORDER BY distance)",
        "[('checkout','buyer','country','chi_square',0),"
            + "('checkout','buyer','last_amount','kolmogorov_smirnov',0),"
            + "('checkout','buyer','last_amount','psi',0),"
            + "('checkout','buyer','last_amount','wasserstein',0)]");
    server.await(
        "SELECT any(new_categories), any(reference_values), max(current_values), countIf(alerting ="
            + " 1) FROM kinglet.drift WHERE feature = 'country' AND alerting = 1",
        "['fr']\t200\t400\t1");
    assertThat(server.get("/metrics").body())
        .contains("kinglet_alerts_open 4.0")
        .containsPattern("kinglet_drift_distance\\{distance=\"wasserstein\".*} 50.0");

    // An alert that lasts is no news, over a restart too.
    server.close();
    server = started();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(command(out, "monitor", "run", "checkout")).isEqualTo(1);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("6 distances measured, 4 over their thresholds", "buyer.country: chi_square");
    assertThat(command(out, "monitor", "ls")).isZero();
    hook.assertSilent();
    assertThat(json(server.get("/v0/monitors/checkout")).path("alerts").size()).isEqualTo(4);

    // Many reads of the old values make up for it; the address does not answer at once.
    hook.answer(503);
    orders("2026-03-01 00:00:00", MonitorIT::amount, i -> i % 4 == 0 ? "es" : "de");
    read(10, 2);
    JsonNode back = ran();
    assertThat(back.path("alerting").asLong(-1)).as("%s", back).isLessThan(4);
    long resolved = 4 - back.path("alerting").asLong();
    JsonNode refused = hook.next().json();
    assertThat(refused.path("alerts").size()).isEqualTo((int) resolved);
    hook.answer(204);
    JsonNode _ = done(server.form("PUT", "/v0/variables/hook_key", "value=second"));
    server.server().monitorSchedule().run(Instant.parse("2026-01-01T12:00:00Z"));
    WebhookReceiver.Call again = hook.next();
    again.assertSigned("second");
    JsonNode repeated = again.json();
    assertThat(repeated).isEqualTo(refused);
    assertThat(repeated.path("alerts").path(0).path("state").asString("")).isEqualTo("resolved");
    server.server().monitorSchedule().run(Instant.parse("2026-01-01T12:01:00Z"));
    hook.assertSilent();
    server.await("SELECT count() FROM kinglet.alerts WHERE resolved", Long.toString(resolved));
  }

  @Test
  void whatCannotBeWatchedIsNotDeployed() {
    Map<String, String> expected =
        Map.of(
            "FEATURES nothing", "There is no feature view or endpoint 'nothing' at 1:1",
            "    last_amont psi > 1", "Did you mean 'last_amount'? at 4:5",
            "    spent psi > 1",
                "There is no feature 'spent'; there are buyer.last_amount,"
                    + " buyer.country at 4:5",
            "    customer psi > 1", "There is no feature 'customer'",
            "    country wasserstein > 1",
                "The feature 'buyer.country' is Nullable(String), no number",
            "    country psi > 1 BINS equal_width 3", "no number",
            "WEBHOOK {{ tb_secret(\"hook\") }}", "the secret 'hook' does not exist",
            "WEBHOOK http://127.0.0.1/told\nWEBHOOK_SECRET {{ tb_secret(\"key\") }}",
                "the secret 'key' does not exist in the workspace");
    expected.forEach((line, message) -> {
      String text = "FEATURES buyer\nREFERENCE PRECEDING 1 day\nDISTANCES >\n    country psi > 1\n";
      String wrong =
          line.startsWith("    ")
              ? text.replace("    country psi > 1", line)
              : line.startsWith("FEATURES")
                  ? text.replace("FEATURES buyer", line)
                  : line + "\n" + text;
      JsonNode answer = json(server.project("/v1/deploy", project(wrong)));
      assertThat(answer.path("errors").toString())
          .as("%s", wrong)
          .contains(message, "checkout.monitor");
    });
    refused(server.post("/v0/monitors/none/runs", "", "application/json"), 404, "unknown-monitor");
  }

  @Test
  void whatAServiceComputesIsWatchedToo() {
    JsonNode deployed =
        done(
            server.project(
                "/v1/deploy",
                project(
                    """
                    FEATURES checkout
                    REFERENCE TRAINING_SET before
                    WINDOW 10 minutes
                    SCHEDULE @on-demand
                    DISTANCES >
                        checkout.price    psi > 0.2
                        checkout.price    wasserstein > 20
                        checkout.country  chi_square > 50
                        country           psi > 0.2
                    """)));
    assertThat(deployed.path("result").asString("")).as("%s", deployed).isEqualTo("success");
    orders("2026-01-01 00:00:00", MonitorIT::amount, i -> i % 4 == 0 ? "es" : "de");
    JsonNode _ =
        ended(
            accepted(
                server.post(
                    "/v0/training_sets",
                    """
                    {"name": "before", "service": "checkout", "time": "at", "mode": "corrected",
                     "spine": {"q": "SELECT customer, toDateTime('2026-01-02 00:00:00', 'UTC') AS at FROM orders"}}
                    """,
                    "application/json")));
    JsonNode unread = ran();
    assertThat(unread.path("too_few_values").asLong()).as("%s", unread).isEqualTo(4);

    priced("1");
    server.await("SELECT count() FROM kinglet.service_reads", Integer.toString(KEYS));
    JsonNode calm = ran();
    assertThat(calm.path("measured").asLong()).as("%s", calm).isEqualTo(4);
    assertThat(calm.path("alerting").asLong(-1)).as("%s", calm).isZero();

    // The features stay as they were; what the service makes of them does not.
    priced("2");
    server.await("SELECT count() FROM kinglet.service_reads", Integer.toString(2 * KEYS));
    JsonNode drifted = ran();
    assertThat(drifted.path("alerting").asLong(-1)).as("%s", drifted).isEqualTo(2);
    assertThat(drifted.path("error").asString(""))
        .contains("checkout.price: psi ", "checkout.price: wasserstein 24.75 > 20");
    server.await(
        "SELECT groupArray((feature_view, feature, distance)) FROM (SELECT * FROM kinglet.alerts ORDER"
            + " BY distance)",
        "[('checkout','price','psi'),('checkout','price','wasserstein')]");
    server.await(
        "SELECT reads, null_rate, round(mean, 2), freshness_mean FROM kinglet.feature_stats WHERE"
            + " source = 'computed' AND feature_view = 'checkout' AND feature = 'price'",
        "400\t0\t74.25\t\\N");

    // What columns there are may be known once the service is called.
    Map<String, String> chosen = project(COMPUTED);
    JsonNode known = json(server.project("/v1/deploy", chosen));
    assertThat(known.path("errors").toString())
        .contains(
            "The service 'checkout' has no column 'prise'; it has customer, price, country. Did you"
                + " mean 'price'? at 5:5",
            "checkout.monitor");
    chosen.computeIfPresent(
        "endpoints/checkout.pipe",
        (_, text) ->
            text.replace(", country", "{% if defined(all) %}, country AS prise{% end %}, country"));
    JsonNode other = done(server.project("/v1/deploy", chosen));
    assertThat(other.path("result").asString("")).as("%s", other).isEqualTo("success");
    priced("2");
    server.await(
        "SELECT count() FROM kinglet.service_reads WHERE version = 2", Integer.toString(KEYS));
    JsonNode failed =
        failed(accepted(server.post("/v0/monitors/checkout/runs", "", "application/json")));
    assertThat(failed.path("error").asString(""))
        .contains("The service 'checkout' has no column 'prise'; it has customer, price, country");
  }

  /// Calls the service for every customer.
  private void priced(String factor) {
    String customers =
        IntStream.range(0, KEYS).mapToObj(Integer::toString).collect(Collectors.joining(","));
    String factors =
        IntStream.range(0, KEYS).mapToObj(_ -> factor).collect(Collectors.joining(","));
    JsonNode _ =
        done(
            server.post(
                "/v0/features/checkout",
                "{\"keys\": {\"customer\": ["
                    + customers
                    + "]}, \"request\": {\"factor\": ["
                    + factors
                    + "]}}",
                "application/json"));
  }

  @Test
  void aMonitorThatIsRemovedAlertsNoMore() throws Exception {
    JsonNode _ = done(server.project("/v1/deploy", project(PRECEDING)));
    orders("2026-01-01 00:00:00", MonitorIT::amount, _ -> "de");
    read(1, 0);
    JsonNode early = ran();
    assertThat(early.path("too_few_values").asLong()).as("%s", early).isEqualTo(1);
    // Those of before are as old as a day: the window begins after them.
    try (InputStream done =
        server
            .server()
            .read(
                "INSERT INTO kinglet_service.feature_reads SELECT * REPLACE (read_at - INTERVAL 1 DAY"
                    + " AS read_at, ['1', '\"fr\"'] AS values) FROM kinglet_service.feature_reads")) {
      assertThat(done.readAllBytes()).isEmpty();
    }
    JsonNode drifted = ran();
    assertThat(drifted.path("alerting").asLong()).as("%s", drifted).isEqualTo(1);
    Map<String, String> without = project(PRECEDING);
    without.remove("features/checkout.monitor");
    JsonNode deployed = done(server.project("/v1/deploy", without));
    assertThat(deployed.path("result").asString("")).as("%s", deployed).isEqualTo("success");
    assertThat(deployed.path("deployment").path("deleted_monitor_names").path(0).asString(""))
        .isEqualTo("checkout");
    server.server().monitorSchedule().run(Instant.parse("2026-01-01T12:00:00Z"));
    server.await(
        "SELECT groupArray(resolved) FROM (SELECT * FROM kinglet.alerts ORDER BY resolved)",
        "[0,1]");
  }

  @Test
  void aScheduleStartsMonitors() {
    JsonNode _ = done(server.project("/v1/deploy", project(PRECEDING)));
    server.server().monitorSchedule().run(Instant.parse("2026-01-01T04:00:00Z"));
    assertThat(json(server.get("/v0/monitors")).path("monitors").path(0).has("run")).isFalse();
    server.server().monitorSchedule().run(Instant.parse("2026-01-01T03:00:59Z"));
    JsonNode run = json(server.get("/v0/monitors")).path("monitors").path(0).path("run");
    JsonNode job = ended(run);
    assertThat(job.path("too_few_values").asLong()).as("%s", job).isEqualTo(1);
  }
}
