// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import kinglet.auth.SecretKeys;
import kinglet.auth.Tokens;
import kinglet.catalog.Catalog;
import kinglet.catalog.Workspace;
import kinglet.catalog.datafile.ProjectFile;
import kinglet.catalog.deployment.DeployOptions;
import kinglet.catalog.deployment.DeployResult;
import kinglet.catalog.deployment.ProjectDeployments;
import kinglet.catalog.deployment.ViewFailures;
import kinglet.catalog.replacement.StagedTables;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.database.Database;
import kinglet.ingest.Intake;
import kinglet.ingest.file.FileDirectory;
import kinglet.ingest.flush.FlushSettings;
import kinglet.ingest.flush.Flusher;
import kinglet.journal.EntryKind;
import kinglet.journal.Journal;
import kinglet.journal.JournalEntry;
import kinglet.journal.JournalSettings;
import kinglet.journal.RocksJournal;
import kinglet.metrics.Metrics;
import kinglet.testkit.TestEngine;
import kinglet.thread.Threads;
import kinglet.time.MicrosClock;
import kinglet.type.Block;
import kinglet.type.BlockCodec;
import kinglet.type.ByteRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Deploys views while rows stream through the real journal and the real flusher: each row is
/// counted once, wherever it was when the view was made.
final class LiveDeploymentIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int ROUNDS = 4;

  @TempDir Path folder;

  @Test
  void viewsMadeUnderLoadCountEachRowOnce() throws InterruptedException {
    ClickHouse clickHouse = TestEngine.shared().client();
    InstantSource clock = InstantSource.system();
    SecureRandom random = new SecureRandom();
    Metrics metrics = new Metrics();
    try (Database database = Database.open(folder.resolve("catalogue.sqlite"));
        Journal journal =
            RocksJournal.open(
                JournalSettings.in(folder.resolve("journal")), MicrosClock.of(clock), metrics)) {
      Catalog catalog = new Catalog(database, clock, random);
      Workspace workspace = catalog.ensureWorkspace("kinglet", "test");
      Tokens tokens =
          new Tokens(database, SecretKeys.open(folder.resolve("key"), random), clock, "local");
      try (Flusher flusher =
          new Flusher(
              journal,
              clickHouse,
              new CatalogFlushTargets(catalog, new StagedTables(), new ViewFailures(database)),
              new FileDirectory(folder.resolve("imports"), 0, 0),
              FlushSettings.standard(),
              () -> Long.MAX_VALUE,
              metrics)) {
        flusher.start();
        ProjectDeployments deployments =
            new ProjectDeployments(
                database,
                catalog,
                clickHouse,
                new FlusherGate(flusher, new Intake(catalog), TIMEOUT, TIMEOUT),
                new ProjectTokens(tokens),
                (_, _) -> false,
                clock,
                random,
                false,
                10,
                _ -> {});
        run(catalog, workspace, journal, flusher, deployments, clickHouse);
      } finally {
        clickHouse.execute(
            Statement.of(Role.ADMIN, "DROP DATABASE IF EXISTS " + workspace.database() + " SYNC"));
      }
    }
  }

  private static void run(
      Catalog catalog,
      Workspace workspace,
      Journal journal,
      Flusher flusher,
      ProjectDeployments deployments,
      ClickHouse clickHouse)
      throws InterruptedException {
    List<ProjectFile> files = new ArrayList<>();
    files.add(
        new ProjectFile(
            "events.datasource",
            "SCHEMA >\n    `n` UInt64 `json:$.n`\nENGINE MergeTree\n"
                + "ENGINE_PARTITION_KEY n % 4\nENGINE_SORTING_KEY n\n"));
    files.add(
        new ProjectFile(
            "direct.datasource",
            "SCHEMA >\n    `n` UInt64 `json:$.n`\nENGINE SummingMergeTree\n"
                + "ENGINE_SORTING_KEY tuple()\n"));
    deploy(deployments, workspace, files);

    AtomicBoolean going = new AtomicBoolean(true);
    AtomicLong rows = new AtomicLong();
    Thread load =
        Threads.platform(
            "load",
            () -> {
              while (going.get()) {
                long first = rows.getAndAdd(50);
                var _ =
                    journal.append(
                        List.of(
                            entry(catalog, workspace, "events", first),
                            entry(catalog, workspace, "direct", first)));
                if (first % 1_000 == 0) {
                  assertThat(flusher.flushAll(TIMEOUT)).isTrue();
                }
              }
            });
    for (int round = 1; round <= ROUNDS; round++) {
      view(files, "total_" + round, "events", 1);
      deploy(deployments, workspace, files);
      // A changed view is filled anew, a chained one follows it.
      view(files, "total_1", "events", round);
      view(files, "chained", "total_1", 1);
      deploy(deployments, workspace, files);
    }
    going.set(false);
    load.join();
    assertThat(flusher.flushAll(TIMEOUT)).isTrue();

    long sum = rows.get() * (rows.get() - 1) / 2;
    assertThat(rows.get()).isGreaterThan(1_000);
    assertThat(value(clickHouse, catalog, workspace, "count()", "events")).isEqualTo(rows.get());
    assertThat(value(clickHouse, catalog, workspace, "sum(n)", "direct")).isEqualTo(sum);
    for (int round = 2; round <= ROUNDS; round++) {
      assertThat(value(clickHouse, catalog, workspace, "sum(n)", "total_" + round)).isEqualTo(sum);
      assertThat(value(clickHouse, catalog, workspace, "sum(rows)", "total_" + round))
          .isEqualTo(rows.get());
    }
    assertThat(value(clickHouse, catalog, workspace, "sum(n)", "total_1")).isEqualTo(ROUNDS * sum);
    assertThat(value(clickHouse, catalog, workspace, "sum(rows)", "chained")).isEqualTo(rows.get());
  }

  private static void view(List<ProjectFile> files, String name, String source, int factor) {
    String rows = source.equals("events") ? "count()" : "sum(rows)";
    files.removeIf(
        file -> file.resourceName().equals(name) || file.resourceName().equals("to_" + name));
    files.add(
        new ProjectFile(
            name + ".datasource",
            "SCHEMA >\n    `k` UInt8,\n    `n` UInt64,\n    `rows` UInt64\n"
                + "ENGINE SummingMergeTree\nENGINE_SORTING_KEY k\n"));
    files.add(
        new ProjectFile(
            "to_" + name + ".pipe",
            "NODE only\nSQL >\n    SELECT toUInt8(1) AS k, sum(n) * "
                + factor
                + " AS n, "
                + rows
                + " AS rows FROM "
                + source
                + "\nTYPE materialized\nDATASOURCE "
                + name
                + "\n"));
  }

  private static void deploy(
      ProjectDeployments deployments, Workspace workspace, List<ProjectFile> files) {
    DeployResult result = deployments.deploy(workspace, files, DeployOptions.by("test"));
    assertThat(result.errors()).isEmpty();
  }

  /// Fifty rows, counted from `first`.
  private static JournalEntry entry(Catalog catalog, Workspace workspace, String name, long first) {
    var source = catalog.current(workspace).dataSource(name).orElseThrow();
    ByteBuffer bytes = ByteBuffer.allocate(50 * 8).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 50; i++) {
      bytes.putLong(first + i);
    }
    Block block =
        new Block(
            source.schema(),
            50,
            new BitSet(),
            List.of(List.of(new ByteRun(bytes.array(), 0, bytes.capacity()))));
    return new JournalEntry(
        source.id(), source.schemaVersion(), EntryKind.ROWS, 50, BlockCodec.encode(block));
  }

  private static long value(
      ClickHouse clickHouse, Catalog catalog, Workspace workspace, String expression, String name) {
    var source = catalog.current(workspace).dataSource(name).orElseThrow();
    return Long.parseLong(
        clickHouse.text(
            Statement.of(Role.ADMIN, "SELECT " + expression + " FROM " + source.sqlName())));
  }
}
