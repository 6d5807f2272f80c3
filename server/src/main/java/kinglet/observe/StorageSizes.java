// SPDX-License-Identifier: Apache-2.0
package kinglet.observe;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kinglet.catalog.Catalog;
import kinglet.catalog.DataSource;
import kinglet.catalog.Identifiers;
import kinglet.catalog.Resources;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;

/// Asks the engine what each data source of each workspace holds.
final class StorageSizes {
  private final Catalog catalog;
  private final ClickHouse clickHouse;

  StorageSizes(Catalog catalog, ClickHouse clickHouse) {
    this.catalog = catalog;
    this.clickHouse = clickHouse;
  }

  List<StorageSize> at(Instant now) {
    Map<String, StorageSize.Size> sizes = sizes();
    List<StorageSize> all = new ArrayList<>();
    for (Resources resources : catalog.all()) {
      for (DataSource source : resources.dataSources()) {
        all.add(
            new StorageSize(
                source,
                now,
                sizes.getOrDefault(source.sqlName(), StorageSize.Size.NONE),
                sizes.getOrDefault(
                    Identifiers.quote(source.database(), source.quarantineTable()),
                    StorageSize.Size.NONE)));
      }
    }
    return all;
  }

  /// By the tables' quoted names.
  private Map<String, StorageSize.Size> sizes() {
    String lines =
        clickHouse.text(
            Statement.of(
                Role.ADMIN,
                "SELECT database, name, total_rows, total_bytes FROM system.tables"
                    + " WHERE total_rows > 0 AND startsWith(database, 'w_') FORMAT TSV"));
    Map<String, StorageSize.Size> sizes = new HashMap<>();
    for (String line : lines.split("\n")) {
      String[] cells = line.split("\t");
      if (cells.length == 4) {
        sizes.put(
            Identifiers.quote(cells[0], cells[1]),
            new StorageSize.Size(number(cells[2]), number(cells[3])));
      }
    }
    return sizes;
  }

  private static long number(String cell) {
    return cell.equals("\\N") ? 0 : Long.parseLong(cell);
  }
}
