// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import kinglet.auth.Scope;
import kinglet.catalog.Finding;
import kinglet.thread.Threads;
import org.jspecify.annotations.Nullable;
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

  /// Between the moment at which a deployment is stored as live and the one at which it is.
  @Test
  void whoReadsThatADeploymentIsLiveFindsItsResources() throws Exception {
    rig.file("events.datasource", EVENTS);
    AtomicReference<@Nullable Long> held = new AtomicReference<>();
    Thread reader =
        Threads.platformFactory("reader")
            .newThread(() -> {
              boolean live = rig.deployments.find(rig.workspace, 1).orElseThrow().live();
              held.set(live ? rig.current().deployment() : -1);
            });
    rig.listener =
        step -> {
          if (step.equals("switched")) {
            reader.start();
            while (reader.getState() != Thread.State.WAITING && reader.isAlive()) {
              Thread.onSpinWait();
            }
          }
        };

    rig.deployed();

    reader.join();
    assertThat(held.get()).isEqualTo(1);
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

  @Test
  void checkSaysWhatWouldHappenAndChangesNothing() {
    project();
    DeployResult result = rig.deploy(DeployOptions.by("test").checking());
    assertThat(result.outcome()).isEqualTo(DeployResult.Outcome.SUCCESS);
    assertThat(result.deployment().dataSources().added()).hasSize(2);
    assertThat(result.deployment().tokenChanges()).hasSize(1);
    assertThat(rig.tables()).isEmpty();
    assertThat(rig.deployments.history(rig.workspace)).isEmpty();
    assertThat(rig.tokens.find(rig.workspace.id(), "app")).isEmpty();
    assertThat(
            rig.administrator.rows("SELECT name FROM system.databases WHERE name LIKE '%_check'"))
        .isEmpty();
  }

  @Test
  void rowsThatComeInMeanwhileAreNeitherLostNorDoubled() {
    rig.file("datasources/events.datasource", EVENTS);
    rig.deployed();
    String row = "'t DateTime64(3), u String, a UInt32', (now64(3), 'ann', 1)";
    rig.insert("events", 1, "timestamp, user, amount", row);
    project();
    int[] inserted = {1};
    boolean[] held = {false};
    rig.gate =
        ids -> {
          assertThat(ids).containsExactly(rig.source("events").id());
          held[0] = true;
          return () -> held[0] = false;
        };
    rig.listener =
        step -> {
          rig.steps.add(step);
          if (step.startsWith("views")) {
            assertThat(held[0]).as(step).isTrue();
          }
          if (!held[0]) {
            rig.insert("events", ++inserted[0], "timestamp, user, amount", row);
          }
        };
    rig.deployed();
    rig.listener = _ -> {};
    assertThat(rig.steps).contains("views 1", "filled 1", "data ready", "switched");
    assertThat(inserted[0]).isGreaterThan(5);
    assertThat(top()).containsExactly(List.of("ann", "" + inserted[0], "" + inserted[0]));
    assertThat(held[0]).isFalse();
  }

  @Test
  void tableIsAlteredInPlace() {
    rig.file(
        "a.datasource",
        schema("`k` String, `n` UInt8, `s` String DEFAULT 'x' CODEC(ZSTD(1)), `t` DateTime"));
    rig.deployed();
    rig.insert(
        "a", 1, "k, n, s, t", "'k String, n UInt8, s String, t DateTime', ('a', 1, 's', now())");
    rig.file(
        "a.datasource",
        schema(
                "`k` String, `added` Array(String) DEFAULT ['d'], `n` Nullable(UInt32), `t` DateTime,"
                    + " `s` LowCardinality(String)")
            + "ENGINE_TTL t + toIntervalDay(30)\nENGINE_SETTINGS merge_with_ttl_timeout=60\n"
            + "INDEXES >\n    by_n n TYPE minmax GRANULARITY 2\n");
    DeployResult result = rig.deployed();
    assertThat(result.deployment().dataSources().changed()).containsExactly("a");
    assertThat(rig.source("a").schemaVersion()).isEqualTo(2);
    assertThat(rig.source("a").table()).isEqualTo("a");
    assertThat(rig.rows("SELECT k, added, n, s FROM {a}"))
        .containsExactly(List.of("a", "['d']", "1", "s"));
    String create =
        rig.value(
            "SELECT create_table_query FROM system.tables WHERE database = '"
                + rig.workspace.database()
                + "' AND name = 'a'");
    assertThat(create)
        .contains(
            "TTL t + toIntervalDay(30)", "merge_with_ttl_timeout = 60", "INDEX by_n n TYPE minmax")
        .doesNotContain("ZSTD(1)")
        .doesNotContain("DEFAULT 'x'");
    assertThat(
            rig.rows(
                "SELECT added FROM " + rig.source("a").sqlName().replace("`a`", "`a_quarantine`")))
        .isEmpty();
    assertThat(rig.rows("SELECT * FROM {a}").getFirst()).containsSubsequence("a", "['d']", "1");
    assertThat(rig.deploy().outcome()).isEqualTo(DeployResult.Outcome.NO_CHANGES);

    rig.file(
        "a.datasource",
        schema(
            "`k` String, `added` Array(String) DEFAULT ['d'], `n` Nullable(UInt32), `t` DateTime,"
                + " `s` LowCardinality(String)"));
    rig.deployed();
    assertThat(
            rig.value(
                "SELECT create_table_query FROM system.tables WHERE database = '"
                    + rig.workspace.database()
                    + "' AND name = 'a'"))
        .doesNotContain("TTL t")
        .doesNotContain("by_n");
  }

  @Test
  void removingColumnsAndDataSourcesMustBeAllowed() {
    rig.file("a.datasource", schema("`k` String, `n` UInt8"))
        .file("b.datasource", schema("`k` String"));
    rig.deployed();
    rig.file("a.datasource", schema("`k` String")).without("b.datasource");
    DeployResult refused = rig.deploy();
    assertThat(refused.failed()).isTrue();
    assertThat(DeploymentRig.errors(refused).toString())
        .contains("The data source 'b' is not in the project")
        .contains("The column 'n' of 'a' is not in the file")
        .contains("allow_destructive_operations");
    assertThat(rig.current().dataSource("b")).isPresent();

    DeployResult allowed = rig.deploy(DeployOptions.by("test").destructive());
    assertThat(allowed.failed()).isFalse();
    assertThat(allowed.deployment().dataSources().deleted()).containsExactly("b");
    assertThat(rig.tables()).containsExactly("a", "a_quarantine");
    assertThat(
            rig.rows(
                "SELECT name FROM system.columns WHERE table = 'a' AND database = '"
                    + rig.workspace.database()
                    + "'"))
        .doesNotContain(List.of("n"));
  }

  @Test
  void numbersOfDataSourcesAreNeverUsedAgain() {
    rig.file("a.datasource", schema("`k` String"));
    rig.deployed();
    long first = rig.source("a").id();
    rig.without("a.datasource").file("b.datasource", schema("`k` String"));
    var _ = rig.deploy(DeployOptions.by("test").destructive());
    rig.file("a.datasource", schema("`k` String"));
    rig.deployed();
    assertThat(rig.source("b").id()).isGreaterThan(first);
    assertThat(rig.source("a").id()).isGreaterThan(rig.source("b").id());
  }

  @Test
  void changesThatLoseValuesNeedAnEmptyTable() {
    rig.file("a.datasource", schema("`k` String, `n` UInt8"));
    rig.deployed();
    rig.file("a.datasource", schema("`k` String, `n` String"));
    rig.deployed();
    assertThat(rig.source("a").schema().column(1).type().sql()).isEqualTo("String");
    rig.insert("a", 1, "k, n", "'k String, n String', ('a', 'b')");
    rig.file("a.datasource", schema("`k` String, `n` UInt8"));
    assertThat(DeploymentRig.errors(rig.deploy()))
        .singleElement()
        .asString()
        .startsWith("a.datasource:1:1 The data source 'a' holds rows")
        .contains("The column 'n' changes from String to UInt8");
    assertThat(rig.value("SELECT count() FROM {a}")).isEqualTo("1");
  }

  @Test
  void secondDeploymentAtATimeIsRefused() {
    project();
    java.util.List<Throwable> refusals = new java.util.ArrayList<>();
    rig.listener =
        step -> {
          if (step.equals("intent stored")) {
            Thread other =
                kinglet.thread.Threads.platform(
                    "other",
                    () -> {
                      try {
                        var _ = rig.deploy();
                      } catch (kinglet.error.PlatformException e) {
                        refusals.add(e);
                      }
                    });
            try {
              other.join(30_000);
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
        };
    rig.deployed();
    assertThat(refusals)
        .singleElement()
        .isInstanceOfSatisfying(
            kinglet.error.PlatformException.class,
            e ->
                assertThat(e.code())
                    .isEqualTo(kinglet.catalog.CatalogError.DEPLOYMENT_IN_PROGRESS));
  }

  @Test
  void failingStatementTakesEverythingBack() {
    project();
    rig.deployed();
    List<String> before = rig.tables();
    rig.file("datasources/more.datasource", schema("`k` String"));
    rig.listener =
        step -> {
          if (step.equals("data ready")) {
            rig.administrator.define("SELECT throwIf(1, 'the disk is gone')");
          }
        };
    DeployResult result = rig.deploy();
    rig.listener = _ -> {};
    assertThat(DeploymentRig.errors(result).toString()).contains("the disk is gone");
    assertThat(rig.tables()).isEqualTo(before);
    assertThat(rig.deployments.find(rig.workspace, 2).orElseThrow().status())
        .isEqualTo(DeploymentStatus.FAILED);
    rig.deployed();
    assertThat(rig.deployments.list(rig.workspace).getFirst().id()).isEqualTo(3);
  }

  @Test
  void cleaningUpGoesOnWhenTheEngineIsBack() throws InterruptedException {
    project();
    rig.deployed();
    String row = "'t DateTime64(3), u String, a UInt32', (now64(3), 'ann', 1)";
    rig.insert("events", 1, "timestamp, user, amount", row);
    rig.file(
        "materializations/by_user_view.pipe",
        TOTALS_VIEW.replace("sumState(amount)", "sumState(toUInt32(amount * 10))")
            + "DEPLOYMENT_METHOD alter\n");
    var released = new java.util.concurrent.CountDownLatch(1);
    rig.gate = _ -> released::countDown;
    int[] failures = {0};
    rig.listener =
        step -> {
          // The old view is gone, the new one is not there yet.
          if (step.equals("after 1") && failures[0]++ < 2) {
            assertThat(released.getCount()).isEqualTo(1);
            throw new kinglet.error.PlatformException(
                kinglet.clickhouse.ClickHouseError.ENGINE_UNAVAILABLE, "away");
          }
        };
    assertThat(rig.deploy().outcome()).isEqualTo(DeployResult.Outcome.SUCCESS);
    assertThat(released.getCount()).isEqualTo(1);
    assertThat(released.await(30, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
    assertThat(failures[0]).isEqualTo(3);
    rig.insert("events", 2, "timestamp, user, amount", row);
    assertThat(top()).containsExactly(List.of("ann", "2", "11"));
  }

  @Test
  void everyChangeIsLogged() {
    project();
    rig.deployed();
    var entries =
        new kinglet.catalog.ChangeLog(rig.database, java.time.InstantSource.system())
            .newest(rig.workspace.id(), 10);
    assertThat(entries).hasSize(2);
    assertThat(entries.getFirst().author()).isEqualTo("test");
    assertThat(entries.getFirst().change()).isEqualTo("deploy");
    assertThat(entries.getFirst().detail()).contains("+[events, totals]");
    assertThat(entries.getFirst().at()).isEqualTo(DeploymentRig.NOW);
  }

  @Test
  void enginesOfAllKindsAreMade() {
    String columns = "`k` String, `v` UInt64, `sign` Int8, `at` DateTime, `gone` UInt8";
    rig.file(
            "merge.datasource",
            engine(
                columns,
                "MergeTree",
                "ENGINE_SORTING_KEY k, cityHash64(k)",
                "ENGINE_PRIMARY_KEY k, cityHash64(k)",
                "ENGINE_SAMPLING_KEY cityHash64(k)",
                "ENGINE_PARTITION_KEY ''",
                "ENGINE_TTL at + toIntervalDay(1)"))
        .file(
            "replacing.datasource",
            engine(
                columns,
                "\"ReplacingMergeTree\"",
                "ENGINE_SORTING_KEY \"k\"",
                "ENGINE_VER v",
                "ENGINE_IS_DELETED gone"))
        .file(
            "summing.datasource",
            engine(
                columns,
                "SummingMergeTree",
                "ENGINE_SORTING_KEY k, sign, at, gone",
                "ENGINE_SUMMING_COLUMNS v"))
        .file(
            "aggregating.datasource",
            engine(
                "`k` String, `c` AggregateFunction(uniq, String)",
                "AggregatingMergeTree",
                "ENGINE_SORTING_KEY k"))
        .file(
            "collapsing.datasource",
            engine(columns, "CollapsingMergeTree", "ENGINE_SORTING_KEY k", "ENGINE_SIGN sign"))
        .file(
            "versioned.datasource",
            engine(
                columns,
                "VersionedCollapsingMergeTree",
                "ENGINE_SORTING_KEY k",
                "ENGINE_SIGN sign",
                "ENGINE_VERSION v"))
        .file("nothing.datasource", engine(columns, "Null"))
        .file(
            "joined.datasource",
            engine(
                columns,
                "Join",
                "ENGINE_JOIN_STRICTNESS ANY",
                "ENGINE_JOIN_TYPE LEFT",
                "ENGINE_KEY_COLUMNS k"))
        .file("logged.datasource", engine(columns, "TinyLog"))
        .file(
            "default.datasource".replace("default", "standard"), "SCHEMA >\n    " + columns + "\n");
    rig.deployed();
    assertThat(
            rig.rows(
                "SELECT name, engine, sorting_key FROM system.tables WHERE database = '"
                    + rig.workspace.database()
                    + "' AND name NOT LIKE '%_quarantine' ORDER BY name"))
        .containsExactly(
            List.of("aggregating", "AggregatingMergeTree", "k"),
            List.of("collapsing", "CollapsingMergeTree", "k"),
            List.of("joined", "Join", ""),
            List.of("logged", "TinyLog", ""),
            List.of("merge", "MergeTree", "k, cityHash64(k)"),
            List.of("nothing", "Null", ""),
            List.of("replacing", "ReplacingMergeTree", "k"),
            List.of("standard", "MergeTree", "at, v, k"),
            List.of("summing", "SummingMergeTree", "k, sign, at, gone"),
            List.of("versioned", "VersionedCollapsingMergeTree", "k, v"));
    assertThat(rig.deploy().outcome()).isEqualTo(DeployResult.Outcome.NO_CHANGES);
  }

  @Test
  void aggregatingTableMayHaveOtherColumns() {
    String columns = "`k` String, `c` SimpleAggregateFunction(sum, UInt64)";
    rig.file("a.datasource", engine(columns, "AggregatingMergeTree", "ENGINE_SORTING_KEY k"));
    rig.deployed();
    rig.file(
        "a.datasource",
        engine(
            columns + ", `name` String DEFAULT k", "AggregatingMergeTree", "ENGINE_SORTING_KEY k"));
    assertThat(DeploymentRig.messages(rig.deployed(), kinglet.catalog.Finding.Level.WARNING))
        .singleElement()
        .asString()
        .contains("any of the values of name");
    assertThat(rig.source("a").table()).isEqualTo("a");
    rig.without("a.datasource")
        .file(
            "b.datasource",
            engine(columns + ", `name` String", "AggregatingMergeTree", "ENGINE_SORTING_KEY k"));
    assertThat(rig.deploy(DeployOptions.by("test").destructive()).failed()).isFalse();
  }

  @Test
  void columnMayTakeTheTypeOfItsDefault() {
    rig.file("a.datasource", schema("`k` String, `n` DEFAULT toUInt16(length(k)) + 1"));
    rig.deployed();
    assertThat(rig.source("a").schema().column(1).type().sql()).isEqualTo("UInt32");
    rig.reopen();
    assertThat(rig.deploy().outcome()).isEqualTo(DeployResult.Outcome.NO_CHANGES);
  }

  private static String schema(String columns) {
    return engine(columns, "MergeTree", "ENGINE_SORTING_KEY k");
  }

  private static String engine(String columns, String engine, String... keys) {
    return "SCHEMA >\n    "
        + columns
        + "\nENGINE "
        + engine
        + "\n"
        + String.join("\n", keys)
        + "\n";
  }

  @Test
  void templatesThatNameColumnsAndTablesDeploy() {
    project();
    rig.file(
        "pipes/by_name.pipe",
        "NODE a\nSQL >\n    %\n    SELECT {{symbol(by)}} AS k FROM events ORDER BY {{symbol(by)}}\n"
            + "NODE b\nSQL >\n    SELECT k, count() AS n FROM a GROUP BY k\nTYPE endpoint\n");
    rig.file(
        "pipes/any_table.pipe",
        "NODE a\nSQL >\n    %\n    SELECT count() AS n FROM {{table(which)}}\nTYPE endpoint\n");
    rig.file("pipes/reader.pipe", "NODE a\nSQL >\n    SELECT * FROM any_table\nTYPE endpoint\n");
    DeployResult result = rig.deployed();
    assertThat(DeploymentRig.messages(result, Finding.Level.WARNING))
        .contains("The node 'a' cannot be checked without a value: give the names in it a default");
    assertThat(rig.current().pipe("reader")).isPresent();
    assertThat(rig.deploy().outcome()).isEqualTo(DeployResult.Outcome.NO_CHANGES);
  }

  @Test
  void earlierDeploymentsComeBackWhileTheirFilesAreKept() {
    rig.file("a.datasource", schema("`k` String"));
    rig.deployed();
    rig.insert("a", 1, "k", "'k String', ('x')");
    rig.file("a.datasource", schema("`k` String, `n` UInt8"));
    rig.deployed();
    DeployOptions options = DeployOptions.by("somebody");
    assertThat(DeploymentRig.errors(rig.deployments.rollback(rig.workspace, 1, options)).toString())
        .contains("'n' of 'a' is not in the file");
    DeployResult back = rig.deployments.rollback(rig.workspace, 1, options.destructive());
    assertThat(back.deployment().live()).isTrue();
    assertThat(rig.rows("SELECT * FROM {a}")).containsExactly(List.of("x"));
    assertThat(
            new kinglet.catalog.ChangeLog(rig.database, java.time.InstantSource.system())
                .newest(rig.workspace.id(), 1))
        .singleElement()
        .satisfies(change -> {
          assertThat(change.author()).isEqualTo("somebody");
          assertThat(change.change()).isEqualTo("deploy");
          assertThat(change.detail()).contains("~[a]");
        });
    for (int i = 0; i < DeploymentRig.FILES_KEPT; i++) {
      rig.file("a.datasource", "DESCRIPTION number " + i + "\n" + schema("`k` String"));
      rig.deployed();
    }
    assertThat(rig.deployments.rollback(rig.workspace, 5, options).failed()).isFalse();
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> rig.deployments.rollback(rig.workspace, 2, options))
        .hasMessageContaining("not kept any more");
  }
}
