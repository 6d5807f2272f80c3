// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Views of every kind, filled from the past and kept up to date.
final class MaterializedViewIT {
  private static final String EVENTS =
      """
      SCHEMA >
          `at` DateTime `json:$.at`,
          `user` String `json:$.user`,
          `amount` UInt32 `json:$.amount`
      ENGINE MergeTree
      ENGINE_PARTITION_KEY toYYYYMM(at)
      ENGINE_SORTING_KEY user, at
      """;
  private static final String ROWS =
      "'t DateTime, u String, a UInt32',"
          + " ('2026-01-01 00:00:00', 'ann', 5), ('2026-01-05 00:00:00', 'bob', 2),"
          + " ('2026-02-01 00:00:00', 'ann', 1)";
  private static final String MORE =
      "'t DateTime, u String, a UInt32', ('2026-02-02 00:00:00', 'ann', 10)";

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

  /// Rows before the view, the view, rows after it.
  private void beforeAndAfter() {
    var view = rig.files.remove("view.pipe");
    var target = rig.files.remove("target.datasource");
    rig.deployed();
    rig.insert("events", 1, "at, user, amount", ROWS);
    rig.file("target.datasource", target).file("view.pipe", view);
    DeployResult result = rig.deployed();
    assertThat(result.deployment().dataMovements())
        .containsExactly(DataMovement.byView("target", "view"));
    rig.insert("events", 4, "at, user, amount", MORE);
  }

  @Test
  void statesAreMerged() {
    rig.file(
            "target.datasource",
            """
            SCHEMA >
                `user` String,
                `events` AggregateFunction(count, UInt32),
                `users` AggregateFunction(uniq, String),
                `total` AggregateFunction(sum, UInt32)
            ENGINE AggregatingMergeTree
            ENGINE_SORTING_KEY user
            """)
        .file(
            "view.pipe",
            """
            NODE aggregated
            SQL >
                SELECT user, countState(amount) AS events, uniqState(user) AS users,
                       sumState(amount) AS total
                FROM events GROUP BY user
            TYPE materialized
            DATASOURCE target
            """);
    beforeAndAfter();
    assertThat(
            rig.rows(
                "SELECT user, countMerge(events), uniqMerge(users), sumMerge(total) FROM {target}"
                    + " GROUP BY user ORDER BY user"))
        .containsExactly(List.of("ann", "3", "1", "16"), List.of("bob", "1", "1", "2"));
  }

  @Test
  void simpleStatesAreMergedByTheEngine() {
    rig.file(
            "target.datasource",
            """
            SCHEMA >
                `user` String,
                `highest` SimpleAggregateFunction(max, UInt32),
                `total` SimpleAggregateFunction(sum, UInt64)
            ENGINE AggregatingMergeTree
            ENGINE_SORTING_KEY user
            """)
        .file(
            "view.pipe",
            """
            NODE aggregated
            SQL >
                SELECT user, maxSimpleState(amount) AS highest, sumSimpleState(amount) AS total
                FROM events GROUP BY user
            TYPE MATERIALIZED
            DATASOURCE target
            """);
    beforeAndAfter();
    assertThat(rig.rows("SELECT user, highest, total FROM {target} FINAL ORDER BY user"))
        .containsExactly(List.of("ann", "10", "16"), List.of("bob", "2", "2"));
  }

  @Test
  void summingTargetSumsItsOwnColumnsOnly() {
    rig.file(
            "target.datasource",
            """
            SCHEMA >
                `user` String,
                `events` UInt64,
                `total` UInt64
            ENGINE SummingMergeTree
            ENGINE_SORTING_KEY user
            """)
        .file(
            "view.pipe",
            """
            NODE summed
            SQL >
                SELECT user, count() AS events, sum(amount) AS total FROM events GROUP BY user
            TYPE materialized
            DATASOURCE target
            """);
    beforeAndAfter();
    rig.insert(
        "target", 100, "user, events, total", "'u String, e UInt64, t UInt64', ('bob', 1, 1)");
    rig.insert(
        "target", 200, "user, events, total", "'u String, e UInt64, t UInt64', ('bob', 1, 1)");
    assertThat(rig.rows("SELECT user, events, total, __seq FROM {target} FINAL ORDER BY user"))
        .containsExactly(List.of("ann", "3", "16", "0"), List.of("bob", "3", "4", "200"));
  }

  @Test
  void summingTargetWithoutNumbersKeepsItsHiddenColumns() {
    rig.file(
            "target.datasource",
            """
            SCHEMA >
                `user` String,
                `events` UInt64
            ENGINE SummingMergeTree
            ENGINE_SORTING_KEY user
            ENGINE_COLUMNS events
            """)
        .file(
            "view.pipe",
            """
            NODE summed
            SQL >
                SELECT user, count() AS events FROM events GROUP BY user
            TYPE materialized
            DATASOURCE target
            """);
    beforeAndAfter();
    assertThat(rig.rows("SELECT user, events, __seq FROM {target} FINAL ORDER BY user"))
        .containsExactly(List.of("ann", "3", "0"), List.of("bob", "1", "0"));
  }

  @Test
  void replacingTargetKeepsTheNewestRow() {
    rig.file(
            "target.datasource",
            """
            SCHEMA >
                `user` String,
                `at` DateTime,
                `amount` UInt32
            ENGINE ReplacingMergeTree
            ENGINE_SORTING_KEY user
            ENGINE_VER at
            """)
        .file(
            "view.pipe",
            """
            NODE latest
            SQL >
                SELECT user, at, amount FROM events
            TYPE materialized
            DATASOURCE target
            """);
    beforeAndAfter();
    assertThat(rig.rows("SELECT user, amount FROM {target} FINAL ORDER BY user"))
        .containsExactly(List.of("ann", "10"), List.of("bob", "2"));
  }

  @Test
  void plainTargetHoldsTransformedRows() {
    rig.file(
            "target.datasource",
            """
            SCHEMA >
                `user` LowCardinality(String),
                `doubled` UInt64
            ENGINE MergeTree
            ENGINE_SORTING_KEY user, doubled
            """)
        .file(
            "view.pipe",
            """
            NODE upper_case
            SQL >
                SELECT upper(user) AS user, amount FROM events

            NODE doubled_amounts
            SQL >
                SELECT user, amount * 2 AS doubled FROM upper_case
            TYPE materialized
            DATASOURCE target
            """);
    beforeAndAfter();
    assertThat(rig.rows("SELECT user, doubled FROM {target} ORDER BY user, doubled"))
        .containsExactly(
            List.of("ANN", "2"), List.of("ANN", "10"), List.of("ANN", "20"), List.of("BOB", "4"));
  }

  @Test
  void viewsCascadeAndAreFilledOnce() {
    rig.deployed();
    rig.insert("events", 1, "at, user, amount", ROWS);
    cascade();
    assertThat(rig.deployed().deployment().dataMovements()).hasSize(1);
    rig.insert("events", 4, "at, user, amount", MORE);
    assertCascade("4", "18");

    // A new consumer of a table in the middle is filled from what that holds.
    rig.file("again.datasource", summing("day Date, total UInt64", "day"))
        .file(
            "to_again.pipe",
            view("SELECT day, sum(total) AS total FROM daily GROUP BY day", "again"));
    rig.deployed();
    rig.insert("events", 5, "at, user, amount", MORE);
    assertCascade("5", "28");
    assertThat(rig.value("SELECT sum(total) FROM {again}")).isEqualTo("28");
  }

  @Test
  void changedViewIsFilledAnewWithAllThatFollows() {
    rig.deployed();
    cascade();
    rig.deployed();
    rig.insert("events", 1, "at, user, amount", ROWS);
    assertCascade("3", "8");
    String tableBefore = rig.source("daily").table();
    rig.file(
        "to_daily.pipe",
        view(
            "SELECT toDate(at) AS day, user, sum(amount * 2) AS total FROM events GROUP BY day, user",
            "daily"));
    DeployResult result = rig.deployed();
    assertThat(result.deployment().dataMovements()).hasSize(1);
    assertThat(rig.source("daily").table()).isNotEqualTo(tableBefore);
    assertCascade("3", "16");
    rig.insert("events", 4, "at, user, amount", MORE);
    assertCascade("4", "36");
    assertThat(rig.tables()).noneMatch(table -> table.contains("snapshot"));
    assertThat(rig.tables().stream().filter(table -> table.startsWith("__view_"))).hasSize(3);
    assertThat(rig.deploy().outcome()).isEqualTo(DeployResult.Outcome.NO_CHANGES);
  }

  @Test
  void alterMethodLeavesTheRowsThatAreThere() {
    rig.file("target.datasource", summing("user String, total UInt64", "user"))
        .file(
            "view.pipe",
            view("SELECT user, sum(amount) AS total FROM events GROUP BY user", "target"));
    beforeAndAfter();
    rig.file(
        "view.pipe",
        view("SELECT user, sum(amount * 100) AS total FROM events GROUP BY user", "target")
            + "DEPLOYMENT_METHOD alter\n");
    assertThat(rig.deployed().deployment().dataMovements()).isEmpty();
    assertThat(rig.value("SELECT sum(total) FROM {target}")).isEqualTo("18");
    rig.insert("events", 5, "at, user, amount", MORE);
    assertThat(rig.value("SELECT sum(total) FROM {target}")).isEqualTo("1018");
  }

  @Test
  void rightSideOfAJoinIsReadWhenRowsComeIn() {
    rig.file(
            "names.datasource",
            """
            SCHEMA >
                `user` String,
                `full_name` String
            ENGINE MergeTree
            ENGINE_SORTING_KEY user
            """)
        .file("target.datasource", summing("full_name String, total UInt64", "full_name"))
        .file(
            "view.pipe",
            view(
                "SELECT names.full_name AS full_name, sum(events.amount) AS total FROM events"
                    + " LEFT JOIN names ON events.user = names.user GROUP BY full_name",
                "target"));
    rig.deployed();
    rig.insert("names", 1, "user, full_name", "'u String, n String', ('ann', 'Ann A.')");
    assertThat(rig.value("SELECT count() FROM {target}")).isEqualTo("0");
    rig.insert("events", 2, "at, user, amount", ROWS);
    assertThat(rig.rows("SELECT full_name, total FROM {target} ORDER BY full_name"))
        .containsExactly(List.of("", "2"), List.of("Ann A.", "6"));
    assertThat(rig.current().views().getFirst().source()).isEqualTo("events");
    assertThat(rig.current().views().getFirst().reads())
        .containsExactlyInAnyOrder("events", "names");
  }

  /// Rows that pass through a view find what it joins whole: those that are moved and those that
  /// come.
  @Test
  void whatANewViewJoinsIsWholeBeforeRowsPassThroughIt() {
    rig.file("names.datasource", names("user"));
    rig.deployed();
    rig.insert("names", 1, "user, full_name", "'u String, n String', ('ann', 'Ann A.')");
    rig.insert("events", 2, "at, user, amount", ROWS);
    rig.file("names.datasource", names("full_name, user"))
        .file("events.datasource", EVENTS.replace("SORTING_KEY ", "SORTING_KEY amount, "))
        .file("target.datasource", summing("full_name String, total UInt64", "full_name"))
        .file(
            "view.pipe",
            view(
                "SELECT names.full_name AS full_name, sum(events.amount) AS total FROM events"
                    + " LEFT JOIN names ON events.user = names.user GROUP BY full_name",
                "target"));
    rig.listener =
        step -> {
          rig.steps.add(step);
          if (step.equals("filled 1") && rig.steps.stream().filter(step::equals).count() == 1) {
            rig.insert("events", 5, "at, user, amount", ROWS);
          }
        };
    rig.deployed();
    assertThat(rig.value("SELECT count() FROM {events}")).isEqualTo("6");
    assertThat(rig.rows("SELECT full_name, sum(total) FROM {target} GROUP BY ALL ORDER BY ALL"))
        .containsExactly(List.of("", "4"), List.of("Ann A.", "12"));
  }

  private static String names(String key) {
    return "SCHEMA >\n    `user` String,\n    `full_name` String\nENGINE MergeTree\n"
        + "ENGINE_SORTING_KEY "
        + key
        + "\n";
  }

  @Test
  void sourceThatKeepsNothingFeedsItsViews() {
    rig.file("events.datasource", EVENTS.replaceAll("(?s)ENGINE MergeTree.*", "ENGINE Null\n"))
        .file("target.datasource", summing("user String, total UInt64", "user"))
        .file(
            "view.pipe",
            view("SELECT user, sum(amount) AS total FROM events GROUP BY user", "target"));
    rig.deployed();
    rig.insert("events", 1, "at, user, amount", ROWS);
    assertThat(rig.value("SELECT sum(total) FROM {target}")).isEqualTo("8");
    assertThat(rig.value("SELECT count() FROM {events}")).isEqualTo("0");
  }

  @Test
  void pipeMayDescribeItsTarget() {
    rig.file(
        "view.pipe",
        view("SELECT user, sumState(amount) AS total FROM events GROUP BY user", "described")
            + "ENGINE AggregatingMergeTree\nENGINE_SORTING_KEY user\n");
    rig.deployed();
    rig.insert("events", 1, "at, user, amount", ROWS);
    assertThat(rig.value("SELECT sumMerge(total) FROM {described}")).isEqualTo("8");
    rig.reopen();
    assertThat(rig.deploy().outcome()).isEqualTo(DeployResult.Outcome.NO_CHANGES);
  }

  private void cascade() {
    rig.file("daily.datasource", summing("day Date, user String, total UInt64", "day, user"))
        .file(
            "to_daily.pipe",
            view(
                "SELECT toDate(at) AS day, user, sum(amount) AS total FROM events GROUP BY day, user",
                "daily"))
        .file("monthly.datasource", summing("month Date, user String, total UInt64", "month, user"))
        .file(
            "to_monthly.pipe",
            view(
                "SELECT toStartOfMonth(day) AS month, user, sum(total) AS total FROM daily"
                    + " GROUP BY month, user",
                "monthly"))
        .file("yearly.datasource", summing("year UInt16, total UInt64", "year"))
        .file(
            "to_yearly.pipe",
            view(
                "SELECT toYear(month) AS year, sum(total) AS total FROM monthly GROUP BY year",
                "yearly"));
  }

  private void assertCascade(String events, String total) {
    assertThat(rig.value("SELECT count() FROM {events}")).isEqualTo(events);
    for (String name : List.of("daily", "monthly", "yearly")) {
      assertThat(rig.value("SELECT sum(total) FROM {" + name + "}")).as(name).isEqualTo(total);
    }
  }

  private static String summing(String columns, String key) {
    return "SCHEMA >\n    "
        + columns
        + "\nENGINE SummingMergeTree\nENGINE_SORTING_KEY "
        + key
        + "\n";
  }

  private static String view(String sql, String target) {
    return "NODE only\nSQL >\n    " + sql + "\nTYPE materialized\nDATASOURCE " + target + "\n";
  }
}
