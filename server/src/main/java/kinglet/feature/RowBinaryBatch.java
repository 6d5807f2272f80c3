// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.nio.charset.StandardCharsets;
import java.util.List;
import kinglet.feature.row.RowBinaryOutput;
import kinglet.type.Bytes;
import kinglet.type.Column;
import kinglet.value.Slot;

/// A batch answer as ClickHouse's format `RowBinaryWithNamesAndTypes` has it; `docs/formats.md`
/// says how to read it.
final class RowBinaryBatch implements BatchWriter {
  private final BatchTable table;
  private final Bytes out = new Bytes(1024);
  private final RowBinaryOutput rows = new RowBinaryOutput(out);
  private final Slot slot = new Slot();

  RowBinaryBatch(BatchHead head) {
    this.table = new BatchTable(head);
    List<Column> columns = table.columns();
    out.putVarint(columns.size());
    columns.forEach(column -> text(column.name()));
    columns.forEach(column -> text(column.type().wire().sql()));
  }

  private void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.putString(bytes, 0, bytes.length);
  }

  @Override
  public void row(BatchRow row) {
    List<Column> columns = table.columns();
    for (int i = 0; i < columns.size(); i++) {
      table.put(row, i, slot);
      rows.write(columns.get(i).type(), slot);
    }
  }

  @Override
  public BatchAnswer.Body end() {
    return new BatchAnswer.Body.Written(out.toArray());
  }
}
