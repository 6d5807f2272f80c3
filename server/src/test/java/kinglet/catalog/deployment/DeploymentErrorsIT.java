// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a project may not do, and what is said about it.
final class DeploymentErrorsIT {
  private static final String EVENTS =
      "SCHEMA >\n    `at` DateTime,\n    `user` String,\n    `amount` UInt32\n"
          + "ENGINE MergeTree\nENGINE_SORTING_KEY user\n";

  @TempDir Path folder;

  private DeploymentRig rig;

  @BeforeEach
  void open() {
    rig = new DeploymentRig(folder);
    rig.file("events.datasource", EVENTS);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private List<String> errors() {
    DeployResult result = rig.deploy();
    assertThat(result.outcome()).isEqualTo(DeployResult.Outcome.FAILED);
    assertThat(rig.tables()).isEmpty();
    assertThat(
            rig.administrator.rows("SELECT name FROM system.databases WHERE name LIKE '%_check'"))
        .isEmpty();
    return DeploymentRig.errors(result);
  }

  private void pipe(String sql, String... rest) {
    rig.file("p.pipe", "NODE n\nSQL >\n    " + sql + "\n" + String.join("\n", rest) + "\n");
  }

  @Test
  void unknownNamesHaveTheirPlace() {
    pipe("SELECT *\n    FROM events\n    JOIN nowhere USING (user)");
    assertThat(errors())
        .containsExactly(
            "p.pipe:5:10 Resource 'nowhere' not found: there is no data source, pipe or node of"
                + " that name");
  }

  @Test
  void unknownColumnsAreNamed() {
    pipe("SELECT usr\n    FROM events");
    assertThat(errors())
        .singleElement()
        .asString()
        .startsWith("p.pipe:3:5 ")
        .contains("usr")
        .doesNotContain("_check");
  }

  @Test
  void syntaxErrorsAreAtTheirLine() {
    pipe("SELECT user\n    FROM events GROUP user");
    assertThat(errors())
        .singleElement()
        .asString()
        .startsWith("p.pipe:")
        .containsIgnoringCase("syntax");
  }

  @Test
  void laterNodesDoNotRepeatAnError() {
    rig.file(
        "p.pipe",
        "NODE a\nSQL >\n    SELECT usr FROM events\nNODE b\nSQL >\n    SELECT * FROM a\n");
    assertThat(errors()).hasSize(1);
  }

  @Test
  void nothingOutsideTheWorkspaceIsRead() {
    for (String sql :
        List.of(
            "SELECT * FROM system.tables",
            "SELECT * FROM file('/etc/passwd', 'LineAsString')",
            "SELECT * FROM url('http://localhost:1/', 'LineAsString')",
            "SELECT * FROM other.events",
            "SELECT * FROM remote('localhost', default.x)",
            "SELECT * FROM (SELECT * FROM merge('.*'))",
            "SELECT 1; DROP TABLE events",
            "INSERT INTO events SELECT 1",
            "DROP TABLE events")) {
      pipe(sql);
      assertThat(errors()).as(sql).isNotEmpty();
    }
  }

  @Test
  void viewsReadNothingByAText() {
    pipe("SELECT user, file('x') AS text FROM events", "TYPE materialized", "DATASOURCE target");
    rig.file(
        "target.datasource",
        "SCHEMA >\n    `user` String,\n    `text` String\nENGINE_SORTING_KEY user\n");
    assertThat(errors())
        .containsExactly("p.pipe:3:18 The function 'file' is not known or not allowed");
  }

  @Test
  void viewMustFitItsTargetColumnByColumn() {
    rig.file(
        "target.datasource",
        "SCHEMA >\n    `user` String,\n    `total` UInt32,\n    `events` AggregateFunction(count),\n"
            + "    `missing` String\nENGINE AggregatingMergeTree\nENGINE_SORTING_KEY user\n");
    pipe(
        "SELECT user, sum(amount) AS total, countState() AS events, 1 AS extra\n    FROM events"
            + " GROUP BY user",
        "TYPE materialized",
        "DATASOURCE target");
    assertThat(errors())
        .containsExactly(
            "p.pipe:3:5 The column 'total' is UInt64 in the view and UInt32 in the data source"
                + " 'target': make them the same",
            "p.pipe:3:5 The view gives the column 'extra' (UInt8), which the data source 'target'"
                + " does not have: add it there or leave it out",
            "p.pipe:3:5 The view does not give the column 'missing' of the data source 'target':"
                + " select it, or give the column a DEFAULT");
  }

  @Test
  void wrongStatesAreRefused() {
    rig.file(
        "target.datasource",
        "SCHEMA >\n    `user` String,\n    `s` AggregateFunction(uniq, String)\n"
            + "ENGINE AggregatingMergeTree\nENGINE_SORTING_KEY user\n");
    pipe(
        "SELECT user, sumState(amount) AS s FROM events GROUP BY user",
        "TYPE materialized",
        "DATASOURCE target");
    assertThat(errors())
        .singleElement()
        .asString()
        .contains("The column 's' is AggregateFunction(sum, UInt32)");
  }

  @Test
  void targetMustExist() {
    pipe("SELECT user FROM events", "TYPE materialized", "DATASOURCE nowhere");
    assertThat(errors())
        .containsExactly(
            "p.pipe:4:1 The data source 'nowhere' does not exist: add nowhere.datasource");
  }

  @Test
  void viewWithoutSourceIsRefused() {
    rig.file("target.datasource", "SCHEMA >\n    `n` UInt64\nENGINE_SORTING_KEY n\n");
    pipe("SELECT number AS n FROM numbers(3)", "TYPE materialized", "DATASOURCE target");
    assertThat(errors()).singleElement().asString().startsWith("p.pipe:3:5 ");
  }

  @Test
  void namesMeanOneThing() {
    rig.file("a/events.pipe", "NODE events\nSQL >\n    SELECT 1\n");
    assertThat(errors())
        .anyMatch(error -> error.contains("The name 'events' is taken by events.datasource"));
    rig.without("a/events.pipe");
    rig.file("p.pipe", "NODE events\nSQL >\n    SELECT 1\n");
    assertThat(errors())
        .containsExactly(
            "p.pipe:1:1 The node 'events' is called like a data source: names of nodes must differ"
                + " from those");
  }

  @Test
  void circlesAreFound() {
    rig.file("a.pipe", "NODE n1\nSQL >\n    SELECT * FROM b\n");
    rig.file("b.pipe", "NODE n2\nSQL >\n    SELECT * FROM a\n");
    assertThat(errors()).anyMatch(error -> error.contains("The pipe 'a' reads itself"));
    rig.without("a.pipe").without("b.pipe");
    rig.file("p.pipe", "NODE x\nSQL >\n    SELECT * FROM y\nNODE y\nSQL >\n    SELECT * FROM x\n");
    assertThat(errors()).anyMatch(error -> error.contains("reads itself"));
    rig.without("p.pipe");
    pipe("SELECT * FROM events", "TYPE materialized", "DATASOURCE events");
    assertThat(errors()).anyMatch(error -> error.contains("reads itself"));
  }

  @Test
  void sortingKeysAreChecked() {
    table("`a` Nullable(String)", "ENGINE_SORTING_KEY a");
    assertThat(errors())
        .containsExactly(
            "t.datasource:4:1 The sorting key cannot contain the Nullable column 'a': use a type without Nullable, or coalesce it");
    table("`a` AggregateFunction(uniq, String)", "ENGINE_SORTING_KEY a");
    assertThat(errors().getFirst()).contains("AggregateFunction column 'a'");
    table("`a` String", "ENGINE_SORTING_KEY count(a)");
    assertThat(errors().getFirst()).contains("aggregate function count");
    rig.file(
        "t.datasource",
        "SCHEMA >\n    `a` String,\n    `v` UInt64\nENGINE ReplacingMergeTree\nENGINE_SORTING_KEY a, v\nENGINE_VER v\n");
    assertThat(errors().getFirst()).contains("ENGINE_VER column 'v'");
    table("`a` String", "ENGINE_SORTING_KEY b");
    assertThat(errors().getFirst()).contains("b");
    table("`__seq` UInt64", "ENGINE_SORTING_KEY __seq");
    assertThat(errors().getFirst()).contains("The column name '__seq' is reserved");
  }

  @Test
  void tableErrorsPointAtTheirLine() {
    table("`a` String", "ENGINE_SORTING_KEY a", "ENGINE_TTL a + 1");
    assertThat(errors().getFirst()).startsWith("t.datasource:5:1 ").contains("a + 1");
    table("`a` String,\n    `b` UInt8 CODEC(Nothing)", "ENGINE_SORTING_KEY a");
    assertThat(errors().getFirst()).contains("Nothing");
    table("`a` String DEFAULT nope(1)", "ENGINE_SORTING_KEY a");
    assertThat(errors().getFirst()).contains("nope");
    table("`a` DEFAULT nope(1)", "ENGINE_SORTING_KEY a");
    assertThat(errors().getFirst()).contains("nope");
  }

  @Test
  void connectionsMustExistAndAreNotUsedYet() {
    rig.file(
        "t.datasource",
        "SCHEMA >\n    `a` String\nKAFKA_CONNECTION_NAME k\nKAFKA_TOPIC t\nKAFKA_GROUP_ID g\n");
    assertThat(errors())
        .containsExactly("t.datasource:3:1 The connection 'k' does not exist: add k.connection");
    rig.file("k.connection", "TYPE kafka\nKAFKA_BOOTSTRAP_SERVERS localhost:9092\n");
    DeployResult result = rig.deployed();
    assertThat(result.deployment().connections().added()).containsExactly("k");
    assertThat(DeploymentRig.messages(result, kinglet.catalog.Finding.Level.WARNING))
        .singleElement()
        .asString()
        .contains("not available yet");
    rig.reopen();
    assertThat(rig.current().connection("k")).isPresent();
    assertThat(rig.source("t").settings()).containsEntry("KAFKA_TOPIC", "t");
  }

  @Test
  void secretsOfConnectionsMustExist() {
    rig.file(
        "k.connection",
        """
        TYPE kafka
        KAFKA_BOOTSTRAP_SERVERS {{ tb_secret("SERVERS", "localhost:9092") }}
        KAFKA_KEY {{ tb_secret("KEY") }}
        KAFKA_SECRET {{ secret("KEY") }}
        """);
    assertThat(errors())
        .containsExactlyInAnyOrder(
            "k.connection:3:1 KAFKA_KEY: the secret 'KEY' does not exist in the workspace: set it,"
                + " or give tb_secret a default",
            "k.connection:4:1 KAFKA_SECRET: Template Syntax Error: 'secret' is not a valid function,"
                + " line 1");
    rig.file(
        "k.connection",
        "TYPE kafka\nKAFKA_BOOTSTRAP_SERVERS one:9092\nKAFKA_KEY {{ tb_secret(\"KEY\") }}\n");
    rig.secrets.add("KEY");
    DeployResult _ = rig.deployed();
    assertThat(rig.current().connection("k").orElseThrow().settings())
        .containsEntry("KAFKA_KEY", "{{ tb_secret(\"KEY\") }}");
    rig.secrets.clear();
    rig.reopen();
    assertThat(rig.current().connection("k")).isPresent();
  }

  @Test
  void emptyProjectRemovesNothingUnasked() {
    rig.deployed();
    rig.files.clear();
    assertThat(rig.deploy().failed()).isTrue();
    assertThat(rig.current().dataSource("events")).isPresent();
  }

  private void table(String columns, String... rest) {
    rig.file(
        "t.datasource",
        "SCHEMA >\n    " + columns + "\nENGINE MergeTree\n" + String.join("\n", rest) + "\n");
  }
}
