// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import kinglet.catalog.CatalogError;
import kinglet.catalog.Finding;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.error.PlatformException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Moves the rows of data sources to new tables, at once and by way of staging.
final class MigrationIT {
  private static final String COLUMNS = "'u String, a UInt32'";

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

  private static String events(String columns, String key, String more) {
    return "SCHEMA >\n    "
        + columns.replace(", `", ",\n    `")
        + "\nENGINE MergeTree\nENGINE_SORTING_KEY "
        + key
        + "\n"
        + more;
  }

  private void before() {
    rig.file("events.datasource", events("`user` String, `amount` UInt32", "user", ""));
    rig.deployed();
    rig.insert("events", 1, "user, amount", COLUMNS + ", ('1', 5), ('2', 7)");
    rig.clickhouse.execute(
        Statement.of(
            Role.WRITER,
            "INSERT INTO "
                + rig.source("events").sqlName().replace("events", "events_quarantine")
                + " (c__error_column, c__error, user, amount) VALUES (['amount'], ['bad'], 'x', 'y')"));
  }

  private void forward(String columns, String key, String query) {
    rig.file("events.datasource", events(columns, key, "FORWARD_QUERY >\n    " + query + "\n"));
  }

  @Test
  void forwardQueryMovesRowsWithTheirNumbersAndQuarantine() {
    before();
    List<List<String>> hidden =
        rig.rows("SELECT __seq, __ingested_at, __known_at FROM {events} ORDER BY __seq");
    forward(
        "`user` UInt64, `cents` UInt64, `country` String DEFAULT 'es'",
        "user",
        "SELECT CAST(user, 'UInt64') AS user, toUInt64(amount) * 100 AS cents");
    DeployResult result = rig.deployed();
    assertThat(result.deployment().dataMovements())
        .containsExactly(DataMovement.forwarded("events"));
    assertThat(rig.rows("SELECT * FROM {events} ORDER BY user"))
        .containsExactly(List.of("1", "500", "es"), List.of("2", "700", "es"));
    assertThat(rig.rows("SELECT __seq, __ingested_at, __known_at FROM {events} ORDER BY __seq"))
        .isEqualTo(hidden);
    assertThat(
            rig.administrator.rows(
                "SELECT user, cents, c__error FROM "
                    + rig.current().table("events_quarantine").orElseThrow()))
        .containsExactly(List.of("x", "ᴺᵁᴸᴸ", "['bad']"));
    assertThat(rig.tables()).containsExactlyInAnyOrder("events__2", "events__2_quarantine");
    assertThat(rig.source("events").schemas()).hasSize(2);

    // What the query said is done: another change does not do it once more.
    forward(
        "`user` UInt64, `cents` UInt64, `country` String DEFAULT 'es', `more` UInt8",
        "user",
        "SELECT CAST(user, 'UInt64') AS user, toUInt64(amount) * 100 AS cents");
    rig.deployed();
    assertThat(rig.value("SELECT sum(cents) FROM {events}")).isEqualTo("1200");
    assertThat(rig.deploy().outcome()).isEqualTo(DeployResult.Outcome.NO_CHANGES);
  }

  @Test
  void compatibleChangesMoveRowsByThemselves() {
    before();
    rig.file(
        "events.datasource",
        "SCHEMA >\n    `user` LowCardinality(String),\n    `amount` UInt64,\n    `at` DateTime DEFAULT toDateTime(0, 'UTC')\n"
            + "ENGINE ReplacingMergeTree\nENGINE_SORTING_KEY amount, user\n"
            + "ENGINE_PARTITION_KEY amount % 3\n");
    rig.deployed();
    assertThat(rig.rows("SELECT user, amount, __seq FROM {events} ORDER BY user"))
        .containsExactly(List.of("1", "5", "1"), List.of("2", "7", "2"));
    rig.insert("events", 3, "user, amount", COLUMNS + ", ('3', 1)");
    assertThat(rig.value("SELECT count() FROM {events}")).isEqualTo("3");
  }

  @Test
  void changesThatLoseValuesSayWhatToWrite() {
    before();
    rig.file("events.datasource", events("`user` UInt64, `amount` UInt32", "user", ""));
    assertThat(DeploymentRig.errors(rig.deploy()).toString())
        .contains("'user' changes from String to UInt64")
        .contains("FORWARD_QUERY > SELECT * REPLACE (CAST(user, 'UInt64') AS user)");
    String[][] cases = {
      {"SELECT nothing AS user, amount", "does not fit the rows there are"},
      {"SELECT user, amount", "gives 'user' as String, the schema has UInt64"},
      {"SELECT toUInt64(user) AS who, amount", "gives 'who', which is no column"},
      {"SELECT toUInt64(user) AS user, amount FROM system.one", "a select list alone"},
      {"SELECT toUInt64(user) AS user, (SELECT 1) AS amount", "amount"},
      {"SELECT toUInt64(user) AS user, amount WHERE 1", "FORWARD_QUERY"},
    };
    for (String[] one : cases) {
      forward("`user` UInt64, `amount` UInt32", "user", one[0]);
      DeployResult result = rig.deploy();
      assertThat(DeploymentRig.errors(result).toString())
          .as(one[0])
          .contains(one[1])
          .doesNotContain(rig.workspace.database(), "__seq");
      assertThat(result.failed()).isTrue();
    }
    forward("`user` UInt64, `amount` UInt32", "user", "SELECT toUInt64(user) AS user");
    assertThat(DeploymentRig.errors(rig.deploy()).toString())
        .contains("'amount' of 'events' is not in the FORWARD_QUERY");
    // A value that cannot be converted ends the deployment, and nothing has changed.
    rig.insert("events", 9, "user, amount", COLUMNS + ", ('ann', 1)");
    List<String> tables = rig.tables();
    forward(
        "`user` UInt64, `amount` UInt32", "user", "SELECT CAST(user, 'UInt64') AS user, amount");
    assertThat(DeploymentRig.errors(rig.deploy()).toString()).contains("ann");
    assertThat(rig.tables()).isEqualTo(tables);
    assertThat(rig.value("SELECT count() FROM {events}")).isEqualTo("3");
  }

  @Test
  void viewsFollowTheirMovedSource() {
    before();
    rig.file(
            "totals.datasource",
            "SCHEMA >\n    `user` String,\n    `total` UInt64\nENGINE SummingMergeTree\nENGINE_SORTING_KEY user\n")
        .file(
            "to_totals.pipe",
            "NODE n\nSQL >\n    SELECT user, sum(amount) AS total FROM events GROUP BY user\n"
                + "TYPE materialized\nDATASOURCE totals\n");
    rig.deployed();
    rig.file("events.datasource", events("`user` String, `amount` UInt32", "amount", ""))
        .file(
            "counts.datasource",
            "SCHEMA >\n    `n` UInt64\nENGINE MergeTree\nENGINE_SORTING_KEY n\n")
        .file(
            "to_counts.pipe",
            "NODE n\nSQL >\n    SELECT count() AS n FROM events\n"
                + "TYPE materialized\nDATASOURCE counts\n");
    rig.deployed();
    rig.insert("events", 3, "user, amount", COLUMNS + ", ('1', 1)");
    assertThat(rig.value("SELECT sum(total) FROM {totals}")).isEqualTo("13");
    assertThat(rig.value("SELECT sum(n) FROM {counts}")).isEqualTo("3");

    // The target keeps its rows by its own FORWARD_QUERY though its view changes.
    rig.file(
            "totals.datasource",
            "SCHEMA >\n    `user` String,\n    `total` UInt64\nENGINE SummingMergeTree\nENGINE_SORTING_KEY user\n"
                + "FORWARD_QUERY >\n    SELECT *\n")
        .file(
            "to_totals.pipe",
            "NODE n\nSQL >\n    SELECT user, sum(amount) * 1000 AS total FROM events GROUP BY user\n"
                + "TYPE materialized\nDATASOURCE totals\n");
    rig.deployed();
    rig.insert("events", 4, "user, amount", COLUMNS + ", ('1', 1)");
    assertThat(rig.value("SELECT sum(total) FROM {totals}")).isEqualTo("1013");
  }

  @Test
  void stagingLeavesWhatIsLiveAlone() {
    before();
    rig.file(
        "events.datasource",
        events("`user` String, `amount` UInt32, `country` String DEFAULT 'es'", "user", ""));
    rig.file("top.pipe", "NODE n\nSQL >\n    SELECT * FROM events\nTYPE endpoint\n");
    DeployResult staged = rig.deploy(DeployOptions.by("test").staging());
    assertThat(DeploymentRig.messages(staged, Finding.Level.ERROR)).isEmpty();
    assertThat(rig.rows("SELECT * FROM {events} ORDER BY user"))
        .containsExactly(List.of("1", "5"), List.of("2", "7"));
    rig.insert("events", 3, "user, amount", COLUMNS + ", ('3', 9)");
    rig.reopen();
    rig.insert("events", 4, "user, amount", COLUMNS + ", ('4', 9)");
    assertThat(stagedEvents())
        .containsExactly(
            List.of("1", "5", "es", "1"),
            List.of("2", "7", "es", "2"),
            List.of("3", "9", "es", "3"),
            List.of("4", "9", "es", "4"));
    assertThatThrownBy(() -> rig.deploy())
        .isInstanceOfSatisfying(
            PlatformException.class,
            e -> assertThat(e.code()).isEqualTo(CatalogError.STAGING_WAITS));
    assertThatThrownBy(() -> rig.deployments.removingRows(rig.workspace, _ -> {}))
        .isInstanceOf(PlatformException.class);

    var live = rig.deployments.setLive(rig.workspace, staged.deployment().id(), "test");
    assertThat(live.live()).isTrue();
    assertThat(rig.rows("SELECT *, __seq FROM {events} ORDER BY user"))
        .contains(List.of("4", "9", "es", "4"))
        .hasSize(4);
    assertThat(rig.tables()).containsExactlyInAnyOrder("events__2", "events__2_quarantine");
  }

  @Test
  void discardingLeavesNothing() {
    before();
    List<String> tables = rig.tables();
    rig.file(
        "events.datasource",
        events("`user` String, `amount` UInt64, `country` String", "amount", ""));
    long id = rig.deploy(DeployOptions.by("test").staging()).deployment().id();
    assertThat(stagedEvents()).hasSize(2);
    assertThat(rig.deployments.discard(rig.workspace, id, "test").status())
        .isEqualTo(DeploymentStatus.DELETED);
    assertThat(rig.tables()).isEqualTo(tables);
    assertThatThrownBy(() -> rig.catalog.staging(rig.workspace))
        .isInstanceOf(PlatformException.class);
    assertThat(rig.deployed().deployment().id()).isEqualTo(id + 1);
  }

  private List<List<String>> stagedEvents() {
    var source = rig.catalog.staging(rig.workspace).dataSource("events").orElseThrow();
    return rig.administrator.rows("SELECT *, __seq FROM " + source.sqlName() + " ORDER BY user");
  }
}
