// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Stops migrations dead after each of their steps, starts again, and finds every row once, in the
/// old table or in the new one.
final class MigrationCrashIT {
  private static final String TOTALS =
      "SCHEMA >\n    `user` String,\n    `total` UInt64\nENGINE SummingMergeTree\nENGINE_SORTING_KEY user\n";
  private static final String TO_TOTALS =
      "NODE n\nSQL >\n    SELECT user, sum(amount) AS total FROM events GROUP BY user\n"
          + "TYPE materialized\nDATASOURCE totals\n";

  @TempDir Path folder;

  private DeploymentRig rig;
  private Set<String> tablesBefore = Set.of();

  @BeforeEach
  void open() {
    rig = new DeploymentRig(folder);
    rig.file(
            "events.datasource",
            "SCHEMA >\n    `user` String,\n    `amount` UInt32\nENGINE MergeTree\nENGINE_SORTING_KEY user\n")
        .file("totals.datasource", TOTALS)
        .file("to_totals.pipe", TO_TOTALS);
    rig.deployed();
    rig.insert("events", 1, "user, amount", "'u String, a UInt32', ('ann', 5), ('bob', 2)");
    tablesBefore = Set.copyOf(rig.tables());
    rig.file(
        "events.datasource",
        "SCHEMA >\n    `amount` UInt64,\n    `user` String\nENGINE MergeTree\nENGINE_SORTING_KEY amount\n"
            + "FORWARD_QUERY >\n    SELECT toUInt64(amount) * 10 AS amount, user\n");
  }

  @AfterEach
  void close() {
    rig.listener = _ -> {};
    rig.close();
  }

  private static final class Crash extends Error {
    private static final long serialVersionUID = 1;
  }

  /// Runs `work` and ends it after `count` steps as a crash does; answers the last step, or nothing
  /// when the work came to its end.
  private Optional<String> crashAfter(int count, Runnable work) {
    List<String> steps = new ArrayList<>();
    rig.listener =
        step -> {
          steps.add(step);
          if (steps.size() > count) {
            throw new Crash();
          }
        };
    boolean crashed = false;
    try {
      work.run();
    } catch (Crash _) {
      crashed = true;
    }
    rig.listener = _ -> {};
    rig.reopen();
    return crashed ? Optional.of(steps.getLast()) : Optional.empty();
  }

  private void assertBefore(String step) {
    assertThat(rig.tables())
        .as("after a crash at '%s'", step)
        .containsExactlyInAnyOrderElementsOf(tablesBefore);
    assertThat(rig.rows("SELECT user, amount FROM {events} ORDER BY user"))
        .as(step)
        .containsExactly(List.of("ann", "5"), List.of("bob", "2"));
    assertThat(rig.value("SELECT sum(total) FROM {totals}")).as(step).isEqualTo("7");
  }

  private void assertMigrated(int more) {
    assertThat(rig.tables())
        .noneMatch(table -> table.contains("snapshot") || table.contains("forward"));
    assertThat(rig.value("SELECT sum(amount) FROM {events}"))
        .isEqualTo(Integer.toString(70 + 10 * more));
    assertThat(rig.value("SELECT sum(total) FROM {totals}")).isEqualTo(Integer.toString(7 + more));
    rig.insert("events", 50, "user, amount", "'u String, a UInt64', ('cat', 1)");
    assertThat(rig.value("SELECT sum(amount) FROM {events}"))
        .isEqualTo(Integer.toString(71 + 10 * more));
    assertThat(rig.value("SELECT sum(total) FROM {totals}")).isEqualTo(Integer.toString(8 + more));
    assertThat(rig.deploy().outcome()).isEqualTo(DeployResult.Outcome.NO_CHANGES);
  }

  @Test
  void everyStepOfAMigrationEndsInAllOrNothing() {
    int crashes = 0;
    boolean switched = false;
    while (!switched) {
      String step =
          crashAfter(
                  crashes++,
                  () -> {
                    var _ = rig.deploy();
                  })
              .orElseThrow();
      switched = step.equals("switched");
      if (!switched) {
        assertBefore(step);
      }
    }
    assertThat(crashes).isGreaterThan(10);
    assertMigrated(0);
  }

  @Test
  void stagingSurvivesACrashAtEachStepOfGoingLive() {
    long id = rig.deploy(DeployOptions.by("test").staging()).deployment().id();
    Optional<String> step = Optional.of("staged");
    int more = 0;
    for (int stop = 0; step.isPresent(); stop++) {
      if (rig.current().deployment() != id) {
        rig.insert("events", 10 + stop, "user, amount", "'u String, a UInt32', ('more', 1)");
        more++;
        var staged = rig.catalog.staging(rig.workspace).dataSource("events").orElseThrow();
        assertThat(rig.administrator.number("SELECT sum(amount) FROM " + staged.sqlName()))
            .as("after a crash at '%s'", step.get())
            .isEqualTo(70 + 10 * more);
        assertThat(rig.value("SELECT sum(amount) FROM {events}"))
            .isEqualTo(Integer.toString(7 + more));
      }
      step =
          crashAfter(
              stop,
              () -> {
                var _ = rig.deployments.setLive(rig.workspace, id, "test");
              });
    }
    assertMigrated(more);
  }

  @Test
  void discardingIsFinishedAfterACrashAtEachStep() {
    Optional<String> step = Optional.of("");
    int crashes = 0;
    for (int stop = 0; step.isPresent(); stop++) {
      long id = rig.deploy(DeployOptions.by("test").staging()).deployment().id();
      step =
          crashAfter(
              stop,
              () -> {
                var _ = rig.deployments.discard(rig.workspace, id, "test");
              });
      assertBefore(step.orElse("the end"));
      assertThat(rig.deployments.list(rig.workspace)).hasSize(1);
      crashes++;
    }
    assertThat(crashes).isGreaterThan(5);
  }

  @Test
  void stagingThatWasNotFinishedIsTakenBack() {
    boolean ready = false;
    for (int stop = 0; !ready; stop++) {
      String step =
          crashAfter(
                  stop,
                  () -> {
                    var _ = rig.deploy(DeployOptions.by("test").staging());
                  })
              .orElseThrow();
      ready = step.equals("data ready");
      if (!ready) {
        assertBefore(step);
      }
    }
    assertThat(rig.catalog.staging(rig.workspace).dataSource("events")).isPresent();
    var _ = rig.deployments.setLive(rig.workspace, waiting(), "test");
    assertMigrated(0);
  }

  private long waiting() {
    return rig.deployments.list(rig.workspace).getLast().id();
  }
}
