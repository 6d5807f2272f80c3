// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import kinglet.feature.BatchHead.Interval;
import kinglet.feature.BatchRequest.With;
import kinglet.feature.row.NullableColumns;
import kinglet.type.Column;
import kinglet.type.DataType;
import kinglet.value.Slot;

/// The rows of a batch answer as those of a table: keys, features, and what else was asked for.
final class BatchTable {
  private static final DataType TIME = new DataType.NullableOf(new DataType.DateTime64(6, "UTC"));

  private final List<Column> columns = new ArrayList<>();
  private final List<Cell> cells = new ArrayList<>();

  BatchTable(BatchHead head) {
    for (int i = 0; i < head.keys().size(); i++) {
      int key = i;
      Column column = head.keys().get(i);
      add(column.name(), column.type(), (row, into) -> into.set(row.key(key)));
    }
    for (int i = 0; i < head.features().size(); i++) {
      int feature = i;
      Column column = head.features().get(i);
      String name = unused(column.name());
      add(name, NullableColumns.of(column.type()), (row, into) -> into.set(row.value(feature)));
      if (head.has(With.STATUS)) {
        add(
            unused(name + "__status"),
            new DataType.StringType(),
            (row, into) -> into.setBytes(text(row.valueStatus(feature))));
      }
      if (head.has(With.INTERVAL)) {
        Interval interval = head.intervals().get(i);
        add(unused(name + "__from"), TIME, (_, into) -> time(interval.startMicros(), into));
        add(unused(name + "__until"), TIME, (_, into) -> into.setWhole(interval.endMicros()));
      }
    }
    if (head.has(With.FRESHNESS)) {
      add(unused("__freshness"), TIME, (row, into) -> time(row.newestMicros(), into));
    }
  }

  /// Puts one value of a row into a slot.
  @FunctionalInterface
  private interface Cell {
    void put(BatchRow row, Slot into);
  }

  private void add(String name, DataType type, Cell cell) {
    columns.add(new Column(name, type, null, null, null));
    cells.add(cell);
  }

  /// A service may give a column that is called like a key: tables have each name once.
  private String unused(String name) {
    String free = name;
    for (int number = 2; isUsed(free); number++) {
      free = name + "_" + number;
    }
    return free;
  }

  private boolean isUsed(String name) {
    return columns.stream().anyMatch(column -> column.name().equals(name));
  }

  private static byte[] text(BatchRow.ValueStatus status) {
    return status.name().getBytes(StandardCharsets.US_ASCII);
  }

  private static void time(OptionalLong micros, Slot into) {
    if (micros.isPresent()) {
      into.setWhole(micros.getAsLong());
    } else {
      into.setNull();
    }
  }

  List<Column> columns() {
    return columns;
  }

  void put(BatchRow row, int column, Slot into) {
    cells.get(column).put(row, into);
  }
}
