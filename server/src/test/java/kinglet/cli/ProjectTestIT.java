// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import kinglet.server.KingletServer;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `kinglet project test` on the example projects, and on one that is wrong.
final class ProjectTestIT {
  private static final Path EXAMPLES = Path.of("../examples");

  @TempDir Path folder;

  private static CommandRun run(String... arguments) {
    return CommandRun.of(
        Map.of("KINGLET_ENGINE_MEMORY_MAX", "1GiB"), KingletServer::start, arguments);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "web-analytics",
        "shop",
        "sensors",
        "marketing",
        "../server/src/test/resources/projects/usage"
      })
  void theExamplesPass(String example) {
    CommandRun run = run("project", "test", EXAMPLES.resolve(example).toString());
    assertThat(run.out() + run.err()).contains("pass ").doesNotContain("FAIL");
    assertThat(run.status()).isZero();
    assertThat(run.out()).containsPattern("[0-9]+ passed, 0 failed");
  }

  @Test
  void whatFailsIsShownAndMayBeUpdated() throws IOException {
    write("n.datasource", "SCHEMA >\n    `n` UInt32 `json:$.n`\nENGINE_SORTING_KEY n\n");
    write(
        "top.pipe",
        "NODE e\nSQL >\n    %\n    SELECT n FROM n ORDER BY n LIMIT {{Int8(k, 9)}}\n"
            + "TYPE endpoint\n");
    write("fixtures/n.ndjson", "{\"n\":1}\n{\"n\":2}\n{\"n\":\"many\"}\n");
    Path tests =
        write(
            "tests/top.yaml",
            """
            # What is here stays.
            - name: wrong
              expected_result: |
                {"n":1}
                {"n":3}
            - name: refused # with a word
              parameters: k=x
              expected_result: ''


            - name: 'é😀 without a field'
              parameters: k=1 # a word
            - name: empty field
              parameters: k=1
              expected_result:
            - name: right
              parameters: k=1
              expected_result: |
                {"n":1}

            # The end.
            """);

    CommandRun failed = run("project", "test", folder.toString());
    assertThat(failed.status()).isEqualTo(1);
    assertThat(failed.out())
        .isEqualTo(
            """
            FAIL top: wrong
                 GET /v0/pipes/top.ndjson
                   {"n":1}
                 - {"n":3}
                 + {"n":2}
            FAIL top: refused
                 GET /v0/pipes/top.ndjson?k=x
                 answers 400 instead of 200
                 + Template Syntax Error: Error validating 'x' to type Int8
            FAIL top: é😀 without a field
                 GET /v0/pipes/top.ndjson?k=1
                 + {"n":1}
            FAIL top: empty field
                 GET /v0/pipes/top.ndjson?k=1
                 + {"n":1}
            pass top: right
            1 passed, 4 failed
            """);
    assertThat(failed.err()).contains("n.ndjson: ").contains("1 row in quarantine");

    CommandRun updated = run("project", "test", "--update", folder.toString(), "top");
    assertThat(updated.status()).isZero();
    assertThat(updated.out()).contains("new  top: wrong").contains("1 passed, 0 failed");
    assertThat(tests)
        .content()
        .isEqualTo(
            """
            # What is here stays.
            - name: wrong
              expected_result: |
                {"n":1}
                {"n":2}
            - name: refused # with a word
              expected_http_status: 400
              parameters: k=x
              expected_result: 'Template Syntax Error: Error validating ''x'' to type Int8'


            - name: 'é😀 without a field'
              expected_result: |
                {"n":1}
              parameters: k=1 # a word
            - name: empty field
              parameters: k=1
              expected_result: |
                {"n":1}
            - name: right
              parameters: k=1
              expected_result: |
                {"n":1}

            # The end.
            """);
    assertThat(run("project", "test", folder.toString()).status()).isZero();
  }

  @Test
  void aBranchOfARunningServerIsTestedAndGoes() throws IOException {
    write("n.datasource", "SCHEMA >\n    `n` UInt32 `json:$.n`\nENGINE_SORTING_KEY n\n");
    write(
        "sums.pipe",
        "NODE e\nSQL >\n    %\n    SELECT sum(n) AS s, {{tb_secret('local')}} AS l FROM n\n"
            + "TYPE endpoint\n");
    write("k.connection", "TYPE kafka\nKAFKA_BOOTSTRAP_SERVERS {{ tb_secret(\"servers\") }}\n");
    write("fixtures/n.ndjson", "{\"n\":1}\n{\"n\":2}\n");
    write("tests/sums.yaml", "- name: all\n  expected_result: '{\"s\":3,\"l\":\"mine\"}'\n");
    try (TestServer server = TestServer.ready(folder.resolve("data"))) {
      String host = server.uri("/").toString();
      Map<String, String> there =
          Map.of(
              "n.datasource", "SCHEMA >\n    `n` String `json:$.n`\n",
              "old.pipe", "NODE o\nSQL >\n    SELECT 1 AS a\nTYPE endpoint\n");
      assertThat(server.project("/v1/deploy", there).body()).contains("\"success\"");
      String[] command = {
        "project", "test", folder.toString(), "--host", host, "--token", server.adminToken()
      };
      CommandRun without = run(command);
      assertThat(without.status()).isEqualTo(1);
      assertThat(without.err()).contains("the secret 'servers' does not exist");
      write(".env.local", "# here alone\nservers=\"one:9092\"\nexport local=mine\n");
      CommandRun run = run(command);
      assertThat(run.out() + run.err()).contains("pass sums: all");
      assertThat(run.status()).isZero();
      assertThat(server.get("/v0/environments").body()).isEqualTo("{\"environments\":[]}");
      assertThat(server.get("/v0/variables").body()).doesNotContain("servers");
      assertThat(server.get("/v0/pipes/old.json").statusCode()).isEqualTo(200);
      assertThat(server.get("/v0/pipes/sums").statusCode()).isEqualTo(404);
      write(".env.local", "no secret\n");
      assertThat(run(command).err()).contains(".env.local:1 is not NAME=value");
      assertThat(server.get("/v0/environments").body()).isEqualTo("{\"environments\":[]}");
      assertThat(run("project", "test", folder.toString(), "--host", host, "--token", "x").err())
          .contains("403");
    }
  }

  @Test
  void whatCannotBeTestedIsSaid() throws IOException {
    assertThat(run("project", "test", folder.toString()).err()).contains("there are no tests");
    write("a.pipe", "NODE e\nSQL >\n    SELECT a FROM nowhere\nTYPE endpoint\n");
    for (String wrong :
        List.of(
            "name: x",
            "- x",
            "- name: a\n  expected: b",
            "- parameters: a",
            "- name: a\n  parameters: {a: b}",
            "- name: a\n  expected_http_status: many",
            "- name: 'a")) {
      Path file = write("tests/a.yaml", wrong + "\n");
      CommandRun run = run("project", "test", folder.toString());
      assertThat(run.status()).as(wrong).isEqualTo(1);
      assertThat(run.err()).as(wrong).contains(file.toString());
    }
    write("tests/a.yaml", "- name: a\n");
    CommandRun refused = run("project", "test", folder.toString());
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("a.pipe").contains("nowhere").contains("^");
    assertThat(run("project", "test", folder.toString(), "b").err())
        .contains("there are no tests of b");
  }

  private Path write(String path, String text) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }
}
