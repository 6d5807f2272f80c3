// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.replacement;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.testkit.TestEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is done to tables, by the engine itself.
final class TablesIT {
  private final ClickHouse clickHouse = TestEngine.shared().client();
  private final String database = TestEngine.shared().newDatabase();
  private final Tables tables = new Tables(clickHouse, database);

  private void run(String sql) {
    clickHouse.execute(Statement.of(Role.ADMIN, sql.replace("DB", database)));
  }

  @Test
  void rowsInAFrozenTableOutliveTheirTime() {
    run(
        "CREATE TABLE DB.passing (n UInt32, at DateTime) ENGINE = MergeTree ORDER BY n"
            + " TTL at + INTERVAL 1 DAY");
    run("SYSTEM STOP TTL MERGES DB.passing");
    run("INSERT INTO DB.passing SELECT number, toDateTime('2020-01-01 00:00:00') FROM numbers(9)");
    tables.freeze("kept", "passing", true);
    run("SYSTEM START TTL MERGES DB.passing");
    run("OPTIMIZE TABLE DB.passing FINAL");
    run("OPTIMIZE TABLE DB.kept FINAL");

    assertThat(tables.count("passing", "1")).isZero();
    assertThat(tables.count("kept", "1")).isEqualTo(9);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"MergeTree", "ReplacingMergeTree", "SummingMergeTree", "AggregatingMergeTree"})
  void aFrozenTableSharesItsFiles(String engine) throws IOException {
    run("CREATE TABLE DB.model (n UInt32, v UInt64) ENGINE = " + engine + " ORDER BY n");
    run("INSERT INTO DB.model SELECT number, number FROM numbers(1, 100000)");
    tables.freeze("kept", "model", false);

    assertThat(tables.count("kept", "1")).isEqualTo(100_000);
    assertThat(tables.bytes("kept")).isEqualTo(tables.bytes("model"));
    assertThat(Files.isSameFile(file("kept"), file("model"))).isTrue();
  }

  /// Where the rows of a table with one part stand.
  private Path file(String table) {
    String sql =
        "SELECT path FROM system.parts WHERE active AND database = '%s' AND table = '%s'"
            .formatted(database, table);
    String part = clickHouse.text(Statement.of(Role.ADMIN, sql).withFormat("TSVRaw")).strip();
    return Path.of(part, "data.bin");
  }
}
