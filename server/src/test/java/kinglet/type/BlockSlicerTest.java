// SPDX-License-Identifier: Apache-2.0
package kinglet.type;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import kinglet.testkit.Seed;
import org.junit.jupiter.api.Test;

final class BlockSlicerTest {
  private static final Schema SCHEMA =
      Schema.of(
          Column.of("id", "UInt32"),
          Column.of("name", "String"),
          Column.of("code", "FixedString(3)"),
          Column.of("note", "Nullable(String)"),
          Column.of("tags", "Array(LowCardinality(String))"),
          Column.of("deep", "Array(Array(UInt8))"),
          Column.of("counts", "Map(String, Array(UInt16))"),
          Column.of("pair", "Tuple(UInt8, String)"),
          Column.of("lines", "Nested(key String, value Nullable(UInt8))"));

  @Test
  void aSliceIsTheMergerOfItsRows() {
    Seed seed = Seed.next();
    RandomGenerator random = seed.random();
    for (int round = 0; round < 200; round++) {
      int count = random.nextInt(1, 12);
      List<Block> rows = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        rows.add(row(random));
      }
      int from = random.nextInt(count + 1);
      int to = random.nextInt(from, count + 1);
      MergedBlock sliced = BlockSlicer.rows(merged(rows, 100), from, to);
      if (from == to) {
        assertThat(sliced.block().rows()).isZero();
        continue;
      }
      MergedBlock expected = merged(rows.subList(from, to), 100 + from);
      assertThat(BlockCodec.encode(sliced.block()))
          .as("rows %d to %d of %d, %s", from, to, count, seed)
          .isEqualTo(BlockCodec.encode(expected.block()));
      assertThat(sliced.runs()).as("%s", seed).isEqualTo(expected.runs());
    }
  }

  @Test
  void aRunIsCutInTheMiddle() {
    RandomGenerator random = Seed.next().random();
    List<Block> rows = List.of(row(random), row(random), row(random), row(random));
    Block whole = BlockCodec.decode(SCHEMA, BlockCodec.encode(merged(rows, 1).block()));
    MergedBlock sliced =
        BlockSlicer.rows(new MergedBlock(whole, List.of(new RowRun(10, 5, 4))), 1, 3);
    assertThat(sliced.runs()).containsExactly(new RowRun(11, 5, 2));
    assertThat(BlockCodec.encode(sliced.block()))
        .isEqualTo(BlockCodec.encode(merged(rows.subList(1, 3), 1).block()));
  }

  @Test
  void columnsThatAreGoneAreLeftOut() {
    Block block = row(Seed.next().random());
    Block narrow = BlockSlicer.columns(block, Set.of("id", "lines", "unknown"));
    assertThat(narrow.columns()).extracting(Column::name).containsExactly("id", "lines");
    assertThat(narrow.streams().getFirst()).isEqualTo(block.streams().getFirst());
    assertThat(narrow.streams().getLast()).isEqualTo(block.streams().getLast());
  }

  private static MergedBlock merged(List<Block> rows, long firstSeq) {
    BlockMerger merger = new BlockMerger(SCHEMA);
    for (int i = 0; i < rows.size(); i++) {
      merger.add(rows.get(i), firstSeq + i, 7);
    }
    return merger.merged().getFirst();
  }

  private static Block row(RandomGenerator random) {
    List<List<ByteRun>> streams = new ArrayList<>();
    for (Column column : SCHEMA.columns()) {
      List<Bytes> out = new ArrayList<>();
      for (int i = 0; i < column.type().streams(); i++) {
        out.add(new Bytes(16));
      }
      write(column.type(), 1, out, 0, random);
      for (Bytes bytes : out) {
        byte[] array = bytes.toArray();
        streams.add(array.length == 0 ? List.of() : List.of(new ByteRun(array, 0, array.length)));
      }
    }
    return new Block(SCHEMA, 1, new BitSet(), streams);
  }

  private static void write(
      DataType type, int count, List<Bytes> out, int index, RandomGenerator random) {
    switch (type.wire()) {
      case DataType.NullableOf(DataType inner) -> {
        for (int i = 0; i < count; i++) {
          out.get(index).putByte(random.nextInt(2));
        }
        write(inner, count, out, index + 1, random);
      }
      case DataType.Array(DataType element) ->
          write(element, sizes(count, out, index, random), out, index + 1, random);
      case DataType.MapOf(DataType key, DataType value) -> {
        int size = sizes(count, out, index, random);
        write(key, size, out, index + 1, random);
        write(value, size, out, index + 1 + key.streams(), random);
      }
      case DataType.Tuple(var elements) -> {
        int next = index;
        for (DataType.TupleElement element : elements) {
          write(element.type(), count, out, next, random);
          next += element.type().streams();
        }
      }
      case DataType.Nested(var elements) -> {
        int size = sizes(count, out, index, random);
        int next = index + 1;
        for (DataType.TupleElement element : elements) {
          write(element.type(), size, out, next, random);
          next += element.type().streams();
        }
      }
      case DataType.StringType _ -> {
        for (int i = 0; i < count; i++) {
          byte[] text = "x".repeat(random.nextInt(300)).getBytes(StandardCharsets.UTF_8);
          out.get(index).putString(text, 0, text.length);
        }
      }
      default -> {
        for (int i = 0; i < count * type.wire().width(); i++) {
          out.get(index).putByte(random.nextInt(256));
        }
      }
    }
  }

  private static int sizes(int count, List<Bytes> out, int index, RandomGenerator random) {
    int sum = 0;
    for (int i = 0; i < count; i++) {
      int size = random.nextInt(4);
      out.get(index).putVarint(size);
      sum += size;
    }
    return sum;
  }
}
