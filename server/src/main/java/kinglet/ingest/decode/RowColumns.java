// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import kinglet.type.Block;
import kinglet.type.ByteRun;
import kinglet.type.Bytes;
import kinglet.type.Schema;

/// The columns of the rows read so far that leave the same columns to their DEFAULT.
///
/// Owned by one decoder. A row is written value by value between [#begin] and [#end], or taken back
/// with [#undo].
final class RowColumns {
  final BitSet omitted;
  final ValueReader[] readers;

  private final Schema schema;
  private final Bytes[] streams;
  private final int[] marks;
  private int[] numbers = new int[16];
  private int rows;

  /// @param omitted columns without values: those left out, and those no row can carry
  RowColumns(Schema schema, BitSet omitted) {
    this.schema = schema;
    this.omitted = (BitSet) omitted.clone();
    this.readers = new ValueReader[schema.size()];
    List<Bytes> all = new ArrayList<>();
    for (int i = 0; i < readers.length; i++) {
      readers[i] = Columns.reader(schema.column(i));
      if (!omitted.get(i)) {
        readers[i].streams(all);
      }
    }
    this.streams = all.toArray(Bytes[]::new);
    this.marks = new int[streams.length];
  }

  int rows() {
    return rows;
  }

  void begin() {
    for (int i = 0; i < streams.length; i++) {
      marks[i] = streams[i].size();
    }
  }

  /// @param number of the row in its body
  void end(int number) {
    if (rows == numbers.length) {
      numbers = Arrays.copyOf(numbers, 2 * rows);
    }
    numbers[rows++] = number;
  }

  /// The number that a row was ended with.
  int number(int row) {
    return numbers[row];
  }

  void undo() {
    for (int i = 0; i < streams.length; i++) {
      streams[i].truncate(marks[i]);
    }
  }

  long sizeBytes() {
    long size = 0;
    for (Bytes stream : streams) {
      size += stream.size();
    }
    return size;
  }

  /// The rows as a block that shares the buffers: good until [#clear].
  Block block() {
    List<List<ByteRun>> runs = new ArrayList<>(streams.length);
    for (Bytes stream : streams) {
      runs.add(List.of(new ByteRun(stream.array(), 0, stream.size())));
    }
    return new Block(schema, rows, omitted, runs);
  }

  void clear() {
    rows = 0;
    for (Bytes stream : streams) {
      stream.clear();
    }
  }
}
