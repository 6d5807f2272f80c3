// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import kinglet.type.Block;
import kinglet.type.ByteRun;
import kinglet.type.Bytes;
import kinglet.type.Column;
import kinglet.type.DataType;
import kinglet.type.MergedBlock;
import kinglet.type.RowRun;

/// Writes a block as one block of ClickHouse's `Native` format, with the hidden columns.
///
/// ```
/// columns varint, rows varint; then for each column
///   name string, type string (both with varint length), the column's bytes
/// ```
///
/// The streams of a [Block] are ClickHouse's own layout but for the sizes of arrays and maps, which
/// become running totals of eight bytes. Types that travel as another one ([DataType#wire()]) are
/// named so, and ClickHouse converts them.
public final class NativeWriter {
  /// Hidden column: the row's number in the journal, `UInt64`.
  public static final String SEQ = "__seq";

  /// Hidden column: when the row was accepted, `DateTime64(6, 'UTC')`.
  public static final String INGESTED_AT = "__ingested_at";

  private static final int BUFFER_BYTES = 1 << 16;

  private final OutputStream out;
  private final Bytes buffer = new Bytes(BUFFER_BYTES + 64);

  private NativeWriter(OutputStream out) {
    this.out = out;
  }

  /// The names for the column list of the INSERT, in the order in which [#write] writes them.
  public static List<String> columnNames(Block block) {
    return columnNames(block, true);
  }

  /// The same, with or without the hidden columns.
  public static List<String> columnNames(Block block, boolean hidden) {
    List<String> names = new ArrayList<>();
    for (Column column : block.columns()) {
      if (column.type() instanceof DataType.Nested(var elements)) {
        elements.forEach(element -> names.add(column.name() + "." + element.name()));
      } else {
        names.add(column.name());
      }
    }
    if (hidden) {
      names.add(SEQ);
      names.add(INGESTED_AT);
    }
    return names;
  }

  /// Writes the whole block; `out` stays open.
  public static void write(MergedBlock merged, OutputStream out) throws IOException {
    write(merged, true, out);
  }

  /// The same, with or without the hidden columns.
  public static void write(MergedBlock merged, boolean hidden, OutputStream out)
      throws IOException {
    NativeWriter writer = new NativeWriter(out);
    writer.block(merged, hidden);
    writer.flush();
  }

  private void block(MergedBlock merged, boolean hidden) throws IOException {
    Block block = merged.block();
    buffer.putVarint(columnNames(block, hidden).size());
    buffer.putVarint(block.rows());
    int stream = 0;
    for (Column column : block.columns()) {
      if (column.type() instanceof DataType.Nested nested) {
        nested(column.name(), nested, block, stream);
      } else {
        DataType wire = column.type().wire();
        header(column.name(), wire.sql());
        data(wire, block, stream);
      }
      stream += column.type().streams();
    }
    if (hidden) {
      hidden(merged.runs());
    }
  }

  /// A nested structure is one array column per element, all with the same sizes.
  private void nested(String name, DataType.Nested nested, Block block, int sizes)
      throws IOException {
    int stream = sizes + 1;
    for (DataType.TupleElement element : nested.elements()) {
      DataType wire = element.type().wire();
      header(name + "." + element.name(), new DataType.Array(wire).sql());
      offsets(block.streams().get(sizes));
      data(wire, block, stream);
      stream += wire.streams();
    }
  }

  private void header(String name, String type) throws IOException {
    string(name);
    string(type);
    flushIfFull();
  }

  private void string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    buffer.putString(bytes, 0, bytes.length);
  }

  /// Writes the streams of one value of type `wire`, the first of which is `stream`.
  private void data(DataType wire, Block block, int stream) throws IOException {
    switch (wire) {
      case DataType.NullableOf(DataType inner) -> {
        raw(block.streams().get(stream));
        data(inner, block, stream + 1);
      }
      case DataType.Array(DataType element) -> {
        offsets(block.streams().get(stream));
        data(element, block, stream + 1);
      }
      case DataType.MapOf(DataType key, DataType value) -> {
        offsets(block.streams().get(stream));
        data(key, block, stream + 1);
        data(value, block, stream + 1 + key.streams());
      }
      case DataType.Tuple(var elements) -> {
        int next = stream;
        for (DataType.TupleElement element : elements) {
          data(element.type(), block, next);
          next += element.type().streams();
        }
      }
      case DataType.StringType _,
          DataType.FixedString _,
          DataType.Int _,
          DataType.Float _,
          DataType.Decimal _,
          DataType.Bool _,
          DataType.Date _,
          DataType.Date32 _,
          DataType.DateTime _,
          DataType.DateTime64 _,
          DataType.Uuid _,
          DataType.Ipv4 _,
          DataType.Ipv6 _,
          DataType.Enum _ ->
          raw(block.streams().get(stream));
      case DataType.LowCardinality _,
          DataType.Nested _,
          DataType.Json _,
          DataType.AggregateFunction _,
          DataType.SimpleAggregateFunction _,
          DataType.Geo _,
          DataType.Other _ ->
          throw new IllegalStateException(wire.sql() + " does not travel as itself");
    }
  }

  private void raw(List<ByteRun> stream) throws IOException {
    for (ByteRun run : stream) {
      if (run.length() < BUFFER_BYTES / 4) {
        buffer.put(run.array(), run.offset(), run.length());
        flushIfFull();
      } else {
        flush();
        out.write(run.array(), run.offset(), run.length());
      }
    }
  }

  /// Sizes become the index after the last element of each row.
  private void offsets(List<ByteRun> sizes) throws IOException {
    long total = 0;
    for (ByteRun run : sizes) {
      byte[] array = run.array();
      int position = run.offset();
      while (position < run.end()) {
        long size = 0;
        int shift = 0;
        byte read;
        do {
          read = array[position++];
          size |= (long) (read & 0x7F) << shift;
          shift += 7;
        } while (read < 0);
        total += size;
        buffer.putLong(total);
        flushIfFull();
      }
    }
  }

  private void hidden(List<RowRun> runs) throws IOException {
    header(SEQ, "UInt64");
    for (RowRun run : runs) {
      for (int i = 0; i < run.rows(); i++) {
        buffer.putLong(run.firstSeq() + i);
        flushIfFull();
      }
    }
    header(INGESTED_AT, "DateTime64(6, 'UTC')");
    for (RowRun run : runs) {
      for (int i = 0; i < run.rows(); i++) {
        buffer.putLong(run.ingestedMicros());
        flushIfFull();
      }
    }
  }

  private void flushIfFull() throws IOException {
    if (buffer.size() >= BUFFER_BYTES) {
      flush();
    }
  }

  private void flush() throws IOException {
    out.write(buffer.array(), 0, buffer.size());
    buffer.clear();
  }
}
