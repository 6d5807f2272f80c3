// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.util.List;

/// The table of flights and the one its materialized view fills, as contenders fill both.
///
/// @param database where they are, in each contender
record FlightTables(String database) {
  private static final List<String> TABLES = List.of("flights", "airport_hours");

  /// Who runs a statement beside what is measured.
  @FunctionalInterface
  interface Contender {
    String admin(String sql) throws IOException;
  }

  String flights() {
    return database + ".flights";
  }

  /// Makes in the engine what Kinglet made for itself, with these settings on top.
  void define(KingletPeer kinglet, EnginePeer engine, String settings) throws IOException {
    quiet(engine::admin, "CREATE DATABASE " + database);
    for (String statement : kinglet.definitions()) {
      quiet(engine::admin, statement);
    }
    for (String table : TABLES) {
      quiet(engine::admin, "ALTER TABLE " + database + "." + table + " MODIFY SETTING " + settings);
    }
  }

  void empty(Contender contender) throws IOException {
    for (String table : TABLES) {
      quiet(contender, "TRUNCATE TABLE " + database + "." + table);
    }
  }

  /// Fails unless so many rows are in the table, and counted by its view.
  void expect(Contender contender, long rows) throws IOException {
    String counts =
        contender.admin(
            "SELECT (SELECT count() FROM "
                + flights()
                + "), (SELECT countMerge(flights) FROM "
                + database
                + ".airport_hours) FORMAT TSV");
    Answers.require(counts.equals(rows + "\t" + rows), counts + " rows instead of " + rows);
  }

  private static void quiet(Contender contender, String statement) throws IOException {
    String answer = contender.admin(statement);
    Answers.require(answer.isEmpty(), answer);
  }
}
