// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.List;
import kinglet.type.Block;
import kinglet.type.Column;

/// Rows for ClickHouse to read as a table.
///
/// @param columns as the table has them; blocks may have a place for NULL more
public record HandedTable(List<Column> columns, List<Block> blocks) {
  public HandedTable {
    columns = List.copyOf(columns);
    blocks = List.copyOf(blocks);
  }
}
