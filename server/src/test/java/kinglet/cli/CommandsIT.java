// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import static kinglet.testkit.Answers.done;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands against a running server, as a shell without a terminal sees them.
final class CommandsIT {
  @TempDir static Path directory;

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.start(directory.resolve("data"), Map.of("features.serving-log-share", "1"));
    server.awaitReady();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static CommandRun run(Map<String, String> environment, String... arguments) {
    return CommandRun.of(environment, arguments);
  }

  private static CommandRun run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--data", directory.resolve("data").toString()));
    return run(Map.of("KINGLET_HOST", server.uri("").toString()), all.toArray(String[]::new));
  }

  @Test
  void everyCommandHasHelp() {
    for (String command :
        List.of(
            "start",
            "demo",
            "sql",
            "deploy",
            "build",
            "datasource",
            "endpoint",
            "job",
            "token",
            "secret",
            "verify",
            "workspace")) {
      CommandRun help = run(Map.of(), command, "--help");
      assertThat(help.status()).as(command).isZero();
      assertThat(help.out()).as(command).contains("Usage: kinglet " + command);
      assertThat(help.out()).as(command).doesNotContain("\u001b");
    }
    assertThat(run(Map.of(), "--version").out()).startsWith("kinglet ");
  }

  @Test
  void wrongUsageExitsWithTwo() {
    assertThat(run(Map.of(), "sql").status()).isEqualTo(2);
    assertThat(run(Map.of(), "token").status()).isEqualTo(2);
    assertThat(run(Map.of(), "frobnicate").status()).isEqualTo(2);
    CommandRun both = run(Map.of(), "datasource", "append", "a", "--file", "x", "--events", "{}");
    assertThat(both.status()).isEqualTo(2);
    assertThat(both.err()).contains("--events");
  }

  @Test
  void featuresAreReadAndAnEntityIsDeleted() {
    String project =
        "SCHEMA >\n    `ts` DateTime `json:$.ts`,\n    `who` String `json:$.who`\nENGINE MergeTree\n"
            + "ENGINE_SORTING_KEY who\n";
    String view =
        "NODE n\nSQL >\n    SELECT who, count() OVER ever AS visits FROM visits_of"
            + " WINDOW ever AS (PARTITION BY who ORDER BY ts)\nTYPE FEATURES\nENTITY who\n"
            + "EVENT_TIME ts\n";
    assertThat(
            server
                .project(
                    "/v1/deploy?allow_destructive_operations=true",
                    Map.of(
                        "datasources/visits_of.datasource", project, "features/visitor.pipe", view))
                .body())
        .contains("\"success\"");
    assertThat(
            server
                .post(
                    "/v0/events?name=visits_of",
                    "{\"ts\":\"2026-01-01 00:00:00\",\"who\":\"ann b\"}",
                    "application/x-ndjson")
                .statusCode())
        .isEqualTo(202);
    assertThat(run("feature", "get", "visitor", "who=ann b").out())
        .containsPattern("visits +1 +PRESENT");
    assertThat(run("feature", "ls").out()).containsPattern("visitor +1 +live +who +visits_of +1 ");
    assertThat(run("feature", "details", "visitor@1").out()).contains("\"visits_of.");
    assertThat(run("entity", "ls").out()).containsPattern("who +visitor");
    assertThat(run("entity", "rm", "who", "ann b").err()).contains("say --dry-run or --yes");
    assertThat(run("entity", "rm", "who", "ann b", "--dry-run").out()).contains("visits_of");
    assertThat(run("entity", "rm", "who", "ann b", "--yes").out()).contains("deleted, with 1 rows");
    assertThat(run("feature", "get", "visitor", "who=ann b").out())
        .containsPattern("visits +0 +NOT_FOUND");
  }

  @Test
  void anUnreachableServerIsNamed() {
    CommandRun run =
        run(Map.of("KINGLET_HOST", "localhost:1", "KINGLET_TOKEN", "t"), "token", "ls");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("no server answers at http://localhost:1/");
  }

  @Test
  void tokensAreManaged() {
    CommandRun created = run("token", "create", "my reader", "--scope", "PIPES:READ:a");
    assertThat(created.err()).isEmpty();
    assertThat(created.out()).startsWith("p.e");
    assertThat(run("token", "ls").out()).contains("my reader").contains("PIPES:READ:a");
    CommandRun refreshed = run("token", "refresh", "my reader");
    assertThat(refreshed.out()).startsWith("p.e").isNotEqualTo(created.out());
    assertThat(run("token", "rm", "my reader").out()).contains("is removed");
    CommandRun gone = run("token", "rm", "my reader");
    assertThat(gone.status()).isEqualTo(1);
    assertThat(gone.err()).contains("the server answers 403");
  }

  @Test
  void servedFeaturesAreVerified() {
    done(
        server.project(
            "/v1/deploy?allow_destructive_operations=true",
            Map.of(
                "datasources/visits.datasource",
                "SCHEMA >\n    ts DateTime `json:$.ts`,\n    page String `json:$.page`\n",
                "features/pages.pipe",
                "NODE pages\nSQL >\n    SELECT page, count() OVER ever AS visits FROM visits\n"
                    + "    WINDOW ever AS (PARTITION BY page ORDER BY ts)\n\nTYPE FEATURES\n"
                    + "ENTITY page\nEVENT_TIME ts\n")));
    String row = "{\"ts\":\"2026-01-01 00:00:00\",\"page\":\"home\"}";
    assertThat(run("datasource", "append", "visits", "--events", row).status()).isZero();
    String keys = "{\"keys\":{\"page\":[\"home\",\"away\"]}}";
    done(server.post("/v0/features/pages", keys, "application/json"));
    String count = "SELECT count() FROM kinglet.feature_reads WHERE feature_view = 'pages'";
    CommandRun written = run("sql", count);
    while (!written.out().contains("2")) {
      assertThat(written.status()).as(written.err()).isZero();
      written = run("sql", count);
    }
    CommandRun verified = run("verify", "pages");
    assertThat(verified.out()).contains("pages: 2 reads, 2 values compared, 0 different");
    assertThat(verified.status()).isZero();
    CommandRun unknown = run("verify", "nothing");
    assertThat(unknown.status()).isEqualTo(1);
    assertThat(unknown.err()).contains("no feature view or feature service 'nothing'");
  }

  @Test
  void jobsAreListedAndUnknownOnesNamed() {
    CommandRun listed = run("job", "ls", "--kind", "import", "--status", "done");
    assertThat(listed.err()).isEmpty();
    assertThat(listed.out()).startsWith("id").contains("status");
    CommandRun unknown = run("job", "details", "nowhere");
    assertThat(unknown.status()).isEqualTo(1);
    assertThat(unknown.err()).contains("the server answers 404: there is no job nowhere");
    assertThat(run("job", "cancel", "nowhere").err()).contains("answers 404");
    assertThat(run("job", "ls", "--status", "sleeping").err())
        .contains("status='sleeping' is no status of jobs");
  }

  @Test
  void workspacesAreMadeAndRemoved() {
    assertThat(run("workspace", "current").out()).isEqualTo("main\n");
    CommandRun made = run("workspace", "create", "second_one");
    assertThat(made.out()).startsWith("p.e");
    assertThat(run("workspace", "current", "--token", made.out().strip()).out())
        .isEqualTo("second_one\n");
    assertThat(run("workspace", "ls").out()).contains("main", "second_one", made.out().strip());
    assertThat(run("workspace", "rm", "second_one").err()).contains("say --yes");
    assertThat(run("workspace", "rm", "second_one", "--yes").out()).contains("is removed");
    assertThat(run("workspace", "rm", "main", "--yes").err()).contains("belongs to the server");
  }

  @Test
  void secretsAreSetWithoutBeingShown() {
    assertThat(run("secret", "set", "password", "first").out()).contains("password is set");
    assertThat(run("secret", "set", "password", "second").err()).isEmpty();
    assertThat(run("secret", "ls").out()).contains("password").doesNotContain("second");
    assertThat(run("sql", "% SELECT {{tb_secret('password')}} AS p FORMAT CSV").out())
        .contains("second");
    assertThat(run("secret", "rm", "password").out()).contains("password is removed");
    assertThat(run("secret", "rm", "password").err()).contains("404: Variable not found");
  }

  @Test
  void jwtsAreSigned() {
    CommandRun made =
        run(
            "token",
            "jwt",
            "screen",
            "--scope",
            "PIPES:READ:a",
            "--fixed-param",
            "org=x",
            "--scope",
            "DATASOURCES:READ:d:n > 1",
            "--rps",
            "5",
            "--expires-in",
            "10m");
    assertThat(made.err()).isEmpty();
    String payload =
        new String(
            Base64.getUrlDecoder().decode(made.out().split("\\.")[1]), StandardCharsets.UTF_8);
    assertThat(payload)
        .contains("\"resource\":\"a\",\"fixed_params\":{\"org\":\"x\"}")
        .contains("\"resource\":\"d\",\"filter\":\"n > 1\"")
        .contains("\"limits\":{\"rps\":5}");
    CommandRun wrong = run("token", "jwt", "x", "--scope", "ADMIN");
    assertThat(wrong.status()).isEqualTo(1);
    assertThat(wrong.err()).contains("a 'type' and a 'resource'");
    assertThat(run("token", "jwt", "x", "--scope", "PIPES:READ:a", "--expires-in", "soon").err())
        .contains("--expires-in: 'soon' is not a duration");
  }

  @Test
  void withoutDataDirectoryALocalServerTellsItsToken() {
    CommandRun run =
        run(
            Map.of("TINYBIRD_HOST", server.uri("").toString()),
            "token",
            "ls",
            "--data",
            directory.resolve("elsewhere").toString());
    assertThat(run.out()).contains("workspace admin token");
  }

  private static void staging(Path file, String root) throws IOException {
    assertThat(run("deployment", "promote").err()).contains("no deployment waits as staging");
    Files.writeString(file, "DESCRIPTION what people click\n" + Files.readString(file));
    CommandRun created = run("deployment", "create", root);
    assertThat(created.err()).isEmpty();
    assertThat(created.out()).contains("changed data source clicks");
    List<String> staged = lines(run("deployment", "ls").out());
    assertThat(staged.get(1)).contains("staging");
    assertThat(staged.get(2)).contains("live");
    assertThat(run("deployment", "discard").out()).contains("is discarded");
    assertThat(run("deployment", "create", root).status()).isZero();
    assertThat(run("deployment", "promote").out()).contains("is live");
    List<String> promoted = lines(run("deployment", "ls").out());
    assertThat(promoted.get(1)).contains("live");
    assertThat(promoted.get(2)).contains("deleted");
    String earlier = promoted.get(3).strip().split(" ")[0];
    assertThat(run("deployment", "rollback", earlier, "--check").out())
        .contains("changed data source clicks");
    assertThat(run("deployment", "rollback", earlier).out()).contains("done");
    assertThat(run("deployment", "rollback", earlier).out()).contains("nothing to change");
    assertThat(run("deployment", "rollback", "999").err()).contains("does not exist");
    CommandRun changes = run("changes", "--limit", "3");
    assertThat(lines(changes.out())).as(changes.err()).hasSize(4);
    assertThat(lines(changes.out()).get(1)).contains("workspace admin token", "deploy", "[clicks]");
    assertThat(run("changes", "--limit", "0").err()).contains("not a number from 1 to 1000");
  }

  private static List<String> lines(String text) {
    return text.lines().toList();
  }

  @Test
  void projectsAreCheckedAndDeployed() throws IOException {
    Path project = Files.createDirectories(directory.resolve("project/datasources"));
    Path file = project.resolve("clicks.datasource");
    Files.writeString(
        file,
        "SCHEMA >\n    `at` DateTime `json:$.at`,\n    `url` String `json:$.url`\n\n"
            + "ENGINE MergeTree\nENGINE_SORTING_KEY at\n");
    String root = directory.resolve("project").toString();
    removeEverything();
    CommandRun checked = run("deploy", root, "--check");
    assertThat(checked.err()).isEmpty();
    assertThat(checked.out()).contains("new data source clicks");
    assertThat(run("datasource", "ls").out()).doesNotContain("clicks");
    assertThat(run("deploy", root).status()).isZero();
    assertThat(run("datasource", "ls").out()).contains("clicks").contains("MergeTree");
    assertThat(run("deploy", root).out()).contains("nothing to change");

    staging(file, root);

    Files.writeString(file, "SCHEMA >\n    `at` Never `json:$.at`\n");
    CommandRun refused = run("deploy", root);
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("clicks.datasource").contains("Never");

    CommandRun empty = run("build", Files.createDirectories(directory.resolve("empty")).toString());
    assertThat(empty.status()).isEqualTo(1);
    assertThat(empty.err()).contains("holds no .datasource or .pipe file");
    CommandRun truncate = run("datasource", "truncate", "clicks");
    assertThat(truncate.err()).contains("say --yes");
    assertThat(run("datasource", "truncate", "clicks", "--yes").out()).contains("is empty");
  }

  @Test
  void dataSourcesAreMadeFromFilesAndSchemas() throws IOException {
    Path file = directory.resolve("people.csv");
    Files.writeString(file, "Id,Full Name\n1,Ann\n2,Bob\n");
    CommandRun analyzed = run("datasource", "analyze", file.toString());
    assertThat(analyzed.err()).isEmpty();
    assertThat(analyzed.out())
        .contains("full_name", "Int16", "100 %", "SCHEMA >\n    id Int16, full_name String\n");
    CommandRun made = run("datasource", "create", "people", "--file", file.toString());
    assertThat(made.err()).isEmpty();
    assertThat(made.out()).contains("people is made", "2 rows stored");
    CommandRun again = run("datasource", "create", "people", "--schema", "a Int32");
    assertThat(again.status()).isEqualTo(1);
    assertThat(again.err()).contains("already");
    assertThat(
            run("datasource", "create", "keyed", "--schema", "a Int32", "--sorting-key", "a").out())
        .contains("keyed is made");
    assertThat(run("datasource", "create", "nothing").err()).contains("--schema");
    assertThat(run("datasource", "analyze", "absent.csv").err()).contains("no file absent.csv");
    removeEverything();
  }

  @Test
  void aTruncationCascades() {
    assertThat(
            server
                .project(
                    "/v1/build",
                    Map.of(
                        "a.datasource", "SCHEMA >\n    `n` Int32 `json:$.n`\n",
                        "b.datasource", "SCHEMA >\n    `n` Int32\n",
                        "v.pipe",
                            "NODE n\nSQL >\n    SELECT n FROM a\nTYPE materialized\nDATASOURCE b\n"))
                .body())
        .contains("\"success\"");
    run("datasource", "append", "a", "--events", "{\"n\":1}");
    assertThat(run("datasource", "truncate", "a", "--yes", "--cascade").out())
        .contains("a is empty", "b is empty");
    assertThat(run("sql", "SELECT count() AS rows FROM b", "--format", "TSV").out().strip())
        .isEqualTo("0");
    removeEverything();
  }

  private static void removeEverything() {
    assertThat(server.project("/v1/build", Map.of("README.md", "none")).body())
        .containsAnyOf("\"success\"", "\"no_changes\"");
  }

  @Test
  void filesAreImportedAndReplaced() throws IOException {
    Path project = Files.createDirectories(directory.resolve("imports/datasources"));
    Files.writeString(
        project.resolve("imported.datasource"),
        "SCHEMA >\n    `id` UInt64 `json:$.id`\n\nENGINE MergeTree\nENGINE_SORTING_KEY id\n");
    String root = directory.resolve("imports").toString();
    assertThat(run("deploy", root, "--allow-destructive-operations").status()).isZero();
    Path rows = directory.resolve("rows.csv");
    Files.writeString(rows, "1\n2\n");
    CommandRun appended = run("datasource", "append", "imported", "--file", rows.toString());
    assertThat(appended.status()).as(appended.err()).isZero();
    assertThat(appended.out()).contains("2 rows stored");
    assertThat(appended.err()).contains("rows.csv 100 %  4 of 4 bytes");
    Files.writeString(rows, "7\nx\n");
    CommandRun partly = run("datasource", "replace", "imported", "--file", rows.toString());
    assertThat(partly.status()).isEqualTo(3);
    assertThat(partly.out()).contains("1 row stored");
    assertThat(partly.err()).contains("1 row in quarantine");
    assertThat(run("sql", "SELECT id FROM imported FORMAT TSV").out().strip()).isEqualTo("7");
    CommandRun known =
        run("datasource", "append", "imported", "--file", rows.toString(), "--known-at", "id");
    assertThat(known.status()).isEqualTo(1);
    assertThat(known.err()).contains("known_at='id' is neither 'now' nor a column of type Date");
    assertThat(run("datasource", "append", "imported", "--events", "{}", "--known-at", "now").err())
        .contains("events are known from now on");
    CommandRun now =
        run("datasource", "append", "imported", "--file", rows.toString(), "--known-at", "now");
    assertThat(now.out()).as(now.err()).contains("1 row stored");
    CommandRun refused =
        run("datasource", "append", "imported", "--url", server.uri("/rows.csv").toString());
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("job").contains("ingest.url-private-addresses");
    assertThat(run("datasource", "append", "imported", "--file", "nowhere.csv").err())
        .contains("there is no file nowhere.csv");
  }
}
