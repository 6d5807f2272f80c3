// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.Answers.done;
import static kinglet.testkit.Answers.refused;
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
import java.util.concurrent.FutureTask;
import java.util.stream.StreamSupport;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// One workspace lets another read a data source, and nothing else.
///
/// Every test has workspaces of its own: an origin with `visits` and `secrets`, and a reader.
final class SharingIT {
  private static final String VISITS =
      """
      SCHEMA >
          `page` String `json:$.page`,
          `visitor` UInt64 `json:$.visitor`

      ENGINE MergeTree
      ENGINE_SORTING_KEY page
      """;
  private static final String TOP =
      "NODE pages\nSQL >\n    SELECT page, count() AS c FROM %s.visits GROUP BY page ORDER BY page\n"
          + "TYPE endpoint\n";
  private static final String REFUSED = "resource-in-use";

  @TempDir private static Path directory;

  private static TestServer server;
  private static String user;
  private static int number;

  @BeforeAll
  static void start() {
    server = TestServer.ready(directory);
    user = done(server.anonymous("GET", "/tokens", "")).path("user_token").asString();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /// A workspace and its administrator's token.
  private record Space(String id, String name, String token) {
    static Space named(String name) {
      JsonNode made = done(form(user, "POST", "/v1/workspaces", "name=" + name));
      return new Space(made.path("id").asString(), name, made.path("token").asString());
    }

    HttpResponse<String> get(String path) {
      return ask("GET", path, "");
    }

    HttpResponse<String> ask(String method, String path, String body) {
      return form(token, method, path, body);
    }

    HttpResponse<String> sql(String sql) {
      return sql(token, sql);
    }

    static HttpResponse<String> sql(String token, String sql) {
      return form(token, "POST", "/v0/sql", "q=" + encoded(sql + " FORMAT JSON"));
    }

    long number(String sql) {
      return done(sql("SELECT (" + sql + ") AS n")).path("data").path(0).path("n").asLong();
    }

    HttpResponse<String> deploy(Map<String, String> files) {
      return server.project("/v1/deploy?allow_destructive_operations=true", files, token);
    }

    void deployed(Map<String, String> files) {
      JsonNode answer = done(deploy(files));
      assertThat(answer.path("result").asString()).as("%s", answer).isNotEqualTo("failed");
    }

    String refusal(Map<String, String> files) {
      HttpResponse<String> answer = deploy(files);
      assertThat(TestServer.json(answer).path("result").asString())
          .as(answer.body())
          .isEqualTo("failed");
      return TestServer.json(answer).toString();
    }

    void add(String rows) {
      done(
          server.send(
              HttpRequest.newBuilder(server.uri("/v0/events?name=visits&wait=true"))
                  .header("Authorization", "Bearer " + token)
                  .POST(BodyPublishers.ofString(rows))));
    }
  }

  private record Pair(Space origin, Space reader) {
    Map<String, String> project() {
      Map<String, String> files = new LinkedHashMap<>();
      files.put("visits.datasource", VISITS + "SHARED_WITH " + reader.name() + "\n");
      files.put("secrets.datasource", VISITS);
      return files;
    }

    Map<String, String> project(String file, String text) {
      Map<String, String> files = project();
      files.put(file, text);
      return files;
    }

    String top() {
      return TOP.formatted(origin.name());
    }
  }

  private static HttpResponse<String> form(String token, String method, String path, String body) {
    return server.send(
        HttpRequest.newBuilder(server.uri(path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .method(method, BodyPublishers.ofString(body)));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /// Two new workspaces, the first with three visits that the second may read.
  private static Pair pair() {
    number++;
    Pair pair = new Pair(Space.named("origin" + number), Space.named("reader" + number));
    pair.origin().deployed(pair.project());
    pair.origin()
        .add(
            """
            {"page": "a", "visitor": 1}
            {"page": "a", "visitor": 2}
            {"page": "b", "visitor": 1}
            """);
    return pair;
  }

  @Test
  void anotherWorkspaceReadsWhatIsSharedWithIt() {
    Pair pair = pair();
    Space reader = pair.reader();
    String visits = pair.origin().name() + ".visits";

    assertThat(reader.number("SELECT count() FROM " + visits)).isEqualTo(3);
    reader.deployed(Map.of("top.pipe", pair.top()));
    pair.origin().add("{\"page\": \"b\", \"visitor\": 9}");
    JsonNode rows = done(reader.get("/v0/pipes/top.json")).path("data");
    assertThat(rows.toString()).isEqualTo("[{\"page\":\"a\",\"c\":2},{\"page\":\"b\",\"c\":2}]");
    JsonNode over =
        done(reader.get("/v0/pipes/top.json?q=" + encoded("SELECT sum(c) AS s FROM _")));
    assertThat(over.path("data").path(0).path("s").asLong()).isEqualTo(4);
  }

  @Test
  void listsSayWhoSharesWhatWithWhom() {
    Pair pair = pair();
    pair.reader().deployed(Map.of("top.pipe", pair.top()));
    JsonNode given = named(pair.origin().get("/v0/datasources"), "visits");
    assertThat(given.path("shared_with").toString()).isEqualTo("[\"" + pair.reader().id() + "\"]");
    assertThat(given.has("shared_from")).isFalse();

    String name = pair.origin().name() + ".visits";
    JsonNode taken = named(pair.reader().get("/v0/datasources"), name);
    assertThat(taken.path("shared_from").asString()).isEqualTo(pair.origin().id());
    assertThat(taken.path("shared_with").isEmpty()).isTrue();
    assertThat(taken.path("id").asString()).isEqualTo(given.path("id").asString());
    assertThat(taken.path("statistics").path("row_count").asLong()).isEqualTo(3);
    assertThat(taken.path("used_by").path(0).path("name").asString()).isEqualTo("top");
    assertThat(taken.path("columns").size()).isEqualTo(2);

    JsonNode one = done(pair.reader().get("/v0/datasources/" + name));
    assertThat(one.path("shared_from").asString()).isEqualTo(pair.origin().id());
    assertThat(one.path("schema").path("sql_schema").asString())
        .isEqualTo("`page` String, `visitor` UInt64");
    String file = pair.reader().get("/v0/datasources/" + name + ".datasource").body();
    assertThat(file).contains("`visitor` UInt64").doesNotContain("SHARED_WITH", "TOKEN");
    assertThat(done(pair.reader().get("/v0/pipes/top")).toString()).contains("\"" + name + "\"");
    assertThat(done(pair.reader().get("/v0/dependencies?pipe=top")).toString()).contains(name);
  }

  private static JsonNode named(HttpResponse<String> list, String name) {
    return StreamSupport.stream(done(list).path("datasources").spliterator(), false)
        .filter(one -> one.path("name").asString().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /// A name with dots and dashes, and names that mean something elsewhere.
  @Test
  void anyNameOfAWorkspaceCanBeRead() {
    number++;
    for (String name : List.of("my-web.site" + number, "default", "select")) {
      Pair pair = new Pair(Space.named(name), Space.named("reads_" + name));
      pair.origin().deployed(pair.project());
      pair.origin().add("{\"page\": \"a\", \"visitor\": 1}");
      String visits = "`" + name + "`.visits";
      assertThat(pair.reader().number("SELECT count() FROM " + visits)).as(name).isEqualTo(1);
      assertThat(pair.reader().sql("SELECT * FROM `" + name + "`.tables").statusCode())
          .isEqualTo(400);
      pair.reader()
          .deployed(Map.of("p.pipe", plain("SELECT page FROM " + visits) + "TYPE endpoint\n"));
      assertThat(done(pair.reader().get("/v0/pipes/p.json")).path("rows").asInt()).isEqualTo(1);
      assertThat(done(pair.reader().get("/v0/datasources/" + name + ".visits")).path("name"))
          .hasToString("\"" + name + ".visits\"");
    }
  }

  @Test
  void whatAClientPulledIsDeployedAgain() {
    Pair pair = pair();
    pair.reader().deployed(Map.of("own.datasource", VISITS, "top.pipe", pair.top()));
    Map<String, String> pulled = new LinkedHashMap<>();
    for (JsonNode source : done(pair.reader().get("/v0/datasources")).path("datasources")) {
      String file = source.path("name").asString() + ".datasource";
      pulled.put(file, pair.reader().get("/v0/datasources/" + file).body());
    }
    pulled.put("top.pipe", pair.reader().get("/v0/pipes/top.pipe").body());
    assertThat(pulled).hasSize(3);
    assertThat(TestServer.json(pair.reader().deploy(pulled)).path("result").asString())
        .isEqualTo("no_changes");
    pulled.put("nobody.visits.datasource", VISITS);
    assertThat(pair.reader().refusal(pulled)).contains("nobody.visits");
  }

  @Test
  void nothingElseOfTheOriginCanBeRead() {
    Pair pair = pair();
    Space stranger = Space.named("stranger" + number);
    String origin = pair.origin().name();
    List<String> hidden =
        List.of(
            origin + ".secrets",
            origin + ".visits_quarantine",
            "`" + origin + "`.`secrets`",
            "secrets",
            "visits",
            origin + ".visits.page");
    for (String name : hidden) {
      HttpResponse<String> answer = pair.reader().sql("SELECT * FROM " + name);
      assertThat(answer.statusCode()).as(name + answer.body()).isEqualTo(400);
      assertThat(pair.reader().deploy(Map.of("p.pipe", plain("SELECT * FROM " + name))).body())
          .as(name)
          .contains("\"failed\"");
    }
    for (String sql :
        List.of(
            "SELECT * FROM " + origin + ".visits",
            "SELECT 1 WHERE 1 IN " + origin + ".visits",
            "SELECT * FROM merge('" + origin + "', 'visits')",
            "SELECT joinGet('" + origin + ".visits', 'page', 'a')",
            "WITH x AS (SELECT * FROM " + origin + ".visits) SELECT * FROM x")) {
      assertThat(stranger.sql(sql).statusCode()).as(sql).isEqualTo(400);
    }
    // What is refused sounds the same as for a workspace that is not there.
    assertThat(stranger.sql("SELECT * FROM " + origin + ".visits").body().replace(origin, "nobody"))
        .isEqualToIgnoringWhitespace(stranger.sql("SELECT * FROM nobody.visits").body());
    assertThat(stranger.get("/v0/datasources/" + origin + ".visits").statusCode()).isEqualTo(404);
    assertThat(done(stranger.get("/v0/datasources")).path("datasources").isEmpty()).isTrue();
    // The origin reads nothing of the reader, and sharing is not handed on.
    pair.reader().deployed(Map.of("own.datasource", VISITS));
    assertThat(pair.origin().sql("SELECT * FROM " + pair.reader().name() + ".own").statusCode())
        .isEqualTo(400);
    assertThat(
            pair.reader()
                .ask(
                    "POST",
                    "/v0/datasources/" + origin + ".visits/share",
                    "origin_workspace_id="
                        + pair.origin().id()
                        + "&destination_workspace_id="
                        + stranger.id())
                .statusCode())
        .isEqualTo(403);
  }

  @Test
  void messagesAndPlansNameTheWorkspaceAndNoDatabase() {
    Pair pair = pair();
    String visits = pair.origin().name() + ".visits";
    HttpResponse<String> wrong = pair.reader().sql("SELECT no_column FROM " + visits);
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(wrong.body()).doesNotContainPattern("w_[0-9a-f]{16}").contains("no_column");
    pair.reader().deployed(Map.of("top.pipe", pair.top()));
    assertThat(pair.reader().get("/v0/pipes/top/explain").body())
        .doesNotContainPattern("w_[0-9a-f]{16}")
        .contains(pair.origin().name());
  }

  @Test
  void hereItCanOnlyBeRead() {
    Pair pair = pair();
    String visits = pair.origin().name() + ".visits";
    for (String[] call :
        new String[][] {
          {"POST", "/v0/events?name=" + visits},
          {"POST", "/v0/datasources?mode=append&format=csv&name=" + visits},
          {"POST", "/v0/datasources/" + visits + "/truncate"},
          {"POST", "/v0/datasources/" + visits + "/delete?delete_condition=1"},
          {"POST", "/v0/datasources/" + visits + "/alter?description=x"},
          {"PUT", "/v0/datasources/" + visits + "?name=mine"},
          {"DELETE", "/v0/datasources/" + visits},
          {"POST", "/v0/sql_copy?copy_to=" + visits + "&q=SELECT%201"},
        }) {
      HttpResponse<String> answer =
          server.send(
              HttpRequest.newBuilder(server.uri(call[1]))
                  .header("Authorization", "Bearer " + pair.reader().token())
                  .method(call[0], BodyPublishers.ofString("{\"page\": \"x\", \"visitor\": 1}")));
      refused(answer, 403, "shared-read-only");
    }
    assertThat(pair.origin().number("SELECT count() FROM visits")).isEqualTo(3);
  }

  @Test
  void tokensAndFiltersHoldForWhatIsShared() {
    Pair pair = pair();
    Space reader = pair.reader();
    String visits = pair.origin().name() + ".visits";
    reader.deployed(Map.of("own.datasource", VISITS, "top.pipe", pair.top()));
    String filtered = token(reader, "DATASOURCES:READ:" + visits + ":page = 'a'");
    String own = token(reader, "DATASOURCES:READ:own");
    String pipe = token(reader, "PIPES:READ:top");

    assertThat(done(Space.sql(filtered, "SELECT count() AS c FROM " + visits)).toString())
        .contains("\"c\":2");
    assertThat(done(form(filtered, "GET", "/v0/datasources", "")).path("datasources").size())
        .isEqualTo(1);
    refused(Space.sql(own, "SELECT * FROM " + visits), 403, "resource-not-allowed");
    assertThat(done(form(own, "GET", "/v0/datasources", "")).toString()).doesNotContain(visits);
    assertThat(form(own, "GET", "/v0/datasources/" + visits, "").statusCode()).isIn(403, 404);
    String jwt =
        TestServer.json(
                server.send(
                    HttpRequest.newBuilder(
                            server.uri("/v0/tokens/?name=app&expiration_time=4000000000"))
                        .header("Authorization", "Bearer " + reader.token())
                        .header("Content-Type", "application/json")
                        .POST(
                            BodyPublishers.ofString(
                                "{\"scopes\":[{\"type\":\"DATASOURCES:READ\",\"resource\":\""
                                    + visits
                                    + "\",\"filter\":\"visitor = 1\"}]}"))))
            .path("token")
            .asString();
    assertThat(done(Space.sql(jwt, "SELECT count() AS c FROM " + visits)).toString())
        .contains("\"c\":2");
    refused(
        Space.sql(jwt, "SELECT count() FROM " + visits + " AS v, own"),
        403,
        "resource-not-allowed");
    // A pipe's own SQL reads what its workspace may read.
    assertThat(done(form(pipe, "GET", "/v0/pipes/top.json", "")).path("rows").asInt()).isEqualTo(2);
    refused(Space.sql(pipe, "SELECT * FROM " + visits), 403, "resource-not-allowed");
  }

  private static String token(Space space, String scope) {
    return done(space.ask(
            "POST", "/v0/tokens", "name=" + encoded("for " + scope) + "&scope=" + encoded(scope)))
        .path("token")
        .asString();
  }

  @Test
  void copiesAndJoinsOfViewsReadItButNoViewFollowsIt() {
    Pair pair = pair();
    Space reader = pair.reader();
    String visits = pair.origin().name() + ".visits";
    String follows =
        "NODE n\nSQL >\n    SELECT page, visitor FROM "
            + visits
            + "\nTYPE materialized\nDATASOURCE own\n";
    assertThat(reader.refusal(Map.of("own.datasource", VISITS, "v.pipe", follows)))
        .contains("cannot follow the rows of '" + visits + "'");

    Map<String, String> files = new LinkedHashMap<>();
    files.put("own.datasource", VISITS);
    files.put("clicks.datasource", VISITS);
    files.put("known.datasource", VISITS);
    files.put(
        "c.pipe",
        "NODE n\nSQL >\n    SELECT page, visitor FROM "
            + visits
            + "\nTYPE copy\nTARGET_DATASOURCE own\n");
    files.put(
        "joined.pipe",
        "NODE n\nSQL >\n    SELECT page, visitor FROM clicks WHERE visitor IN (SELECT visitor FROM "
            + visits
            + ")\nTYPE materialized\nDATASOURCE known\n");
    reader.deployed(files);
    JsonNode job = done(reader.ask("POST", "/v0/pipes/c/copy", "")).path("job");
    ended(reader, job.path("job_id").asString());
    assertThat(reader.number("SELECT count() FROM own")).isEqualTo(3);
    done(
        server.send(
            HttpRequest.newBuilder(server.uri("/v0/events?name=clicks&wait=true"))
                .header("Authorization", "Bearer " + reader.token())
                .POST(
                    BodyPublishers.ofString(
                        "{\"page\": \"x\", \"visitor\": 1}\n{\"page\": \"y\", \"visitor\": 77}\n"))));
    assertThat(reader.number("SELECT count() FROM known")).isEqualTo(1);

    // The table that the view reads must stay; one that is altered in place does.
    String sorted = VISITS.replace("ENGINE_SORTING_KEY page", "ENGINE_SORTING_KEY visitor");
    assertThat(
            pair.origin()
                .refusal(
                    pair.project("visits.datasource", sorted + "SHARED_WITH " + reader.name())))
        .contains("would get a new table", "joined");
    String more =
        VISITS.replace("`page`", "`extra` String DEFAULT 'e' `json:$.extra`,\n    `page`");
    pair.origin()
        .deployed(pair.project("visits.datasource", more + "SHARED_WITH " + reader.name()));
    assertThat(reader.number("SELECT count() FROM " + visits + " WHERE extra = 'e'")).isEqualTo(3);
  }

  @Test
  void aCopyWritesIntoAnotherWorkspaceByAToken() {
    Pair pair = pair();
    Space to = pair.reader();
    to.deployed(Map.of("own.datasource", VISITS, "closed.datasource", VISITS));
    String append = token(to, "DATASOURCES:APPEND:own");
    pair.origin()
        .deployed(
            pair.project("c.pipe", plain("SELECT page, visitor FROM visits WHERE visitor = 1")));
    String copy = "/v0/pipes/c/nodes/n/copy";
    String target = "target_datasource=own&target_workspace=" + to.name();
    refused(pair.origin().ask("POST", copy, target), 400, "invalid-request");
    refused(
        pair.origin().ask("POST", copy, target + "&target_token=" + pair.origin().token()),
        403,
        "forbidden");
    refused(pair.origin().ask("POST", copy, target + "&target_token=x"), 403, "forbidden");
    refused(
        pair.origin()
            .ask("POST", copy, target.replace("own", "closed") + "&target_token=" + append),
        403,
        "forbidden");
    refused(
        form(
            token(pair.origin(), "PIPES:CREATE"), "POST", copy, target + "&target_token=" + append),
        403,
        "forbidden");
    JsonNode made = done(pair.origin().ask("POST", copy, target + "&target_token=" + append));
    assertThat(made.path("copy_target_workspace").asString()).isEqualTo(to.id());
    assertThat(made.path("copy_target_datasource").asString()).isEqualTo("own");
    assertThat(made.toString()).doesNotContain(append);

    JsonNode run = done(pair.origin().ask("POST", "/v0/pipes/c/copy", ""));
    assertThat(run.path("tags").path("copy_target_workspace").asString()).isEqualTo(to.id());
    ended(pair.origin(), run.path("job").path("job_id").asString());
    assertThat(to.number("SELECT count() FROM own")).isEqualTo(2);
    // By a scope that appends alone nothing is replaced.
    refused(pair.origin().ask("POST", "/v0/pipes/c/copy", "_mode=replace"), 403, "forbidden");
    assertThat(branch(pair.origin()).ask("POST", "/v0/pipes/c/copy", "").statusCode())
        .isEqualTo(403);

    // The files say the same, and a token that is taken back is no token.
    String file = pair.origin().get("/v0/pipes/c.pipe").body();
    assertThat(file).contains("TARGET_WORKSPACE", "tb_secret('c_TARGET_TOKEN')");
    pair.origin().deployed(pair.project("c.pipe", file));
    assertThat(pair.origin().refusal(pair.project("c.pipe", file.replace("c_TARGET", "no_TARGET"))))
        .contains("the secret 'no_TARGET_TOKEN' does not exist");
    done(to.ask("DELETE", "/v0/tokens/" + append, ""));
    refused(pair.origin().ask("POST", "/v0/pipes/c/copy", ""), 403, "forbidden");
    assertThat(to.number("SELECT count() FROM own")).isEqualTo(2);
    done(pair.origin().ask("DELETE", copy, ""));
    assertThat(done(pair.origin().get("/v0/variables")).toString()).doesNotContain("TARGET_TOKEN");
  }

  private static void ended(Space space, String job) {
    for (int i = 0; i < 10_000; i++) {
      JsonNode found = done(space.get("/v0/jobs/" + job));
      switch (found.path("status").asString()) {
        case "done" -> {
          return;
        }
        case "error", "cancelled" -> throw new AssertionError(found.toString());
        default -> {}
      }
    }
    throw new AssertionError("the job does not end");
  }

  @Test
  void noFeatureViewFollowsIt() {
    Pair pair = pair();
    String view =
        "NODE f\nSQL >\n    SELECT visitor, count() AS visits FROM "
            + pair.origin().name()
            + ".visits GROUP BY visitor\nTYPE features\nENTITY visitor\nEVENT_TIME at\n";
    assertThat(pair.reader().refusal(Map.of("own.datasource", VISITS, "f.pipe", view)))
        .contains(pair.origin().name() + ".visits")
        .doesNotContainPattern("w_[0-9a-f]{16}");
  }

  @Test
  void aNewTableOfTheOriginIsReadAtOnce() {
    Pair pair = pair();
    pair.reader().deployed(Map.of("top.pipe", pair.top()));
    String before = done(pair.reader().get("/v0/pipes/top.json")).path("data").toString();
    String sorted = VISITS.replace("ENGINE_SORTING_KEY page", "ENGINE_SORTING_KEY visitor");
    pair.origin()
        .deployed(
            pair.project("visits.datasource", sorted + "SHARED_WITH " + pair.reader().name()));
    pair.origin().add("{\"page\": \"c\", \"visitor\": 5}");
    assertThat(before).doesNotContain("\"c\",");
    assertThat(done(pair.reader().get("/v0/pipes/top.json")).path("data").size()).isEqualTo(3);
  }

  @Test
  void aChangeThatWouldBreakReadersIsRefused() {
    Pair pair = pair();
    pair.reader().deployed(Map.of("top.pipe", pair.top()));
    String less =
        VISITS
            .replace("`page` String `json:$.page`,\n    ", "")
            .replace("ENGINE_SORTING_KEY page", "ENGINE_SORTING_KEY visitor");
    assertThat(
            pair.origin()
                .refusal(
                    pair.project(
                        "visits.datasource", less + "SHARED_WITH " + pair.reader().name())))
        .contains("its pipe 'top' would fail", "page")
        .doesNotContainPattern("w_[0-9a-f]{16}");
    assertThat(pair.origin().refusal(pair.project("visits.datasource", VISITS)))
        .contains("must stay shared", "'" + pair.reader().name() + "'", "top");
    assertThat(pair.origin().refusal(Map.of("secrets.datasource", VISITS)))
        .contains("must stay shared");
    refused(pair.origin().ask("DELETE", "/v0/datasources/visits?force=true", ""), 409, REFUSED);
    refused(pair.origin().ask("PUT", "/v0/datasources/visits?name=other", ""), 409, REFUSED);
    refused(
        form(user, "DELETE", "/v0/datasources/visits/share", ids(pair.origin(), pair.reader())),
        409,
        REFUSED);
    refused(
        form(
            user,
            "DELETE",
            "/v1/workspaces/" + pair.origin().id() + "?hard_delete_confirmation=yes",
            ""),
        409,
        REFUSED);
    refused(
        form(user, "PUT", "/v1/workspaces/" + pair.origin().id(), "name=x" + number), 409, REFUSED);
    refused(
        form(user, "PUT", "/v1/workspaces/" + pair.reader().id(), "name=x" + number), 409, REFUSED);
    assertThat(done(pair.reader().get("/v0/pipes/top.json")).path("rows").asInt()).isEqualTo(2);

    pair.reader().deployed(Map.of("own.datasource", VISITS));
    pair.origin().deployed(pair.project("visits.datasource", VISITS));
    assertThat(pair.reader().sql("SELECT * FROM " + pair.origin().name() + ".visits").statusCode())
        .isEqualTo(400);
    assertThat(done(pair.reader().get("/v0/datasources")).path("datasources").size()).isEqualTo(1);
  }

  private static String ids(Space origin, Space destination) {
    return "origin_workspace_id=" + origin.id() + "&destination_workspace_id=" + destination.id();
  }

  @Test
  void callsShareAndUnshare() {
    Pair pair = pair();
    Space third = Space.named("third" + number);
    String path = "/v0/datasources/visits/share";
    refused(pair.origin().ask("POST", path, ids(pair.origin(), third)), 403, "forbidden");
    JsonNode shared = done(form(user, "POST", path, ids(pair.origin(), third)));
    assertThat(shared.path("datasource").path("shared_with").size()).isEqualTo(2);
    assertThat(done(form(user, "POST", path, ids(pair.origin(), third)))).isEqualTo(shared);
    assertThat(third.number("SELECT count() FROM " + pair.origin().name() + ".visits"))
        .isEqualTo(3);
    String file = pair.origin().get("/v0/datasources/visits.datasource").body();
    assertThat(file).contains("SHARED_WITH >", pair.reader().name(), third.name());

    JsonNode ended = done(form(user, "DELETE", path, ids(pair.origin(), third)));
    assertThat(ended.path("datasource").path("shared_with").size()).isEqualTo(1);
    assertThat(third.sql("SELECT * FROM " + pair.origin().name() + ".visits").statusCode())
        .isEqualTo(400);
    refused(form(user, "DELETE", path, ids(pair.origin(), third)), 400, "invalid-request");
    refused(form(user, "POST", path, ids(pair.origin(), pair.origin())), 400, "change-refused");
    refused(form(user, "POST", path, "origin_workspace_id=" + third.id()), 400, "invalid-request");
    assertThat(
            form(user, "POST", path, "origin_workspace_id=x&destination_workspace_id=y")
                .statusCode())
        .isEqualTo(404);
  }

  @Test
  void aWorkspaceThatTakesANameGetsNothingByIt() {
    Pair pair = pair();
    String name = pair.reader().name();
    done(
        form(
            user,
            "DELETE",
            "/v1/workspaces/" + pair.reader().id() + "?hard_delete_confirmation=yes",
            ""));
    Space taker = Space.named(name);
    assertThat(taker.sql("SELECT * FROM " + pair.origin().name() + ".visits").statusCode())
        .isEqualTo(400);
    // The next deployment of the origin means the workspace that has the name by then.
    pair.origin().deployed(pair.project("more.datasource", VISITS));
    assertThat(taker.number("SELECT count() FROM " + pair.origin().name() + ".visits"))
        .isEqualTo(3);
  }

  @Test
  void aWorkspaceThatIsNotThereIsAWarning() {
    Space origin = Space.named("alone" + ++number);
    JsonNode answer =
        done(
            origin.deploy(
                Map.of("visits.datasource", VISITS + "SHARED_WITH later" + number + "\n")));
    assertThat(answer.toString()).contains("'later" + number + "' does not exist");
    Space later = Space.named("later" + number);
    assertThat(later.sql("SELECT * FROM " + origin.name() + ".visits").statusCode()).isEqualTo(400);
    JsonNode again =
        done(
            origin.deploy(
                Map.of("visits.datasource", VISITS + "SHARED_WITH later" + number + "\n")));
    assertThat(again.path("result").asString()).isEqualTo("success");
    assertThat(later.number("SELECT count() FROM " + origin.name() + ".visits")).isZero();
  }

  @Test
  void branchesReadWhatTheirWorkspaceMayReadAndShareNothing() {
    Pair pair = pair();
    Space branch = branch(pair.reader());
    assertThat(branch.number("SELECT count() FROM " + pair.origin().name() + ".visits"))
        .isEqualTo(3);
    branch.deployed(Map.of("top.pipe", pair.top()));
    assertThat(done(branch.get("/v0/pipes/top.json")).path("rows").asInt()).isEqualTo(2);
    refused(
        form(user, "DELETE", "/v0/datasources/visits/share", ids(pair.origin(), pair.reader())),
        409,
        REFUSED);

    Space other = branch(pair.origin());
    other.add("{\"page\": \"branch\", \"visitor\": 1}");
    assertThat(named(other.get("/v0/datasources"), "visits").path("shared_with").isEmpty())
        .isTrue();
    assertThat(pair.reader().sql("SELECT * FROM b" + number + ".visits").statusCode())
        .isEqualTo(400);
    assertThat(pair.reader().number("SELECT count() FROM " + pair.origin().name() + ".visits"))
        .isEqualTo(3);
  }

  private static Space branch(Space main) {
    String name = "b" + number;
    JsonNode made = done(main.ask("POST", "/v1/environments?name=" + name, ""));
    ended(main, made.path("job").path("id").asString());
    JsonNode found = done(main.get("/v0/environments/" + name + "?with_token=true"));
    return new Space(found.path("id").asString(), name, found.path("token").asString());
  }

  @Test
  void stagingThatReadsItKeepsItShared() {
    Pair pair = pair();
    JsonNode staged =
        done(
            server.project(
                "/v1/deploy?auto_promote=false",
                Map.of("top.pipe", pair.top()),
                pair.reader().token()));
    assertThat(pair.origin().refusal(pair.project("visits.datasource", VISITS)))
        .contains("must stay shared");
    String id = staged.path("deployment").path("id").asString();
    done(pair.reader().ask("POST", "/v1/deployments/" + id + "/set-live", ""));
    assertThat(done(pair.reader().get("/v0/pipes/top.json")).path("rows").asInt()).isEqualTo(2);
  }

  @Test
  void anUnsharingThatWaitsIsRefusedWhenPipesReadItMeanwhile() {
    Pair pair = pair();
    JsonNode staged =
        done(
            server.project(
                "/v1/deploy?auto_promote=false",
                pair.project("visits.datasource", VISITS),
                pair.origin().token()));
    pair.reader().deployed(Map.of("top.pipe", pair.top()));
    String id = staged.path("deployment").path("id").asString();
    refused(pair.origin().ask("POST", "/v1/deployments/" + id + "/set-live", ""), 409, REFUSED);
    assertThat(done(pair.reader().get("/v0/pipes/top.json")).path("rows").asInt()).isEqualTo(2);
  }

  /// Whoever is first wins; a live pipe whose data source is not shared any more there never is.
  @Test
  void unsharingAndReadingAtOnceLeavesNoBrokenPipe() throws Exception {
    Pair pair = pair();
    for (int round = 0; round < 6; round++) {
      FutureTask<HttpResponse<String>> unsharing =
          new FutureTask<>(() -> pair.origin().deploy(pair.project("visits.datasource", VISITS)));
      Thread thread = Thread.ofVirtual().start(unsharing);
      HttpResponse<String> reading = pair.reader().deploy(Map.of("top.pipe", pair.top()));
      thread.join();
      boolean reads = TestServer.json(reading).path("result").asString().equals("success");
      boolean unshared =
          TestServer.json(unsharing.get()).path("result").asString().equals("success");
      assertThat(reads).as(reading.body() + unsharing.get().body()).isNotEqualTo(unshared);
      if (reads) {
        assertThat(done(pair.reader().get("/v0/pipes/top.json")).path("rows").asInt()).isEqualTo(2);
      }
      pair.reader().deployed(Map.of());
      pair.origin().deployed(pair.project());
    }
  }

  @Test
  void aStagingThatWouldUnshareOutlivesARestart() {
    Pair pair = pair();
    JsonNode staged =
        done(
            server.project(
                "/v1/deploy?auto_promote=false",
                pair.project("visits.datasource", VISITS),
                pair.origin().token()));
    pair.reader().deployed(Map.of("top.pipe", pair.top()));
    server.close();
    server = TestServer.ready(directory);
    assertThat(done(pair.reader().get("/v0/pipes/top.json")).path("rows").asInt()).isEqualTo(2);
    String id = staged.path("deployment").path("id").asString();
    refused(pair.origin().ask("POST", "/v1/deployments/" + id + "/set-live", ""), 409, REFUSED);
    pair.reader().deployed(Map.of());
    assertThat(pair.origin().ask("POST", "/v1/deployments/" + id + "/set-live", "").statusCode())
        .isEqualTo(200);
  }

  @Test
  void sharesAreThereAfterARestart() {
    Pair pair = pair();
    pair.reader().deployed(Map.of("top.pipe", pair.top()));
    server.close();
    server = TestServer.ready(directory);
    assertThat(done(pair.reader().get("/v0/pipes/top.json")).path("rows").asInt()).isEqualTo(2);
    assertThat(pair.origin().refusal(pair.project("visits.datasource", VISITS)))
        .contains("must stay shared");
    assertThat(pair.reader().sql("SELECT * FROM " + pair.origin().name() + ".secrets").statusCode())
        .isEqualTo(400);
  }

  private static String plain(String sql) {
    return "NODE n\nSQL >\n    " + sql + "\n";
  }
}
