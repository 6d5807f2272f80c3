// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import kinglet.error.PlatformException;
import kinglet.feature.row.ColumnWriter;
import kinglet.feature.row.NullableColumns;
import kinglet.type.Block;
import kinglet.type.ByteRun;
import kinglet.type.Bytes;
import kinglet.type.Column;
import kinglet.type.DataType;
import kinglet.type.Schema;
import kinglet.value.Slot;

/// Gathers rows for ClickHouse, within a limit. Belongs to one thread.
final class HandedTableBuilder {
  private static final int BLOCK_ROWS = 65_536;

  /// So many rows are looked at together.
  private static final int CHECKED_ROWS = 64;

  private final List<Column> columns;
  private final Schema schema;
  private final long bytesMax;
  private final String what;
  private final List<Block> blocks = new ArrayList<>();
  private final BitSet nulls = new BitSet();
  private final List<ColumnWriter> writers = new ArrayList<>();
  private final List<Bytes> streams = new ArrayList<>();
  private int rows;
  private long bytes;

  /// @param what the rows are of, for the failure
  HandedTableBuilder(List<Column> columns, long bytesMax, String what) {
    this.columns = List.copyOf(columns);
    this.schema =
        new Schema(
            columns.stream()
                .map(column -> named(column, NullableColumns.of(column.type())))
                .toList());
    this.bytesMax = bytesMax;
    this.what = what;
    begin();
  }

  private static Column named(Column column, DataType type) {
    return new Column(column.name(), type, null, null, null);
  }

  private void begin() {
    rows = 0;
    writers.clear();
    streams.clear();
    for (int i = 0; i < schema.size(); i++) {
      writers.add(
          ColumnWriter.of(
              schema.column(i).type(),
              () -> {
                Bytes stream = new Bytes(1024);
                streams.add(stream);
                return stream;
              }));
    }
  }

  /// Takes the next value of a row.
  void add(int column, Slot value) {
    if (value.isNull()) {
      nulls.set(column);
    }
    writers.get(column).add(value);
  }

  /// The row is complete.
  ///
  /// @throws PlatformException if there are too many
  void endRow() {
    if (++rows % CHECKED_ROWS == 0) {
      check(bytes + streams.stream().mapToLong(Bytes::size).sum());
    }
    if (rows < BLOCK_ROWS) {
      return;
    }
    endBlock();
    begin();
  }

  private void endBlock() {
    if (rows == 0) {
      return;
    }
    Block block =
        new Block(
            schema,
            rows,
            new BitSet(),
            streams.stream()
                .map(stream -> List.of(new ByteRun(stream.array(), 0, stream.size())))
                .toList());
    bytes += block.sizeBytes();
    check(bytes);
    blocks.add(block);
  }

  private void check(long held) {
    if (held > bytesMax) {
      throw new PlatformException(
          FeatureError.TOO_MANY_ENTITIES,
          "The rows of "
              + what
              + " take more than the "
              + bytesMax
              + " bytes that a query may read of features; fix the columns of the key with = or IN,"
              + " or read the data source");
    }
  }

  HandedTable build() {
    endBlock();
    List<Column> types = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      types.add(
          nulls.get(i) && !columns.get(i).type().nullable()
              ? named(columns.get(i), schema.column(i).type())
              : named(columns.get(i), columns.get(i).type()));
    }
    return new HandedTable(types, blocks);
  }
}
