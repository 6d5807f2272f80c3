// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import kinglet.catalog.Workspace;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.InsertBody;
import kinglet.clickhouse.InsertTarget;
import kinglet.clickhouse.NativeWriter;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.error.PlatformException;
import kinglet.feature.HandedTable;
import kinglet.sql.Sql;
import kinglet.sql.SqlReferences;
import kinglet.type.Block;
import kinglet.type.MergedBlock;
import kinglet.type.RowRun;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tables that ClickHouse has in memory for the time of one query, in a database of their own.
///
/// The database is called as the workspace's feature database and a number, which no query can
/// know.
final class Handover implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Handover.class);

  private final ClickHouse clickHouse;
  private final String features;
  private final String database;

  /// Whether there is a database.
  private final boolean used;

  private Handover(ClickHouse clickHouse, Workspace workspace, boolean used) {
    this.clickHouse = clickHouse;
    this.used = used;
    this.features = workspace.featureDatabase();
    this.database = features + "_" + UUID.randomUUID().toString().replace("-", "");
  }

  /// @param tables by name; without any nothing is made
  static Handover of(ClickHouse clickHouse, Workspace workspace, Map<String, HandedTable> tables) {
    Handover handover = new Handover(clickHouse, workspace, !tables.isEmpty());
    if (tables.isEmpty()) {
      return handover;
    }
    boolean complete = false;
    try {
      handover.ddl("CREATE DATABASE " + Sql.quote(handover.database) + " ENGINE = Memory");
      tables.forEach(handover::add);
      complete = true;
      return handover;
    } finally {
      if (!complete) {
        handover.close();
      }
    }
  }

  /// Removes what a crash left: databases that are empty by now.
  static void removeAll(ClickHouse clickHouse) {
    String names =
        clickHouse.text(
            Statement.of(
                Role.ADMIN,
                "SELECT name FROM system.databases WHERE match(name, '_features_[0-9a-f]{32}$')"));
    names
        .lines()
        .forEach(name ->
            clickHouse.execute(
                Statement.of(Role.ADMIN, "DROP DATABASE IF EXISTS " + Sql.quote(name))));
  }

  private void add(String name, HandedTable table) {
    String columns =
        table.columns().stream()
            .map(column -> Sql.quote(column.name()) + " " + column.type().sql())
            .collect(Collectors.joining(", "));
    ddl("CREATE TABLE " + Sql.quote(database, name) + " (" + columns + ") ENGINE = Memory");
    if (table.blocks().isEmpty()) {
      return;
    }
    List<String> names = NativeWriter.columnNames(table.blocks().getFirst(), false);
    long unused =
        clickHouse.insert(
            InsertTarget.of(database, name, names, "Native"),
            InsertBody.writing(out -> {
              for (Block block : table.blocks()) {
                RowRun rows = new RowRun(0, 0, block.rows());
                NativeWriter.write(new MergedBlock(block, List.of(rows)), false, out);
              }
            }));
  }

  private void ddl(String sql) {
    clickHouse.execute(Statement.of(Role.ADMIN, sql));
  }

  Statement place(Statement statement) {
    return used ? statement.withSql(place(statement.sql())) : statement;
  }

  /// The query over these tables instead of those of the workspace's feature database.
  String place(String sql) {
    return used ? placed(sql) : sql;
  }

  private String placed(String sql) {
    return SqlReferences.of(sql)
        .replaceTables(table ->
            table.database().filter(features::equals).map(_ -> Sql.quote(database, table.name())));
  }

  @Override
  public void close() {
    if (!used) {
      return;
    }
    try {
      ddl("DROP DATABASE IF EXISTS " + Sql.quote(database));
    } catch (PlatformException e) {
      // A database in memory is gone with the engine at the latest.
      LOG.atWarn().setCause(e).addKeyValue("database", database).log("handed table stays");
    }
  }
}
