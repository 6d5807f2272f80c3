// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import kinglet.feature.row.ColumnWriter;
import kinglet.type.Block;
import kinglet.type.ByteRun;
import kinglet.type.Bytes;
import kinglet.type.Column;
import kinglet.type.Schema;
import kinglet.value.Slot;

/// Rows of values on their way into their table: the row's number, what was found, and the values.
/// Belongs to one thread; its memory is used again.
final class ValuesBatch {
  private static final int ROWS_MAX = 1 << 18;
  private static final int BYTES_MAX = 32 << 20;
  private static final int CHECK_ROWS = 1 << 8;

  private final Schema schema;
  private final List<Bytes> streams = new ArrayList<>();
  private final Bytes numbers = stream();
  private final Bytes found = stream();
  private final ColumnWriter[] writers;
  private int rows;
  private int bytes;

  /// @param values the columns that follow, in their order
  ValuesBatch(List<Column> values) {
    List<Column> columns = new ArrayList<>();
    columns.add(Column.of(TrainingTables.ROW, "UInt64"));
    columns.add(Column.of(TrainingTables.FOUND, "UInt8"));
    columns.addAll(values);
    this.schema = new Schema(columns);
    this.writers =
        values.stream()
            .map(column -> ColumnWriter.of(column.type(), this::stream))
            .toArray(ColumnWriter[]::new);
  }

  private Bytes stream() {
    Bytes stream = new Bytes(1 << 16);
    streams.add(stream);
    return stream;
  }

  /// Begins a row.
  void begin(long number, int status) {
    numbers.putLong(number);
    found.putByte(status);
    if (++rows % CHECK_ROWS == 0) {
      bytes = streams.stream().mapToInt(Bytes::size).sum();
    }
  }

  void add(int column, Slot value) {
    writers[column].add(value);
  }

  int rows() {
    return rows;
  }

  /// Whether it is time to send it; depends on the rows alone.
  boolean isFull() {
    return rows >= ROWS_MAX || bytes >= BYTES_MAX;
  }

  /// The rows, good until the next one begins.
  Block block() {
    return new Block(
        schema,
        rows,
        new BitSet(),
        streams.stream()
            .map(stream -> List.of(new ByteRun(stream.array(), 0, stream.size())))
            .toList());
  }

  void clear() {
    streams.forEach(Bytes::clear);
    rows = 0;
    bytes = 0;
  }
}
