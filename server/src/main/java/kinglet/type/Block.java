// SPDX-License-Identifier: Apache-2.0
package kinglet.type;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Rows of one schema as typed columns: the unit of ingestion. Immutable.
///
/// A column is one or more *streams* of bytes, so cut that the rows of two blocks follow each other
/// when their streams are put one after the other:
///
/// | type | streams |
/// | --- | --- |
/// | fixed width | the values, little-endian, as ClickHouse lays them out |
/// | `String` | varint length and bytes of each value |
/// | `Nullable(T)` | one byte a row, 1 for NULL; then the streams of `T`, with a value for NULL too |
/// | `Array(T)` | a varint size a row; then the streams of `T` over all elements |
/// | `Map(K, V)` | a varint size a row; then the streams of `K` and of `V` |
/// | `Tuple(…)` | the streams of each element |
/// | others | those of the type they travel as, [DataType#wire()] |
///
/// Columns that the rows leave to their DEFAULT are *omitted*: the block has no streams for them.
public final class Block {
  private final Schema schema;
  private final int rows;
  private final BitSet omitted;
  private final List<List<ByteRun>> streams;
  private final long sizeBytes;

  /// @param omitted indexes of the columns left to their DEFAULT; columns no row can carry are
  ///   omitted anyway
  /// @param streams of the other columns, in order
  public Block(Schema schema, int rows, BitSet omitted, List<List<ByteRun>> streams) {
    this.schema = schema;
    this.rows = rows;
    this.omitted = withUnwritable(schema, omitted);
    this.streams = List.copyOf(streams);
    this.sizeBytes = streams.stream().flatMap(List::stream).mapToLong(ByteRun::length).sum();
    check();
  }

  private void check() {
    int expected = 0;
    for (Column column : columns()) {
      int width = column.type().wire().width();
      if (width > 0) {
        long length = streams.get(expected).stream().mapToLong(ByteRun::length).sum();
        if (length != (long) rows * width) {
          throw new IllegalStateException(
              "Column '" + column.name() + "' has " + length + " bytes for " + rows + " rows");
        }
      }
      expected += column.type().streams();
    }
    if (expected != streams.size()) {
      throw new IllegalStateException(
          "A block of " + streams.size() + " streams instead of " + expected);
    }
  }

  /// The omitted columns and those that no row can carry.
  static BitSet withUnwritable(Schema schema, BitSet omitted) {
    BitSet all = (BitSet) omitted.clone();
    for (int i = 0; i < schema.size(); i++) {
      if (!schema.column(i).type().writable()) {
        all.set(i);
      }
    }
    return all;
  }

  public Schema schema() {
    return schema;
  }

  public int rows() {
    return rows;
  }

  /// Indexes of the columns that are not in the block.
  public BitSet omitted() {
    return (BitSet) omitted.clone();
  }

  /// The columns that are in the block.
  public List<Column> columns() {
    List<Column> present = new ArrayList<>(schema.size());
    for (int i = 0; i < schema.size(); i++) {
      if (!omitted.get(i)) {
        present.add(schema.column(i));
      }
    }
    return present;
  }

  /// The streams of all columns in the block, in order.
  public List<List<ByteRun>> streams() {
    return streams;
  }

  public long sizeBytes() {
    return sizeBytes;
  }
}
