// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.Answers.done;
import static kinglet.testkit.Answers.refused;
import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Snapshots keep what data sources held. Every test has a workspace of its own.
final class SnapshotIT {
  private static final String JSON = "application/json";
  private static final Set<String> ENDS = Set.of("done", "error", "cancelled");
  private static final String ORDERS =
      """
      SCHEMA >
          `buyer` String `json:$.buyer`,
          `price` UInt32 `json:$.price`

      ENGINE MergeTree
      ENGINE_PARTITION_KEY buyer
      ENGINE_SORTING_KEY price
      """;
  private static final String AT = "`at` DateTime64(3, 'UTC') `json:$.at`";
  private static final String BUYERS =
      """
      NODE buyers
      SQL >
          SELECT buyer, count() OVER ever AS visits
          FROM visits
          WINDOW ever AS (PARTITION BY buyer ORDER BY at RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
      TYPE FEATURES
      ENTITY buyer
      EVENT_TIME at
      """;
  private static final String EXISTS = "snapshot-exists";
  private static final Map<String, String> PROJECT =
      Map.of(
          "orders.datasource",
          ORDERS,
          "latest.datasource",
          ORDERS.replace("MergeTree", "ReplacingMergeTree"),
          "totals.datasource",
          ORDERS.replace("MergeTree", "AggregatingMergeTree"),
          "sums.datasource",
          ORDERS.replace("MergeTree", "SummingMergeTree"),
          "passing.datasource",
          ORDERS.replaceAll("ENGINE [\\s\\S]*", "ENGINE Null\n"));

  @TempDir private static Path directory;

  private static TestServer server;
  private static String user;
  private static int number;

  @BeforeAll
  static void start() {
    server =
        TestServer.start(
            directory, Map.of("jobs.working-max", "1", "ingest.url-private-addresses", "true"));
    server.awaitReady();
    user = done(server.anonymous("GET", "/tokens", "")).path("user_token").asString();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /// A workspace and its administrator's token.
  private record Space(String name, String token) {
    static Space fresh() {
      String name = "shop_" + ++number;
      JsonNode made = done(ask(user, "POST", "/v1/workspaces", "name=" + name));
      Space space = new Space(name, made.path("token").asString());
      space.deployed(PROJECT);
      space.add("orders", "a", 1, 2, 3);
      space.add("orders", "b", 4, 5);
      return space;
    }

    static HttpResponse<String> ask(String token, String method, String path, String form) {
      return server.send(
          HttpRequest.newBuilder(server.uri(path))
              .header("Authorization", "Bearer " + token)
              .header("Content-Type", TestServer.FORM)
              .method(method, BodyPublishers.ofString(form)));
    }

    HttpResponse<String> ask(String method, String path, String form) {
      return ask(token, method, path, form);
    }

    HttpResponse<String> deploy(Map<String, String> files) {
      return server.project("/v1/deploy?allow_destructive_operations=true", files, token);
    }

    void deployed(Map<String, String> files) {
      JsonNode answer = done(deploy(files));
      assertThat(answer.path("result").asString()).as("%s", answer).isNotEqualTo("failed");
    }

    void add(String source, String buyer, int... prices) {
      StringBuilder rows = new StringBuilder();
      for (int price : prices) {
        rows.append("{\"buyer\":\"" + buyer + "\",\"price\":" + price + "}\n");
      }
      done(
          server.send(
              HttpRequest.newBuilder(server.uri("/v0/events?wait=true&name=" + source))
                  .header("Authorization", "Bearer " + token)
                  .POST(BodyPublishers.ofString(rows.toString()))));
    }

    HttpResponse<String> begin(String request) {
      return server.send(
          HttpRequest.newBuilder(server.uri("/v0/snapshots"))
              .header("Authorization", "Bearer " + token)
              .header("Content-Type", JSON)
              .POST(BodyPublishers.ofString(request)));
    }

    JsonNode made(String request) {
      HttpResponse<String> begun = begin(request);
      assertThat(begun.statusCode()).as(begun.body()).isEqualTo(202);
      JsonNode snapshot = json(begun);
      String path = "/v0/snapshots/" + snapshot.path("name").asString();
      long endNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (!ENDS.contains(snapshot.path("status").asString("")) && System.nanoTime() < endNanos) {
        snapshot = json(ask("GET", path, ""));
      }
      assertThat(snapshot.path("status").asString("")).as("%s", snapshot).isEqualTo("done");
      return snapshot;
    }

    /// A branch with the resources there are.
    Space branch(String called) {
      String job =
          done(ask("POST", "/v1/environments?name=" + called, "")).at("/job/id").asString();
      String status = "";
      long endNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (!ENDS.contains(status) && System.nanoTime() < endNanos) {
        status = done(ask("GET", "/v0/jobs/" + job, "")).path("status").asString();
      }
      assertThat(status).isEqualTo("done");
      JsonNode branch = done(ask("GET", "/v0/environments/" + called + "?with_token=true", ""));
      return new Space(called, branch.path("token").asString());
    }

    HttpResponse<String> sql(String sql) {
      return sql(token, sql);
    }

    static HttpResponse<String> sql(String token, String sql) {
      String text = URLEncoder.encode(sql + " FORMAT JSON", StandardCharsets.UTF_8);
      return ask(token, "POST", "/v0/sql", "q=" + text);
    }

    String value(String sql) {
      return value(token, sql);
    }

    static String value(String token, String sql) {
      return done(sql(token, sql)).path("data").path(0).path("v").asString();
    }

    String token(String name, String scope) {
      String form = "name=" + name + "&scope=" + URLEncoder.encode(scope, StandardCharsets.UTF_8);
      return done(ask("POST", "/v0/tokens", form)).path("token").asString();
    }
  }

  private static String prices(String snapshot) {
    return "SELECT arrayStringConcat(arraySort(groupArray(toString(price))), ' ') AS v FROM snapshots."
        + snapshot;
  }

  @Test
  void keepsTheRowsWhateverHappensToTheDataSource() {
    Space space = Space.fresh();
    JsonNode made = space.made("{\"name\": \"first\", \"datasource\": \"orders\"}");

    assertThat(made.path("rows").asInt()).isEqualTo(5);
    assertThat(made.path("bytes").asLong()).isPositive();
    assertThat(made.path("journal_seq").asLong()).isGreaterThanOrEqualTo(5);
    assertThat(made.path("datasource").asString()).isEqualTo("orders");
    assertThat(made.path("created_at").asString()).isNotEmpty();

    space.add("orders", "a", 6);
    assertThat(space.value(prices("first"))).isEqualTo("1 2 3 4 5");
    assertThat(space.ask("POST", "/v0/datasources/orders/truncate", "").statusCode())
        .isEqualTo(205);
    assertThat(space.value(prices("first"))).isEqualTo("1 2 3 4 5");
    space.deployed(Map.of("orders.datasource", ORDERS.replace("UInt32", "UInt64")));
    assertThat(space.value(prices("first"))).isEqualTo("1 2 3 4 5");
    assertThat(space.value("SELECT toTypeName(price) AS v FROM snapshots.first LIMIT 1"))
        .isEqualTo("UInt32");
    space.deployed(Map.of("other.datasource", ORDERS));
    assertThat(space.value(prices("first"))).isEqualTo("1 2 3 4 5");

    JsonNode list = done(space.ask("GET", "/v0/snapshots", "")).path("snapshots");
    assertThat(list.size()).isEqualTo(1);
    assertThat(list.path(0)).isEqualTo(made);
    assertThat(space.ask("DELETE", "/v0/snapshots/first", "").statusCode()).isEqualTo(204);
    refused(space.sql(prices("first")), 400, "unknown-table");
    refused(space.ask("GET", "/v0/snapshots/first", ""), 404, "unknown-snapshot");
    refused(space.ask("DELETE", "/v0/snapshots/first", ""), 404, "unknown-snapshot");
  }

  private static String pipe(String what) {
    return "NODE n\nSQL >\n    SELECT count() AS v FROM " + what + "\nTYPE endpoint\n";
  }

  @Test
  void takesTheRowsThatMeetACondition() {
    Space space = Space.fresh();
    JsonNode made =
        space.made(
            "{\"name\":\"dear\",\"datasource\":\"orders\",\"where\":\"price > 1 AND buyer = 'a'\"}");

    assertThat(made.path("rows").asInt()).isEqualTo(2);
    assertThat(made.path("where").asString()).isEqualTo("price > 1 AND buyer = 'a'");
    assertThat(space.value(prices("dear"))).isEqualTo("2 3");
    assertThat(space.value("SELECT count() AS v FROM orders")).isEqualTo("5");
  }

  @Test
  void takesTheRowsThatWereKnownAtATime() {
    Space space = Space.fresh();
    String then = space.value("SELECT toString(now64(6, 'UTC')) AS v");
    space.add("orders", "a", 6);
    JsonNode made =
        space.made("{\"name\":\"earlier\",\"datasource\":\"orders\",\"at\":\"" + then + "\"}");

    assertThat(made.path("at").asString()).isEqualTo(then);
    assertThat(space.value(prices("earlier"))).isEqualTo("1 2 3 4 5");
    JsonNode before =
        space.made("{\"name\":\"before\",\"datasource\":\"orders\",\"at\":\"2020-01-01\"}");
    assertThat(before.path("rows").asInt()).isZero();
    assertThat(space.value(prices("before"))).isEmpty();

    HttpResponse<String> imported =
        server.send(
            HttpRequest.newBuilder(
                    server.uri("/v0/datasources?mode=append&format=ndjson&name=orders"))
                .header("Authorization", "Bearer " + space.token())
                .POST(BodyPublishers.ofString("{\"buyer\":\"c\",\"price\":9}")));
    assertThat(imported.statusCode()).as(imported.body()).isEqualTo(200);
    JsonNode _ =
        space.made("{\"name\":\"history\",\"datasource\":\"orders\",\"at\":\"2020-01-01\"}");
    assertThat(space.value(prices("history"))).isEqualTo("9");
  }

  /// Rows that came in later may have taken the place of those that were there.
  @ParameterizedTest
  @ValueSource(strings = {"latest", "totals"})
  void isAsOfATimeWhereRowsOfOneKeyBecomeOneIfNoneCameInSince(String source) {
    Space space = Space.fresh();
    space.add(source, "a", 1);
    space.add(source, "b", 2);
    String then = space.value("SELECT toString(now64(6, 'UTC')) AS v");
    String request = "{\"name\":\"%s\",\"datasource\":\"" + source + "\",\"at\":\"%s\"}";
    JsonNode _ = space.made(request.formatted("known", then));
    assertThat(space.value("SELECT count() AS v FROM snapshots.known FINAL")).isEqualTo("2");

    space.add(source, "a", 1);
    HttpResponse<String> late = space.begin(request.formatted("late", then));
    refused(late, 409, "snapshot-not-possible");
    Matcher earliest =
        Pattern.compile("the earliest time for at is (\\S+Z) now").matcher(late.body());
    assertThat(earliest.find()).as(late.body()).isTrue();
    JsonNode _ = space.made(request.formatted("earliest", earliest.group(1)));
    assertThat(space.value("SELECT count() AS v FROM snapshots.earliest FINAL")).isEqualTo("2");
    refused(space.ask("GET", "/v0/snapshots/late", ""), 404, "unknown-snapshot");

    // History counts as known from its events on.
    HttpResponse<String> imported =
        server.send(
            HttpRequest.newBuilder(
                    server.uri("/v0/datasources?mode=append&format=ndjson&name=" + source))
                .header("Authorization", "Bearer " + space.token())
                .POST(BodyPublishers.ofString("{\"buyer\":\"c\",\"price\":9}")));
    assertThat(imported.statusCode()).as(imported.body()).isEqualTo(200);
    JsonNode _ = space.made(request.formatted("history", earliest.group(1)));
    assertThat(space.value("SELECT count() AS v FROM snapshots.history FINAL")).isEqualTo("3");
  }

  /// Rows of the journal are numbered one by one, and nobody else sends any.
  @Test
  void hasEveryRowUntilItsPosition() throws Exception {
    Space space = Space.fresh();
    List<JsonNode> snapshots = new ArrayList<>();
    FutureTask<Boolean> sending =
        new FutureTask<>(() -> {
          for (int n = 0; n < 400; n++) {
            HttpResponse<String> sent =
                server.send(
                    HttpRequest.newBuilder(server.uri("/v0/events?name=orders"))
                        .header("Authorization", "Bearer " + space.token())
                        .POST(BodyPublishers.ofString("{\"buyer\":\"d\",\"price\":" + n + "}")));
            assertThat(sent.statusCode()).isEqualTo(202);
          }
          return true;
        });
    Thread sender = Thread.ofPlatform().start(sending);
    do {
      snapshots.add(
          space.made("{\"name\":\"s" + snapshots.size() + "\",\"datasource\":\"orders\"}"));
    } while (sender.isAlive() && snapshots.size() < 100);
    assertThat(sending.get(60, TimeUnit.SECONDS)).isTrue();
    snapshots.add(space.made("{\"name\":\"s" + snapshots.size() + "\",\"datasource\":\"orders\"}"));

    long before = snapshots.getLast().path("journal_seq").asLong() - 405;
    for (JsonNode snapshot : snapshots) {
      assertThat(snapshot.path("rows").asLong())
          .as("%s", snapshot)
          .isEqualTo(snapshot.path("journal_seq").asLong() - before);
      String name = snapshot.path("name").asString();
      assertThat(
              space.value(
                  "SELECT uniqExact(price) AS v FROM snapshots." + name + " WHERE buyer = 'd'"))
          .isEqualTo(Long.toString(snapshot.path("rows").asLong() - 5));
    }
  }

  @Test
  void keepsRowsOfOneKeyAsTheyWere() {
    Space space = Space.fresh();
    space.add("latest", "a", 1);
    space.add("latest", "a", 1);
    JsonNode made = space.made("{\"name\":\"keys\",\"datasource\":\"latest\"}");

    assertThat(space.value("SELECT count() AS v FROM snapshots.keys"))
        .isEqualTo(made.path("rows").asString());
    assertThat(space.value("SELECT count() AS v FROM snapshots.keys FINAL")).isEqualTo("1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"name\":\"x\"}|400|invalid-snapshot",
        "{\"datasource\":\"orders\"}|400|invalid-snapshot",
        "{\"name\":\"x y\",\"datasource\":\"orders\"}|400|invalid-snapshot",
        "{\"name\":\"x\",\"datasource\":\"nothing\"}|400|invalid-snapshot",
        "{\"name\":\"x\",\"datasource\":\"orders\",\"limit\":1}|400|invalid-snapshot",
        "{\"name\":\"x\",\"datasource\":\"orders\",\"where\":7}|400|invalid-snapshot",
        "{\"name\":\"x\",\"datasource\":\"orders\",\"at\":\"soon\"}|400|invalid-snapshot",
        "{\"name\":\"x\",\"datasource\":\"orders\",\"at\":\"2999-01-01\"}|400|invalid-snapshot",
        "{\"name\":\"x\",\"datasource\":\"orders\",\"where\":\"prize > 1\"}|400|query-refused",
        "{\"name\":\"x\",\"datasource\":\"orders\",\"where\":\"1) OR (1\"}|400|sql-not-allowed",
        "{\"name\":\"x\",\"datasource\":\"sums\",\"at\":\"2020-01-01\"}|409|snapshot-not-possible",
        "{\"name\":\"x\",\"datasource\":\"passing\"}|409|snapshot-not-possible",
        "[]|400|invalid-snapshot",
        "{|400|invalid-request"
      })
  void saysWhatIsWrongBeforeAnythingIsCopied(String request, int status, String code) {
    Space space = Space.fresh();
    refused(space.begin(request), status, code);
    assertThat(done(space.ask("GET", "/v0/snapshots", "")).path("snapshots").isEmpty()).isTrue();
  }

  @Test
  void aNameIsGivenOnceAndByAnAdministrator() {
    Space space = Space.fresh();
    JsonNode _ = space.made("{\"name\":\"first\",\"datasource\":\"orders\"}");
    refused(space.begin("{\"name\":\"first\",\"datasource\":\"orders\"}"), 409, EXISTS);

    String reader = space.token("reader", "DATASOURCES:READ:orders");
    for (String call : List.of("GET /v0/snapshots", "DELETE /v0/snapshots/first")) {
      String[] parts = call.split(" ");
      refused(Space.ask(reader, parts[0], parts[1], ""), 403, "forbidden");
    }
    refused(
        new Space(space.name(), reader).begin("{\"name\":\"y\",\"datasource\":\"orders\"}"),
        403,
        "forbidden");
  }

  @Test
  void whoMayReadADataSourceMayReadThoseRowsOfItsSnapshots() {
    Space space = Space.fresh();
    JsonNode _ = space.made("{\"name\":\"first\",\"datasource\":\"orders\"}");
    String all = space.token("all", "DATASOURCES:READ:orders");
    String some = space.token("some", "DATASOURCES:READ:orders:buyer = 'b'");
    String other = space.token("other", "DATASOURCES:READ:latest");
    String own = space.token("own", "DATASOURCES:READ:snapshots.first:price = 3");
    space.deployed(Map.of("orders.datasource", ORDERS, "counted.pipe", pipe("snapshots.first")));
    String endpoint = space.token("endpoint", "PIPES:READ:counted");

    assertThat(Space.value(all, prices("first"))).isEqualTo("1 2 3 4 5");
    assertThat(Space.value(some, prices("first"))).isEqualTo("4 5");
    assertThat(Space.value(own, prices("first"))).isEqualTo("3");
    refused(Space.sql(other, prices("first")), 403, "resource-not-allowed");
    refused(Space.sql(endpoint, prices("first")), 403, "resource-not-allowed");
    assertThat(
            done(Space.ask(endpoint, "GET", "/v0/pipes/counted.json", "")).at("/data/0/v").asInt())
        .isEqualTo(5);

    space.deployed(Map.of("latest.datasource", ORDERS.replace("MergeTree", "ReplacingMergeTree")));
    refused(Space.sql(all, prices("first")), 403, "resource-not-allowed");
    refused(Space.sql(some, prices("first")), 403, "resource-not-allowed");
    assertThat(Space.value(own, prices("first"))).isEqualTo("3");
    assertThat(space.value(prices("first"))).isEqualTo("1 2 3 4 5");
  }

  @Test
  void pipesReadSnapshots() {
    Space space = Space.fresh();
    Map<String, String> files = new LinkedHashMap<>(PROJECT);
    files.put("counted.pipe", pipe("snapshots.first"));
    String failed = space.deploy(files).body();
    assertThat(failed).contains("failed").contains("no snapshot of that name");

    JsonNode _ = space.made("{\"name\":\"first\",\"datasource\":\"orders\"}");
    space.deployed(files);
    space.add("orders", "a", 6);
    assertThat(done(space.ask("GET", "/v0/pipes/counted.json", "")).at("/data/0/v").asInt())
        .isEqualTo(5);
    HttpResponse<String> inUse = space.ask("DELETE", "/v0/snapshots/first", "");
    refused(inUse, 409, "snapshot-in-use");
    assertThat(inUse.body()).contains("counted");

    files.put(
        "view.pipe",
        "NODE n\nSQL >\n    SELECT buyer, price FROM snapshots.first\nTYPE materialized\nDATASOURCE"
            + " latest\n");
    assertThat(space.deploy(files).body()).contains("failed").contains("which is a snapshot");

    space.deployed(PROJECT);
    assertThat(space.ask("DELETE", "/v0/snapshots/first", "").statusCode()).isEqualTo(204);
  }

  @Test
  void aBranchReadsTheSnapshotsOfItsWorkspaceAndItsOwn() {
    Space space = Space.fresh();
    JsonNode _ = space.made("{\"name\":\"first\",\"datasource\":\"orders\"}");
    Map<String, String> files = new LinkedHashMap<>(PROJECT);
    files.put("counted.pipe", pipe("snapshots.first"));
    space.deployed(files);
    Space branch = space.branch("trial");

    assertThat(done(branch.ask("GET", "/v0/pipes/counted.json", "")).at("/data/0/v").asInt())
        .isEqualTo(5);
    assertThat(branch.value(prices("first"))).isEqualTo("1 2 3 4 5");
    assertThat(done(branch.ask("GET", "/v0/snapshots", "")).path("snapshots").isEmpty()).isTrue();
    refused(branch.ask("DELETE", "/v0/snapshots/first", ""), 404, "unknown-snapshot");
    String some = branch.token("some", "DATASOURCES:READ:orders:buyer = 'b'");
    assertThat(Space.value(some, prices("first"))).isEqualTo("4 5");

    branch.add("orders", "c", 7);
    JsonNode own = branch.made("{\"name\":\"first\",\"datasource\":\"orders\"}");
    assertThat(own.path("rows").asInt()).isEqualTo(1);
    assertThat(branch.value(prices("first"))).isEqualTo("7");
    assertThat(space.value(prices("first"))).isEqualTo("1 2 3 4 5");

    done(space.ask("DELETE", "/v0/environments/trial", ""));
    assertThat(space.value(prices("first"))).isEqualTo("1 2 3 4 5");
    String gone = done(space.ask("GET", "/v1/workspace", "")).path("id").asString();
    done(Space.ask(user, "DELETE", "/v1/workspaces/" + gone + "?hard_delete_confirmation=yes", ""));
  }

  /// Gives no row until it is closed, so that the one worker of jobs waits.
  private static final class SlowFile implements AutoCloseable {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final HttpServer files;

    SlowFile() throws IOException {
      files = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      files.createContext("/", this::answer);
      files.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
      asked.countDown();
      try {
        released.await();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
      exchange.sendResponseHeaders(204, -1);
      exchange.close();
    }

    void occupyWorker(Space space) throws InterruptedException {
      String url = "http%3A%2F%2F127.0.0.1%3A" + files.getAddress().getPort() + "%2Frows.ndjson";
      done(
          space.ask(
              "POST", "/v0/datasources?mode=append&format=ndjson&name=orders&url=" + url, ""));
      assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Override
    public void close() {
      released.countDown();
      files.stop(0);
    }
  }

  @Test
  void whatWaitsIsCancelledAndWhatIsReadStays() throws Exception {
    Space space = Space.fresh();
    Map<String, String> files = new LinkedHashMap<>(PROJECT);
    files.put(
        "visits.datasource",
        ORDERS.replace("`price` UInt32 `json:$.price`", AT).replace("KEY price", "KEY at"));
    files.put("buyers.pipe", BUYERS);
    space.deployed(files);
    JsonNode _ = space.made("{\"name\":\"kept\",\"datasource\":\"visits\"}");
    String set =
        "{\"name\":\"waiting\",\"features\":[\"buyers\"],\"time\":\"at\",%s}"
            .formatted("\"spine\":{\"datasource\":\"snapshots.kept\"}");
    try (SlowFile slow = new SlowFile()) {
      slow.occupyWorker(space);
      JsonNode removed = json(space.begin("{\"name\":\"one\",\"datasource\":\"orders\"}"));
      assertThat(removed.path("status").asString()).isEqualTo("waiting");
      refused(space.begin("{\"name\":\"one\",\"datasource\":\"orders\"}"), 409, EXISTS);
      refused(space.sql(prices("one")), 400, "unknown-table");
      assertThat(space.ask("DELETE", "/v0/snapshots/one", "").statusCode()).isEqualTo(204);

      String job =
          json(space.begin("{\"name\":\"one\",\"datasource\":\"orders\"}"))
              .path("job_id")
              .asString();
      done(space.ask("POST", "/v0/jobs/" + job + "/cancel", ""));
      refused(space.ask("GET", "/v0/snapshots/one", ""), 404, "unknown-snapshot");

      HttpResponse<String> begun =
          server.send(
              HttpRequest.newBuilder(server.uri("/v0/training_sets"))
                  .header("Authorization", "Bearer " + space.token())
                  .POST(BodyPublishers.ofString(set)));
      assertThat(begun.statusCode()).as(begun.body()).isEqualTo(202);
      refused(space.ask("DELETE", "/v0/snapshots/kept", ""), 409, "snapshot-in-use");
      assertThat(space.ask("DELETE", "/v0/training_sets/waiting", "").statusCode()).isEqualTo(204);
      assertThat(space.ask("DELETE", "/v0/snapshots/kept", "").statusCode()).isEqualTo(204);
    }
    JsonNode _ = space.made("{\"name\":\"one\",\"datasource\":\"orders\"}");
    assertThat(space.value(prices("one"))).isEqualTo("1 2 3 4 5");
  }

  @Test
  void messagesShowTheNameAlone() {
    Space space = Space.fresh();
    JsonNode _ = space.made("{\"name\":\"first\",\"datasource\":\"orders\"}");
    for (String sql :
        List.of(
            "SELECT prize FROM snapshots.first",
            "SELECT toUInt8(buyer) FROM snapshots.first",
            "SELECT __seq FROM snapshots.first",
            "SELECT 1 FROM snapshots.none")) {
      HttpResponse<String> answer = space.sql(sql);
      assertThat(answer.statusCode()).as(sql).isBetween(400, 499);
      assertThat(answer.body()).as(sql).doesNotContain("__snapshot").doesNotContain("w_");
    }
    assertThat(space.sql("SELECT * FROM snapshots.first").body()).doesNotContain("__seq");
    refused(Space.ask(user, "POST", "/v1/workspaces", "name=snapshots"), 400, "invalid-name");
  }
}
