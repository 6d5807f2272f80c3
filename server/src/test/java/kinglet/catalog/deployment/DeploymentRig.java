// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import kinglet.auth.SecretKeys;
import kinglet.auth.Tokens;
import kinglet.catalog.Catalog;
import kinglet.catalog.DataSource;
import kinglet.catalog.Finding;
import kinglet.catalog.IngestGate;
import kinglet.catalog.Resources;
import kinglet.catalog.Workspace;
import kinglet.catalog.datafile.ProjectFile;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.database.Database;
import kinglet.server.ProjectTokens;
import kinglet.testkit.TestEngine;

/// A catalogue on a real engine, with a project under construction.
final class DeploymentRig implements AutoCloseable {
  static final int FILES_KEPT = 3;
  static final Instant NOW = Instant.parse("2026-01-02T03:04:05.123456Z");

  final ClickHouse clickhouse = TestEngine.shared().client();
  final Administrator administrator = new Administrator(clickhouse);
  final Map<String, String> files = new LinkedHashMap<>();
  final List<String> steps = new ArrayList<>();
  final Set<String> secrets = new HashSet<>();
  final Path folder;
  Database database;
  Catalog catalog;
  Tokens tokens;
  Workspace workspace;
  ProjectDeployments deployments;
  DeploymentSteps listener = steps::add;
  IngestGate gate = IngestGate.open();

  DeploymentRig(Path folder) {
    this.folder = folder;
    open();
  }

  /// Opens everything on the files that are there, as a start of the server does.
  void open() {
    InstantSource clock = InstantSource.fixed(NOW);
    SecureRandom random = new SecureRandom();
    database = Database.open(folder.resolve("catalogue.sqlite"));
    catalog = new Catalog(database, clock, random);
    workspace = catalog.ensureWorkspace("kinglet", "test");
    tokens = new Tokens(database, SecretKeys.open(folder.resolve("key"), random), clock, "local");
    tokens.ensureDefaults(workspace.id());
    deployments =
        new ProjectDeployments(
            database,
            catalog,
            clickhouse,
            ids -> gate.hold(ids),
            new ProjectTokens(tokens),
            (_, name) -> secrets.contains(name),
            clock,
            random,
            false,
            FILES_KEPT,
            step -> listener.reached(step));
  }

  /// Forgets everything in memory, as a crash does, and starts again.
  void reopen() {
    database.close();
    open();
    deployments.recover();
  }

  DeploymentRig file(String path, String text) {
    files.put(path, text);
    return this;
  }

  DeploymentRig without(String path) {
    files.remove(path);
    return this;
  }

  DeployResult deploy() {
    return deploy(DeployOptions.by("test"));
  }

  DeployResult deploy(DeployOptions options) {
    List<ProjectFile> all = new ArrayList<>();
    files.forEach((path, text) -> all.add(new ProjectFile(path, text)));
    return deployments.deploy(workspace, all, options);
  }

  /// Deploys what must be accepted.
  DeployResult deployed() {
    DeployResult result = deploy();
    if (result.failed()) {
      throw new AssertionError(String.join("\n", errors(result)));
    }
    return result;
  }

  static List<String> errors(DeployResult result) {
    return result.errors().stream()
        .map(finding ->
            finding.file()
                + ":"
                + finding.line()
                + ":"
                + finding.column()
                + " "
                + finding.message())
        .toList();
  }

  static List<String> messages(DeployResult result, Finding.Level level) {
    return result.deployment().feedback().stream()
        .filter(finding -> finding.level() == level)
        .map(Finding::message)
        .toList();
  }

  Resources current() {
    return catalog.current(workspace);
  }

  DataSource source(String name) {
    return current().dataSource(name).orElseThrow();
  }

  /// Inserts rows as the flusher does, views included.
  void insert(String dataSource, long firstSeq, String columns, String values) {
    DataSource source = source(dataSource);
    clickhouse.execute(
        Statement.of(
                Role.WRITER,
                "INSERT INTO "
                    + source.sqlName()
                    + " ("
                    + columns
                    + (source.hiddenColumns() ? ", __seq, __known_at" : "")
                    + ") SELECT *"
                    + (source.hiddenColumns()
                        ? ", %1$d + rowNumberInAllBlocks(), toDateTime(%1$d)".formatted(firstSeq)
                        : "")
                    + " FROM values("
                    + values
                    + ")")
            .withSettings(Map.of("insert_allow_materialized_columns", "1")));
  }

  /// The rows of a query in which `{name}` is the table of a data source.
  List<List<String>> rows(String sql) {
    String text = sql;
    for (DataSource source : current().dataSources()) {
      text = text.replace("{" + source.name() + "}", source.sqlName());
    }
    return administrator.rows(text);
  }

  String value(String sql) {
    return rows(sql).getFirst().getFirst();
  }

  /// Everything in the workspace's database, by name.
  List<String> tables() {
    return administrator
        .rows(
            "SELECT name FROM system.tables WHERE database = '"
                + workspace.database()
                + "' ORDER BY name")
        .stream()
        .map(List::getFirst)
        .toList();
  }

  @Override
  public void close() {
    administrator.define("DROP DATABASE IF EXISTS `" + workspace.database() + "` SYNC");
    database.close();
  }
}
