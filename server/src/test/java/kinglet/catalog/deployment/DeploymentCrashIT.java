// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import kinglet.catalog.Finding;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Stops a deployment dead after each of its steps, starts again, and finds all of it or nothing.
final class DeploymentCrashIT {
  private static final String EVENTS =
      """
      TOKEN app APPEND
      SCHEMA >
          `user` String `json:$.user`,
          `amount` UInt32 `json:$.amount`,
          `note` String `json:$.note`
      ENGINE MergeTree
      ENGINE_SORTING_KEY user
      """;
  private static final String NEXT_EVENTS =
      """
      TOKEN app READ
      SCHEMA >
          `user` String `json:$.user`,
          `amount` UInt64 `json:$.amount` DEFAULT 7,
          `country` LowCardinality(String) `json:$.country` DEFAULT 'es'
      ENGINE MergeTree
      ENGINE_SORTING_KEY user
      """;

  @TempDir Path folder;

  private DeploymentRig rig;

  @BeforeEach
  void open() {
    rig = new DeploymentRig(folder);
  }

  @AfterEach
  void close() {
    rig.listener = _ -> {};
    rig.close();
  }

  /// Ends a deployment as a crash does: nothing after it runs.
  private static final class Crash extends Error {
    private static final long serialVersionUID = 1;
  }

  @Test
  void everyStepEndsInAllOrNothing() {
    before();
    rig.deployed();
    rig.insert(
        "events",
        1,
        "user, amount, note",
        "'u String, a UInt32, n String', ('ann', 5, 'x'), ('bob', 2, 'y')");
    rig.insert("unused", 10, "a", "'a String', ('z')");
    Set<String> tablesBefore = Set.copyOf(rig.tables());
    String schemaBefore = createQueries();

    after();
    List<String> steps = new ArrayList<>();
    boolean switched = false;
    int crashes = 0;
    for (int stop = 0; !switched; stop++) {
      steps.clear();
      int limit = stop;
      rig.listener =
          step -> {
            steps.add(step);
            if (steps.size() > limit) {
              throw new Crash();
            }
          };
      boolean crashed = false;
      try {
        var _ = rig.deploy(DeployOptions.by("test").destructive());
      } catch (Crash _) {
        crashed = true;
        crashes++;
      }
      rig.listener = _ -> {};
      rig.reopen();
      switched = rig.current().dataSource("unused").isEmpty();
      String last = steps.getLast();
      if (!switched) {
        assertThat(crashed).as(last).isTrue();
        assertThat(rig.tables())
            .as("after a crash at '%s'", last)
            .containsExactlyInAnyOrderElementsOf(tablesBefore);
        assertThat(createQueries()).as("after a crash at '%s'", last).isEqualTo(schemaBefore);
        assertThat(rig.value("SELECT sum(total) FROM {totals}")).as(last).isEqualTo("7");
        assertThat(rig.source("events").schemaVersion()).isEqualTo(1);
        assertThat(app("DATASOURCES:APPEND:events")).as(last).isTrue();
        assertReported(last);
      } else {
        assertThat(crashed).as("the switch itself was a step").isTrue();
        assertThat(last).isEqualTo("switched");
      }
    }
    assertThat(crashes).isGreaterThan(10);
    assertDeployed();
  }

  @Test
  void cleaningUpIsResumedAfterEachStep() {
    before();
    rig.deployed();
    rig.insert(
        "events",
        1,
        "user, amount, note",
        "'u String, a UInt32, n String', ('ann', 5, 'x'), ('bob', 2, 'y')");
    after();
    rig.listener =
        step -> {
          if (step.equals("switched")) {
            throw new Crash();
          }
        };
    Set<String> seen = new HashSet<>();
    try {
      var _ = rig.deploy(DeployOptions.by("test").destructive());
    } catch (Crash _) {
      seen.add("switched");
    }
    boolean finished = false;
    for (int stop = 0; !finished; stop++) {
      int limit = stop;
      int[] count = {0};
      rig.listener =
          step -> {
            if (count[0]++ >= limit) {
              seen.add(step);
              throw new Crash();
            }
          };
      try {
        rig.reopen();
        finished = true;
      } catch (Crash _) {
        rig.listener = _ -> {};
      }
    }
    assertThat(seen).hasSizeGreaterThan(4);
    rig.listener = _ -> {};
    assertDeployed();
  }

  /// Who asks for it afterwards hears what became of it.
  private void assertReported(String step) {
    Deployment newest = rig.deployments.history(rig.workspace).getFirst();
    assertThat(newest.status()).as(step).isEqualTo(DeploymentStatus.FAILED);
    assertThat(newest.errors())
        .as(step)
        .extracting(Finding::message)
        .containsExactly(
            "The server stopped before the deployment was live: it was taken back, and nothing was"
                + " changed; deploy again");
  }

  private void assertDeployed() {
    assertThat(rig.tables())
        .noneMatch(table -> table.contains("snapshot") || table.startsWith("unused"));
    assertThat(rig.tables().stream().filter(table -> table.startsWith("__view_"))).hasSize(2);
    assertThat(rig.value("SELECT sum(total) FROM {totals}")).isEqualTo("14");
    assertThat(rig.value("SELECT sum(rows) FROM {counts}")).isEqualTo("2");
    assertThat(rig.rows("SELECT * FROM {events} ORDER BY user"))
        .containsExactly(List.of("ann", "5", "es"), List.of("bob", "2", "es"));
    assertThat(app("DATASOURCES:READ:events")).isTrue();
    assertThat(app("DATASOURCES:APPEND:events")).isFalse();
    assertThat(rig.source("events").schemaVersion()).isEqualTo(2);
    assertThat(rig.source("events").schemas()).hasSize(2);
    rig.insert("events", 3, "user, amount", "'u String, a UInt64', ('ann', 1)");
    assertThat(rig.value("SELECT sum(total) FROM {totals}")).isEqualTo("16");
    assertThat(rig.value("SELECT sum(rows) FROM {counts}")).isEqualTo("3");
    assertThat(rig.deploy().outcome()).isEqualTo(DeployResult.Outcome.NO_CHANGES);
  }

  private boolean app(String scope) {
    return rig.tokens.find(rig.workspace.id(), "app").orElseThrow().scopes().stream()
        .anyMatch(granted -> granted.text().equals(scope));
  }

  private String createQueries() {
    return rig.administrator
        .rows(
            "SELECT create_table_query FROM system.tables WHERE database = '"
                + rig.workspace.database()
                + "' ORDER BY name")
        .toString();
  }

  private void before() {
    rig.files.clear();
    rig.file("events.datasource", EVENTS)
        .file(
            "unused.datasource",
            "SCHEMA >\n    `a` String\nENGINE MergeTree\nENGINE_SORTING_KEY a\n")
        .file(
            "totals.datasource",
            "SCHEMA >\n    `user` String,\n    `total` UInt64\nENGINE SummingMergeTree\nENGINE_SORTING_KEY user\n")
        .file(
            "to_totals.pipe",
            "NODE n\nSQL >\n    SELECT user, sum(amount) AS total FROM events GROUP BY user\n"
                + "TYPE materialized\nDATASOURCE totals\n");
  }

  private void after() {
    rig.files.clear();
    rig.file("events.datasource", NEXT_EVENTS)
        .file(
            "totals.datasource",
            "SCHEMA >\n    `user` String,\n    `total` UInt64\nENGINE SummingMergeTree\nENGINE_SORTING_KEY user\n")
        .file(
            "to_totals.pipe",
            "NODE n\nSQL >\n    SELECT user, sum(amount) * 2 AS total FROM events GROUP BY user\n"
                + "TYPE materialized\nDATASOURCE totals\n")
        .file(
            "counts.datasource",
            "SCHEMA >\n    `user` String,\n    `rows` UInt64\nENGINE SummingMergeTree\nENGINE_SORTING_KEY user\n")
        .file(
            "to_counts.pipe",
            "NODE n\nSQL >\n    SELECT user, count() AS rows FROM totals GROUP BY user\n"
                + "TYPE materialized\nDATASOURCE counts\n");
  }
}
