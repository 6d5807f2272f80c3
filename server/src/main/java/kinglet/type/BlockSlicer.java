// SPDX-License-Identifier: Apache-2.0
package kinglet.type;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/// Cuts rows and columns out of blocks, without copying their bytes.
public final class BlockSlicer {
  private BlockSlicer() {}

  /// The rows from `from` to before `to`.
  public static Block rows(Block block, int from, int to) {
    if (from < 0 || to < from || to > block.rows()) {
      throw new IllegalArgumentException(
          "rows " + from + " to " + to + " of a block of " + block.rows());
    }
    List<List<ByteRun>> streams = new ArrayList<>();
    int next = 0;
    for (Column column : block.columns()) {
      DataType type = column.type();
      cut(type, block.streams(), next, from, (long) to - from, streams);
      next += type.streams();
    }
    return new Block(block.schema(), to - from, block.omitted(), streams);
  }

  /// The rows from `from` to before `to`, with their places in the journal.
  public static MergedBlock rows(MergedBlock merged, int from, int to) {
    List<RowRun> runs = new ArrayList<>();
    int start = 0;
    for (RowRun run : merged.runs()) {
      int first = Math.max(from, start);
      int last = Math.min(to, start + run.rows());
      if (first < last) {
        runs.add(new RowRun(run.firstSeq() + (first - start), run.ingestedMicros(), last - first));
      }
      start += run.rows();
    }
    return new MergedBlock(rows(merged.block(), from, to), runs);
  }

  /// The block without the columns that are not in `names`.
  public static Block columns(Block block, Set<String> names) {
    BitSet omitted = block.omitted();
    List<List<ByteRun>> streams = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < block.schema().size(); i++) {
      if (omitted.get(i)) {
        continue;
      }
      Column column = block.schema().column(i);
      int count = column.type().streams();
      if (names.contains(column.name())) {
        streams.addAll(block.streams().subList(next, next + count));
      } else {
        omitted.set(i);
      }
      next += count;
    }
    return new Block(block.schema(), block.rows(), omitted, streams);
  }

  /// Cuts `take` values after the first `skip` out of the streams of `type`, the first of which is
  /// `index`.
  private static void cut(
      DataType type,
      List<List<ByteRun>> streams,
      int index,
      long skip,
      long take,
      List<List<ByteRun>> out) {
    DataType wire = type.wire();
    StreamReader reader = new StreamReader(streams.get(index));
    switch (wire) {
      case DataType.NullableOf(DataType inner) -> {
        out.add(reader.bytes(skip, take));
        cut(inner, streams, index + 1, skip, take, out);
      }
      case DataType.Array(DataType element) -> {
        Sizes sizes = sizes(reader, skip, take, out);
        cut(element, streams, index + 1, sizes.skip, sizes.take, out);
      }
      case DataType.MapOf(DataType key, DataType value) -> {
        Sizes sizes = sizes(reader, skip, take, out);
        cut(key, streams, index + 1, sizes.skip, sizes.take, out);
        cut(value, streams, index + 1 + key.streams(), sizes.skip, sizes.take, out);
      }
      case DataType.Tuple(var elements) -> {
        int next = index;
        for (DataType.TupleElement element : elements) {
          cut(element.type(), streams, next, skip, take, out);
          next += element.type().streams();
        }
      }
      case DataType.Nested(var elements) -> {
        Sizes sizes = sizes(reader, skip, take, out);
        int next = index + 1;
        for (DataType.TupleElement element : elements) {
          cut(element.type(), streams, next, sizes.skip, sizes.take, out);
          next += element.type().streams();
        }
      }
      case DataType.StringType _ -> {
        reader.skipStrings(skip);
        reader.mark();
        reader.skipStrings(take);
        out.add(reader.sinceMark());
      }
      case DataType.FixedString _,
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
          out.add(reader.bytes(skip * wire.width(), take * wire.width()));
      case DataType.LowCardinality _,
          DataType.Json _,
          DataType.AggregateFunction _,
          DataType.SimpleAggregateFunction _,
          DataType.Geo _,
          DataType.Other _ ->
          throw new IllegalStateException(wire.sql() + " does not travel as itself");
    }
  }

  private record Sizes(long skip, long take) {}

  /// Cuts a stream of sizes and answers how many elements they stand for.
  private static Sizes sizes(StreamReader reader, long skip, long take, List<List<ByteRun>> out) {
    long skipped = reader.sumVarints(skip);
    reader.mark();
    long taken = reader.sumVarints(take);
    out.add(reader.sinceMark());
    return new Sizes(skipped, taken);
  }

  /// Goes through the runs of one stream. No value lies across two runs.
  private static final class StreamReader {
    private final List<ByteRun> runs;
    private int run;
    private int position;
    private int markRun;
    private int markPosition;

    StreamReader(List<ByteRun> runs) {
      this.runs = runs;
    }

    List<ByteRun> bytes(long skip, long take) {
      skipBytes(skip);
      mark();
      skipBytes(take);
      return sinceMark();
    }

    void mark() {
      markRun = run;
      markPosition = position;
    }

    List<ByteRun> sinceMark() {
      List<ByteRun> cut = new ArrayList<>();
      for (int i = markRun; i <= run && i < runs.size(); i++) {
        ByteRun whole = runs.get(i);
        int start = i == markRun ? markPosition : 0;
        int end = i == run ? position : whole.length();
        if (end > start) {
          cut.add(new ByteRun(whole.array(), whole.offset() + start, end - start));
        }
      }
      return cut;
    }

    void skipStrings(long count) {
      for (long i = 0; i < count; i++) {
        skipBytes(varint());
      }
    }

    long sumVarints(long count) {
      long sum = 0;
      for (long i = 0; i < count; i++) {
        sum += varint();
      }
      return sum;
    }

    private void skipBytes(long count) {
      long left = count;
      while (left > 0) {
        enterRun();
        int here = (int) Math.min(left, runs.get(run).length() - position);
        position += here;
        left -= here;
      }
    }

    private long varint() {
      long value = 0;
      int shift = 0;
      while (true) {
        enterRun();
        ByteRun bytes = runs.get(run);
        byte read = bytes.array()[bytes.offset() + position++];
        value |= (long) (read & 0x7F) << shift;
        if (read >= 0) {
          return value;
        }
        shift += 7;
      }
    }

    private void enterRun() {
      while (position == runs.get(run).length()) {
        run++;
        position = 0;
      }
    }
  }
}
