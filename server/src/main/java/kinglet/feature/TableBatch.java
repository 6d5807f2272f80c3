// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import kinglet.value.Slot;

/// A batch answer as a table for ClickHouse, which writes it.
final class TableBatch implements BatchWriter {
  private final BatchTable table;
  private final HandedTableBuilder rows;
  private final Slot slot = new Slot();

  TableBatch(BatchHead head) {
    this.table = new BatchTable(head);
    this.rows = new HandedTableBuilder(table.columns(), Long.MAX_VALUE, head.service());
  }

  @Override
  public void row(BatchRow row) {
    for (int i = 0; i < table.columns().size(); i++) {
      table.put(row, i, slot);
      rows.add(i, slot);
    }
    rows.endRow();
  }

  @Override
  public BatchAnswer.Body end() {
    return new BatchAnswer.Body.Table(rows.build());
  }
}
