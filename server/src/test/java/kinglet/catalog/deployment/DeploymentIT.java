// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import kinglet.auth.Scope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DeploymentIT {
  private static final String EVENTS =
      """
      DESCRIPTION >
          What users do

      TOKEN "app" APPEND

      SCHEMA >
          `timestamp` DateTime64(3) `json:$.timestamp`,
          `user` String `json:$.user`,
          `amount` UInt32 `json:$.amount` DEFAULT 0

      ENGINE MergeTree
      ENGINE_PARTITION_KEY toYYYYMM(timestamp)
      ENGINE_SORTING_KEY user, timestamp
      """;
  private static final String TOTALS =
      """
      SCHEMA >
          `user` String,
          `events` AggregateFunction(count),
          `total` AggregateFunction(sum, UInt32)

      ENGINE "AggregatingMergeTree"
      ENGINE_SORTING_KEY "user"
      """;
  private static final String TOTALS_VIEW =
      """
      NODE by_user
      SQL >
          SELECT user, countState() AS events, sumState(amount) AS total
          FROM events
          GROUP BY user

      TYPE materialized
      DATASOURCE totals
      """;
  private static final String TOP =
      """
      TOKEN "app" READ

      NODE merged
      SQL >
          SELECT user, countMerge(events) AS events, sumMerge(total) AS total
          FROM totals
          GROUP BY user

      NODE result
      SQL >
          SELECT * FROM merged ORDER BY total DESC, user

      TYPE endpoint
      """;

  @TempDir Path folder;

  private DeploymentRig rig;

  @BeforeEach
  void open() {
    rig = new DeploymentRig(folder);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void projectIsDeployedAsAWhole() {
    project();
    DeployResult result = rig.deployed();

    assertThat(result.outcome()).isEqualTo(DeployResult.Outcome.SUCCESS);
    assertThat(result.deployment().id()).isEqualTo(1);
    assertThat(result.deployment().live()).isTrue();
    assertThat(result.deployment().dataSources().added()).containsExactly("events", "totals");
    assertThat(result.deployment().pipes().added()).containsExactly("by_user_view", "top");
    assertThat(rig.tables()).contains("events", "events_quarantine", "totals", "totals_quarantine");

    rig.insert(
        "events",
        1,
        "timestamp, user, amount",
        "'t DateTime64(3), u String, a UInt32', (now64(3), 'ann', 5), (now64(3), 'bob', 2),"
            + " (now64(3), 'ann', 1)");
    assertThat(top()).containsExactly(List.of("ann", "2", "6"), List.of("bob", "1", "2"));
    assertThat(rig.value("SELECT max(__seq) FROM {events}")).isEqualTo("3");
    assertThat(rig.rows("SELECT * FROM {events} LIMIT 1").getFirst()).hasSize(3);

    var app = rig.tokens.find(rig.workspace.id(), "app").orElseThrow();
    assertThat(app.scopes())
        .containsExactlyInAnyOrder(
            Scope.parse("DATASOURCES:APPEND:events"), Scope.parse("PIPES:READ:top"));
    assertThat(rig.deploy().outcome()).isEqualTo(DeployResult.Outcome.NO_CHANGES);
  }

  @Test
  void resourcesAreThereAfterAReopen() {
    project();
    rig.deployed();
    var before = rig.source("events");
    rig.reopen();
    assertThat(rig.source("events")).isEqualTo(before);
    assertThat(rig.current().views()).hasSize(1);
    assertThat(rig.current().pipe("top")).isPresent();
    assertThat(rig.deploy().outcome()).isEqualTo(DeployResult.Outcome.NO_CHANGES);
  }

  private List<List<String>> top() {
    return rig.administrator.rows(rig.current().pipe("top").orElseThrow().build("result").sql());
  }

  private void project() {
    rig.file("datasources/events.datasource", EVENTS)
        .file("datasources/totals.datasource", TOTALS)
        .file("materializations/by_user_view.pipe", TOTALS_VIEW)
        .file("endpoints/top.pipe", TOP);
  }
}
