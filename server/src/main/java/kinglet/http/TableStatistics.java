// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.HashMap;
import java.util.Map;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.ClickHouseError;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.error.PlatformException;

/// Rows and bytes of a workspace's tables, by table; empty while ClickHouse does not answer.
public final class TableStatistics {
  private final ClickHouse clickHouse;

  public TableStatistics(ClickHouse clickHouse) {
    this.clickHouse = clickHouse;
  }

  /// What one table holds.
  record Size(long rows, long bytes) {}

  Map<String, Size> of(String database) {
    Map<String, Size> sizes = new HashMap<>();
    String lines;
    try {
      lines =
          clickHouse.text(
              Statement.of(
                      Role.ADMIN,
                      "SELECT name, ifNull(total_rows, 0), ifNull(total_bytes, 0)"
                          + " FROM system.tables WHERE database = {database:String} FORMAT TSV")
                  .withParameters(Map.of("database", database)));
    } catch (PlatformException e) {
      if (e.code() == ClickHouseError.ENGINE_UNAVAILABLE) {
        return sizes;
      }
      throw e;
    }
    for (String line : lines.split("\n")) {
      String[] cells = line.split("\t");
      if (cells.length == 3) {
        sizes.put(cells[0], new Size(Long.parseLong(cells[1]), Long.parseLong(cells[2])));
      }
    }
    return sizes;
  }
}
