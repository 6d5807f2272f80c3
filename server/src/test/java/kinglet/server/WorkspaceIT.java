// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.TestServer.FORM;
import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import kinglet.catalog.Catalog;
import kinglet.catalog.Workspace;
import kinglet.database.Database;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Several workspaces on one server: made and removed as clients do it, and kept apart.
final class WorkspaceIT {
  private static final Map<String, String> PROJECT =
      Map.of(
          "datasources/events.datasource",
          "TOKEN \"feeder\" APPEND\n\nSCHEMA >\n    `n` Int32 `json:$.n`\n\n"
              + "ENGINE MergeTree\nENGINE_SORTING_KEY n\n",
          "pipes/total.pipe",
          "NODE n\nSQL >\n    SELECT sum(n) AS s FROM events\n\nTYPE ENDPOINT\n");

  @TempDir static Path directory;
  private static TestServer server;
  private static String user;

  @BeforeAll
  static void start() {
    server = TestServer.ready(directory);
    user = userToken();
    deploy(server.adminToken());
    append(server.adminToken(), "{\"n\":7}");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String userToken() {
    JsonNode tokens = json(server.send(HttpRequest.newBuilder(server.uri("/tokens")).GET()));
    assertThat(tokens.path("workspace_admin_token").asString("")).isEqualTo(server.adminToken());
    return tokens.path("user_token").asString("");
  }

  private static HttpResponse<String> call(String token, String method, String path) {
    return call(token, method, path, "");
  }

  private static HttpResponse<String> call(String token, String method, String path, String form) {
    return server.send(
        HttpRequest.newBuilder(server.uri(path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", FORM)
            .method(method, BodyPublishers.ofString(form)));
  }

  private static void deploy(String token) {
    HttpResponse<String> deployed = server.project("/v1/deploy", PROJECT, token);
    assertThat(json(deployed).path("result").asString("")).as(deployed.body()).isEqualTo("success");
  }

  private static void append(String token, String row) {
    HttpResponse<String> answer = call(token, "POST", "/v0/events?name=events&wait=true", row);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private static String total(String token) {
    return json(call(token, "GET", "/v0/pipes/total.json")).path("data").toString();
  }

  private static JsonNode create(String name) {
    HttpResponse<String> made = call(user, "POST", "/v1/workspaces", "name=" + name);
    assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
    return json(made);
  }

  private static List<String> names(String token, String query) {
    List<String> names = new ArrayList<>();
    json(call(token, "GET", "/v1/user/workspaces?" + query))
        .path("workspaces")
        .forEach(one -> names.add(one.path("name").asString("")));
    return names;
  }

  private static HttpResponse<String> remove(String id) {
    return call(user, "DELETE", "/v1/workspaces/" + id + "?hard_delete_confirmation=yes");
  }

  /// What `tinybird dev` does on a machine of its own: list, create, list, use, delete, list.
  @Test
  void aWorkspaceForEachBranchAsTheSdkMakesThem() {
    assertThat(names(user, "with_organization=true&token=" + user)).contains("main");
    JsonNode made = create("feature_one");
    String token = made.path("token").asString("");
    JsonNode listed = json(call(user, "GET", "/v1/user/workspaces?with_organization=true"));
    assertThat(listed.path("workspaces").toString()).contains(token, "feature_one");
    assertThat(listed.path("organization_id").isNull()).isTrue();
    JsonNode own = json(call(token, "GET", "/v1/workspace"));
    assertThat(own.path("id").asString("")).isEqualTo(made.path("id").asString(""));
    deploy(token);
    append(token, "{\"n\":1}\n{\"n\":2}");
    assertThat(total(token)).isEqualTo("[{\"s\":3}]");
    assertThat(total(server.adminToken())).isEqualTo("[{\"s\":7}]");
    String again = remove(made.path("id").asString("")).body();
    assertThat(again).isEqualTo("{\"ok\":true}");
    assertThat(names(user, "")).doesNotContain("feature_one");
    HttpResponse<String> gone = call(token, "GET", "/v0/pipes/total.json");
    assertThat(gone.statusCode()).isEqualTo(403);
    assertThat(create("feature_one").path("id").asString(""))
        .isNotEqualTo(made.path("id").asString(""));
    assertThat(remove("feature_one").statusCode()).isEqualTo(200);
  }

  @Test
  void removingAWorkspaceDropsItsRows() {
    JsonNode made = create("short_lived");
    String token = made.path("token").asString("");
    deploy(token);
    append(token, "{\"n\":1}");
    String path = "/v1/workspaces/short_lived";
    long databases = databases();
    assertThat(call(user, "DELETE", path).body()).contains("confirm it with confirmation=");
    assertThat(call(user, "DELETE", path, "confirmation=other").statusCode()).isEqualTo(400);
    assertThat(call(token, "DELETE", path + "?hard_delete_confirmation=yes").statusCode())
        .isEqualTo(403);
    assertThat(total(token)).isEqualTo("[{\"s\":1}]");
    assertThat(call(user, "DELETE", path, "confirmation=short_lived").statusCode()).isEqualTo(200);
    assertThat(databases()).isEqualTo(databases - 1);
    assertThat(call(user, "GET", path).statusCode()).isEqualTo(404);
    assertThat(remove("short_lived").statusCode()).isEqualTo(404);
  }

  private static long databases() {
    String sql = "SELECT count() FROM system.databases WHERE startsWith(name, 'w_') FORMAT TSV";
    return Long.parseLong(text(server, sql));
  }

  private static String text(TestServer of, String sql) {
    try (InputStream answer = of.server().read(sql)) {
      return new String(answer.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aRemovalThatACrashInterruptedEndsAtTheNextStart(@TempDir Path other) {
    String database;
    try (TestServer first = TestServer.ready(other)) {
      HttpResponse<String> deployed = first.project("/v1/deploy", PROJECT);
      assertThat(deployed.statusCode()).isEqualTo(200);
      assertThat(first.post("/v0/events?name=events&wait=true", "{\"n\":1}", FORM).statusCode())
          .isEqualTo(200);
      database = text(first, "SELECT name FROM system.databases WHERE startsWith(name, 'w_')");
    }
    try (Database catalogue = Database.open(other.resolve("catalogue.db"))) {
      Catalog catalog = new Catalog(catalogue, InstantSource.system(), new SecureRandom());
      Workspace main = catalog.workspace("main").orElseThrow();
      assertThat(main.database()).isEqualTo(database);
      catalog.remove(main, List.of(database), _ -> {}, "test");
    }
    try (TestServer second = TestServer.ready(other)) {
      String count = "SELECT count() FROM system.databases WHERE name = '" + database + "'";
      assertThat(text(second, count)).isEqualTo("0");
      assertThat(json(second.get("/v0/datasources")).path("datasources").size()).isZero();
    }
    try (Database catalogue = Database.open(other.resolve("catalogue.db"))) {
      Catalog catalog = new Catalog(catalogue, InstantSource.system(), new SecureRandom());
      assertThat(catalog.removedDatabases()).isEmpty();
    }
  }

  @Test
  void rowsThatWaitWhileTheirWorkspaceGoesStopNothing() {
    JsonNode made = create("leaving");
    String token = made.path("token").asString("");
    deploy(token);
    for (int i = 0; i < 20; i++) {
      assertThat(call(token, "POST", "/v0/events?name=events", "{\"n\":1}").statusCode())
          .isEqualTo(202);
    }
    assertThat(remove("leaving").statusCode()).isEqualTo(200);
    assertThat(call(token, "POST", "/v0/events?name=events", "{\"n\":1}").statusCode())
        .isEqualTo(403);
    JsonNode again = create("leaving");
    String next = again.path("token").asString("");
    deploy(next);
    append(next, "{\"n\":3}");
    assertThat(total(next)).isEqualTo("[{\"s\":3}]");
    assertThat(remove("leaving").statusCode()).isEqualTo(200);
  }

  @Test
  void theFirstWorkspaceStays() {
    assertThat(remove("main").statusCode()).isEqualTo(403);
    assertThat(call(user, "PUT", "/v0/workspaces/main", "name=other").statusCode()).isEqualTo(403);
  }

  @Test
  void workspacesAreRenamed() {
    JsonNode made = create("old_name");
    String token = made.path("token").asString("");
    deploy(token);
    String path = "/v1/workspaces/" + made.path("id").asString("");
    assertThat(call(token, "PUT", path, "name=main").statusCode()).isEqualTo(409);
    assertThat(call(token, "PUT", path, "name=a%20b").statusCode()).isEqualTo(400);
    assertThat(call(token, "PUT", path, "name=new_name").statusCode()).isEqualTo(200);
    assertThat(names(user, "")).contains("new_name").doesNotContain("old_name");
    append(token, "{\"n\":5}");
    String sql =
        "/v0/sql?q="
            + URLEncoder.encode("SELECT n FROM new_name.events FORMAT CSV", StandardCharsets.UTF_8);
    assertThat(call(token, "GET", sql).body()).isEqualTo("5\n");
    assertThat(call(user, "POST", "/v1/workspaces", "name=new_name").statusCode()).isEqualTo(409);
    assertThat(remove("new_name").statusCode()).isEqualTo(200);
  }

  @Test
  void theUsersTokenIsRefreshedByItselfAlone() {
    String path = "/v0/tokens/user%20token/refresh";
    assertThat(call(server.adminToken(), "POST", path).statusCode()).isEqualTo(403);
    String old = user;
    user = json(call(old, "POST", path)).path("token").asString("");
    assertThat(user).isNotEqualTo(old).isEqualTo(userToken());
    assertThat(call(old, "GET", "/v0/auth").statusCode()).isEqualTo(403);
    assertThat(names(user, "")).contains("main");
  }

  @Test
  void onlyTheUserMakesWorkspaces() {
    HttpResponse<String> refused =
        call(server.adminToken(), "POST", "/v1/workspaces", "name=another");
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("the user's token");
    assertThat(names(server.adminToken(), "")).containsExactly("main");
    assertThat(json(call(server.adminToken(), "GET", "/v0/tokens")).toString())
        .doesNotContain(user, "user token");
    assertThat(call(server.adminToken(), "GET", "/v0/tokens/user%20token").statusCode())
        .isEqualTo(403);
    assertThat(json(call(user, "GET", "/v0/auth")).path("is_user").asBoolean()).isTrue();
    assertThat(json(call(server.adminToken(), "GET", "/v0/auth")).path("is_user").asBoolean())
        .isFalse();
    assertThat(call("p.x.y", "GET", "/v0/auth").statusCode()).isEqualTo(403);
    assertThat(json(server.anonymous("GET", "/v0/regions", "")).path("regions").size())
        .isEqualTo(1);
  }

  /// Whatever a caller of another workspace tries, the answer holds nothing of this one.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM vault",
        "SELECT * FROM {ws}.vault",
        "SELECT * FROM `{ws}`.`vault`",
        "SELECT * FROM \"{ws}\".vault",
        "SELECT * FROM {db}.vault",
        "SELECT * FROM `{db}`.`vault`",
        "SELECT * FROM {db}.{table}",
        "SELECT * FROM {db}.{table}_quarantine",
        "SELECT * FROM main.events, {db}.{table}",
        "SELECT * FROM events WHERE n IN (SELECT n FROM {db}.{table})",
        "SELECT * FROM events WHERE n IN {db}.{table}",
        "SELECT * FROM merge('{db}', '.*')",
        "SELECT * FROM merge(REGEXP('w_.*'), '.*')",
        "SELECT * FROM remote('127.0.0.1', {db}, {table})",
        "SELECT * FROM cluster('default', {db}.{table})",
        "SELECT * FROM view(SELECT * FROM {db}.{table})",
        "SELECT joinGet('{db}.{table}', 'n', 1)",
        "SELECT dictGet('{db}.{table}', 'n', 1)",
        "SELECT hasColumnInTable('{db}', '{table}', 'treasure')",
        "SELECT * FROM loop({db}.{table})",
        "SELECT * FROM mergeTreeIndex('{db}', '{table}')",
        "SELECT name FROM system.tables",
        "SELECT * FROM information_schema.tables",
        "SHOW TABLES FROM {db}",
        "DESCRIBE TABLE {db}.{table}",
        "EXPLAIN SELECT * FROM {db}.{table}",
        "EXPLAIN ESTIMATE SELECT * FROM {db}.{table}",
        "EXISTS TABLE {db}.{table}",
        "WITH x AS (SELECT * FROM {db}.{table}) SELECT * FROM x",
        "USE {db}",
        "SELECT * FROM total JOIN {db}.{table} ON 1 = 1",
        "% SELECT * FROM {{table('{db}.{table}')}}",
        "% SELECT * FROM {{symbol('{db}')}}.{{symbol('{table}')}}"
      })
  void workspacesAreKeptApart(String attempt) {
    Vault vault = Vault.open();
    String sql =
        attempt
            .replace("{ws}", "vault_space")
            .replace("{db}", vault.database())
            .replace("{table}", vault.table());
    String q = URLEncoder.encode(sql, StandardCharsets.UTF_8);
    for (String token : List.of(server.adminToken(), user)) {
      for (String path : List.of("/v0/sql?q=", "/v0/pipes/total.json?q=")) {
        HttpResponse<String> answer = call(token, "GET", path + q);
        assertThat(answer.statusCode()).as("%s: %s", sql, answer.body()).isBetween(400, 499);
        assertThat(answer.body()).doesNotContain("8151623");
      }
    }
  }

  @Test
  void namesAndIdsOfAnotherWorkspaceOpenNothing() {
    Vault vault = Vault.open();
    String main = server.adminToken();
    for (String path :
        List.of(
            "/v0/datasources/vault",
            "/v0/datasources/" + vault.dataSourceId(),
            "/v0/datasources/" + vault.dataSourceId() + ".datasource",
            "/v0/pipes/vault_pipe.json",
            "/v0/pipes/" + vault.pipeId() + ".json",
            "/v0/pipes/" + vault.pipeId(),
            "/v0/workspaces/" + vault.id(),
            "/v0/workspaces/vault_space",
            "/v0/environments/" + vault.id() + "?with_token=true",
            "/v0/variables/vault_secret",
            "/v0/tokens/vault_reader",
            "/v0/tokens/" + vault.token())) {
      HttpResponse<String> answer = call(main, "GET", path);
      assertThat(answer.statusCode()).as(path).isBetween(400, 499);
      assertThat(answer.body()).doesNotContain("8151623", "\"vault\"");
    }
    assertThat(
            call(main, "POST", "/v0/events?name=" + vault.dataSourceId(), "{\"n\":1}").statusCode())
        .isEqualTo(404);
    assertThat(
            call(main, "POST", "/v0/datasources/" + vault.dataSourceId() + "/truncate")
                .statusCode())
        .isEqualTo(404);
    assertThat(
            call(main, "GET", "/v0/sql?q=%25%20SELECT%20%7B%7Btb_secret('vault_secret')%7D%7D")
                .statusCode())
        .isEqualTo(400);
    assertThat(call(main, "PUT", "/v0/workspaces/" + vault.id(), "name=mine").statusCode())
        .isEqualTo(404);
    assertThat(
            json(call(vault.token(), "GET", "/v0/pipes/vault_pipe.json")).path("data").toString())
        .as("its own token reads it")
        .contains("8151623");
  }

  /// A workspace with something in it, made once.
  private record Vault(
      String id, String token, String database, String table, String dataSourceId, String pipeId) {
    private static Vault opened;

    static synchronized Vault open() {
      if (opened == null) {
        opened = make();
      }
      return opened;
    }

    private static Vault make() {
      JsonNode made = create("vault_space");
      String token = made.path("token").asString("");
      HttpResponse<String> deployed =
          server.project(
              "/v1/deploy",
              Map.of(
                  "datasources/vault.datasource",
                  "TOKEN \"vault_reader\" READ\n\nSCHEMA >\n    `n` Int32 `json:$.n`\n\nENGINE"
                      + " MergeTree\nENGINE_SORTING_KEY n\n",
                  "pipes/vault_pipe.pipe",
                  "NODE n\nSQL >\n    SELECT n FROM vault\n\nTYPE ENDPOINT\n"),
              token);
      assertThat(deployed.statusCode()).as(deployed.body()).isEqualTo(200);
      HttpResponse<String> filled =
          call(token, "POST", "/v0/events?name=vault&wait=true", "{\"n\":8151623}");
      assertThat(filled.statusCode()).isEqualTo(200);
      HttpResponse<String> secret =
          call(token, "POST", "/v0/variables", "name=vault_secret&value=8151623");
      assertThat(secret.statusCode()).isEqualTo(200);
      String[] place = place();
      return new Vault(
          made.path("id").asString(""),
          token,
          place[0],
          place[1],
          json(call(token, "GET", "/v0/datasources/vault")).path("id").asString(""),
          json(call(token, "GET", "/v0/pipes/vault_pipe")).path("id").asString(""));
    }

    private static String[] place() {
      String sql =
          "SELECT database, name FROM system.tables WHERE name LIKE '%vault%' AND name NOT LIKE"
              + " '%quarantine%' LIMIT 1 FORMAT TSV";
      return text(server, sql).split("\t");
    }
  }

  @Test
  void branchesHaveTheResourcesAndNoRows() {
    String main = server.adminToken();
    HttpResponse<String> made = call(main, "POST", "/v1/environments?name=tmp_ci_one");
    assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
    String job = json(made).path("job").path("id").asString("");
    JsonNode ended = waitFor(main, job);
    assertThat(ended.path("status").asString("")).as("%s", ended).isEqualTo("done");
    JsonNode branch = json(call(main, "GET", "/v0/environments/tmp_ci_one?with_token=true"));
    String token = branch.path("token").asString("");
    assertThat(branch.path("main").asString(""))
        .isEqualTo(json(call(main, "GET", "/v1/workspace")).path("id").asString(""));
    assertThat(total(token)).isEqualTo("[{\"s\":0}]");
    append(token, "{\"n\":40}");
    assertThat(total(token)).isEqualTo("[{\"s\":40}]");
    assertThat(total(main)).isEqualTo("[{\"s\":7}]");
    assertThat(names(token, "")).containsExactly("tmp_ci_one");
    assertThat(names(user, "with_environments=true")).contains("tmp_ci_one");
    assertThat(names(user, "")).doesNotContain("tmp_ci_one");
    assertThat(json(call(main, "GET", "/v1/environments")).path("environments").toString())
        .contains("tmp_ci_one", token);

    assertThat(call(main, "POST", "/v1/environments?name=tmp_ci_one").statusCode()).isEqualTo(409);
    assertThat(call(token, "POST", "/v1/environments?name=deeper").statusCode()).isEqualTo(403);
    assertThat(call(main, "POST", "/v1/environments?name=x&data=some").body())
        .contains("neither last_partition nor all_partitions");
    String id = branch.path("id").asString("");
    assertThat(call(main, "DELETE", "/v0/environments/" + id).statusCode()).isEqualTo(200);
    assertThat(call(main, "GET", "/v0/environments/tmp_ci_one?with_token=true").statusCode())
        .isEqualTo(404);
    assertThat(call(token, "GET", "/v1/workspace").statusCode()).isEqualTo(403);
    assertThat(total(main)).isEqualTo("[{\"s\":7}]");
  }

  @Test
  void branchesGetTheRowsThatAreWantedAndTheSecrets() {
    JsonNode made = create("rows_space");
    String parent = made.path("token").asString("");
    String months =
        "SCHEMA >\n    `d` Date `json:$.d`,\n    `n` Int64 `json:$.n`\n\nENGINE MergeTree\n"
            + "ENGINE_PARTITION_KEY toYYYYMM(d)\nENGINE_SORTING_KEY n\n";
    Map<String, String> files =
        Map.of(
            "datasources/months.datasource",
            months,
            "datasources/other.datasource",
            "SCHEMA >\n    `n` Int64 `json:$.n`\n",
            "datasources/sums.datasource",
            "SCHEMA >\n    `s` Int64\nENGINE SummingMergeTree\nENGINE_SORTING_KEY tuple()\n",
            "pipes/summing.pipe",
            "NODE summed\nSQL >\n    SELECT sum(n) AS s FROM months\nTYPE materialized\n"
                + "DATASOURCE sums\n");
    assertThat(json(server.project("/v1/deploy", files, parent)).path("result").asString(""))
        .isEqualTo("success");
    rows(parent, "months", "{\"d\":\"2026-01-05\",\"n\":1}\n{\"d\":\"2026-02-05\",\"n\":20}");
    rows(parent, "other", "{\"n\":300}");
    assertThat(call(parent, "POST", "/v0/variables?name=hidden&value=known").statusCode())
        .isEqualTo(200);
    String branch =
        branch(parent, "/v1/environments?name=newest&last_partition=1&ignore_datasources=other");
    assertThat(sum(branch, "months")).isEqualTo("20");
    assertThat(sum(branch, "other")).isEqualTo("0");
    assertThat(call(branch, "GET", "/v0/variables/hidden").statusCode()).isEqualTo(200);
    assertThat(sql(branch, "SELECT sum(s) FROM sums")).isEqualTo("21");
    String whole = branch(parent, "/v0/environments?name=whole&data=all_partitions");
    assertThat(sum(whole, "months")).isEqualTo("21");
    assertThat(sum(whole, "other")).isEqualTo("300");
    assertThat(sql(whole, "SELECT sum(s) FROM sums")).isEqualTo("21");

    // The same rows take their own place, and a table that has changed gets what it has columns
    // for.
    String changed =
        months.replace(
            "`n` Int64 `json:$.n`", "`n` Int64 `json:$.n`, `m` Int8 `json:$.m` DEFAULT 7");
    Map<String, String> next = new java.util.TreeMap<>(files);
    next.put("datasources/months.datasource", changed);
    assertThat(json(server.project("/v1/build", next, whole)).path("result").asString(""))
        .isEqualTo("success");
    rows(whole, "months", "{\"d\":\"2026-03-05\",\"n\":4000}");
    HttpResponse<String> again =
        call(parent, "POST", "/v0/environments/whole/data?mode=all_partitions");
    JsonNode job = waitFor(parent, json(again).path("job").path("id").asString(""));
    assertThat(job.path("status").asString("")).as("%s", job).isEqualTo("done");
    assertThat(job.path("kind").asString("")).isEqualTo("data_branch");
    assertThat(sum(whole, "months")).isEqualTo("4021");
    assertThat(sql(whole, "SELECT sum(m) FROM months")).isEqualTo("21");
    assertThat(sum(parent, "months")).isEqualTo("21");
    assertThat(call(parent, "POST", "/v0/environments/whole/data").body())
        .contains("mode= is missing");
    assertThat(call(parent, "POST", "/v0/environments/whole/data?mode=x").statusCode())
        .isEqualTo(400);
    assertThat(call(parent, "POST", "/v0/environments/gone/data?mode=all_partitions").statusCode())
        .isEqualTo(404);
  }

  @Test
  void whatACrashLeftOfABranchsRowsIsDropped(@TempDir Path folder) {
    String left =
        "SELECT count() FROM system.tables WHERE database LIKE 'w\\\\_%' AND name = '__branch_77'";
    try (TestServer first = TestServer.ready(folder)) {
      Map<String, String> files = Map.of("t.datasource", "SCHEMA >\n    `n` Int64 `json:$.n`\n");
      assertThat(first.project("/v1/deploy", files).body()).contains("\"success\"");
      String database = text(first, "SELECT database FROM system.tables WHERE name = 't'");
      String _ = text(first, "CREATE TABLE " + database + ".__branch_77 (n Int8) ENGINE = Memory");
      assertThat(text(first, left)).isEqualTo("1");
    }
    try (TestServer second = TestServer.ready(folder)) {
      assertThat(text(second, left)).isEqualTo("0");
    }
  }

  private static void rows(String token, String source, String rows) {
    HttpResponse<String> answer =
        server.anonymous("POST", "/v0/events?name=" + source + "&wait=true&token=" + token, rows);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private static String branch(String parent, String call) {
    HttpResponse<String> made = call(parent, "POST", call);
    assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
    JsonNode job = waitFor(parent, json(made).path("job").path("id").asString(""));
    assertThat(job.path("status").asString("")).as("%s", job).isEqualTo("done");
    String id = json(made).path("workspace").path("id").asString("");
    return json(call(parent, "GET", "/v0/environments/" + id + "?with_token=true"))
        .path("token")
        .asString("");
  }

  private static String sum(String token, String source) {
    return sql(token, "SELECT sum(n) FROM " + source);
  }

  private static String sql(String token, String sql) {
    return server.anonymous("POST", "/v0/sql?token=" + token, sql + " FORMAT CSV").body().strip();
  }

  private static JsonNode waitFor(String token, String job) {
    long end = System.nanoTime() + 60_000_000_000L;
    while (true) {
      JsonNode state = json(call(token, "GET", "/v0/jobs/" + job));
      String status = state.path("status").asString("");
      if (status.equals("done") || status.equals("error") || System.nanoTime() > end) {
        return state;
      }
      Thread.onSpinWait();
    }
  }

  @Test
  void removingAWorkspaceTakesItsBranches() {
    JsonNode made = create("parent_space");
    String token = made.path("token").asString("");
    deploy(token);
    HttpResponse<String> branch = call(token, "POST", "/v1/environments?name=main");
    assertThat(branch.statusCode()).as("a name of another workspace is free").isEqualTo(200);
    JsonNode ended = waitFor(token, json(branch).path("job").path("id").asString(""));
    assertThat(ended.path("status").asString("")).isEqualTo("done");
    long databases = databases();
    assertThat(remove("parent_space").statusCode()).isEqualTo(200);
    assertThat(databases()).isEqualTo(databases - 2);
    assertThat(names(user, "with_environments=true")).doesNotContain("parent_space");
  }

  @Test
  void aWorkspaceHasOneMemberAndNoReleases() {
    for (String version : List.of("/v0", "/v1")) {
      HttpResponse<String> list =
          call(
              server.adminToken(), "GET", version + "/user/workspaces?with_members_and_owner=true");
      JsonNode workspace = json(list).path("workspaces").path(0);
      assertThat(workspace.path("members").size()).isEqualTo(1);
      JsonNode member = workspace.path("members").path(0);
      assertThat(member.path("id")).isEqualTo(workspace.path("owner"));
      assertThat(member.path("role").asString()).isEqualTo("admin");
      String main = version + "/workspaces/" + workspace.path("id").asString();
      HttpResponse<String> added =
          call(
              server.adminToken(), "PUT", main + "/users/", "operation=add&users=a@b.c&role=guest");
      assertThat(added.statusCode()).isEqualTo(400);
      assertThat(json(added).path("error").asString())
          .contains(member.path("email").asString(), "tokens");
      assertThat(call(server.adminToken(), "PUT", version + "/workspaces/other/users").statusCode())
          .isEqualTo(404);
      assertThat(call(server.adminToken(), "GET", main + "/releases").body())
          .isEqualTo("{\"releases\":[]}");
      assertThat(
              call(server.adminToken(), "GET", version + "/workspaces/other/releases").statusCode())
          .isEqualTo(404);
    }
    assertThat(
            json(call(server.adminToken(), "GET", "/v0/user/workspaces"))
                .path("workspaces")
                .path(0)
                .has("members"))
        .isFalse();
  }
}
