// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import kinglet.clickhouse.NativeWriter;
import kinglet.type.Block;
import kinglet.type.ByteRun;
import kinglet.type.Bytes;
import kinglet.type.Column;
import kinglet.type.MergedBlock;
import kinglet.type.RowRun;
import kinglet.type.Schema;
import kinglet.value.Slot;
import org.junit.jupiter.api.Test;

/// What [NativeWriter] writes of blocks is read back, whatever pieces the bytes come in.
final class NativeRowsTest {
  private static final long SEED = 11;
  private static final List<Column> COLUMNS =
      List.of(
          Column.of("whole", "Int32"),
          Column.of("text", "Nullable(String)"),
          Column.of("list", "Array(String)"),
          Column.of("pairs", "Map(String, UInt8)"),
          Column.of("both", "Tuple(a Float64, b String)"),
          Column.of("at", "DateTime64(6, 'UTC')"));

  /// The values of a row as RowBinary has them.
  private static byte[] text(List<Slot> row) {
    Bytes bytes = new Bytes(64);
    RowBinaryOutput out = new RowBinaryOutput(bytes);
    for (int i = 0; i < COLUMNS.size(); i++) {
      out.write(COLUMNS.get(i).type(), row.get(i));
    }
    return bytes.toArray();
  }

  private static byte[] random(Random random) {
    Bytes bytes = new Bytes(64);
    bytes.putInt(random.nextInt());
    if (random.nextBoolean()) {
      bytes.putByte(1);
    } else {
      bytes.putByte(0);
      putText(bytes, random);
    }
    int size = random.nextInt(3);
    bytes.putVarint(size);
    for (int i = 0; i < size; i++) {
      putText(bytes, random);
    }
    size = random.nextInt(3);
    bytes.putVarint(size);
    for (int i = 0; i < size; i++) {
      putText(bytes, random);
      bytes.putByte(random.nextInt());
    }
    bytes.putLong(Double.doubleToRawLongBits(random.nextGaussian()));
    putText(bytes, random);
    bytes.putLong(random.nextLong() >>> 8);
    return bytes.toArray();
  }

  private static void putText(Bytes bytes, Random random) {
    byte[] text = new byte[random.nextInt(8) == 0 ? 200 : random.nextInt(9)];
    Arrays.fill(text, (byte) ('a' + random.nextInt(26)));
    bytes.putString(text, 0, text.length);
  }

  private static void write(List<byte[]> rows, ByteArrayOutputStream to) throws IOException {
    List<Bytes> streams = new ArrayList<>();
    List<ColumnWriter> writers = new ArrayList<>();
    for (Column column : COLUMNS) {
      writers.add(
          ColumnWriter.of(
              column.type(),
              () -> {
                streams.add(new Bytes(64));
                return streams.getLast();
              }));
    }
    Slot slot = new Slot();
    for (byte[] row : rows) {
      RowBinaryInput in = new RowBinaryInput(new ByteArrayInputStream(row));
      for (int i = 0; i < COLUMNS.size(); i++) {
        in.read(COLUMNS.get(i).type(), slot);
        writers.get(i).add(slot);
      }
    }
    Block block =
        new Block(
            new Schema(COLUMNS),
            rows.size(),
            new BitSet(),
            streams.stream()
                .map(stream -> List.of(new ByteRun(stream.array(), 0, stream.size())))
                .toList());
    NativeWriter.write(new MergedBlock(block, List.of(new RowRun(0, 0, rows.size()))), false, to);
  }

  /// Bytes that come a few at a time.
  private static InputStream pieces(byte[] bytes, Random random) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public int read(byte[] to, int from, int length) {
        return super.read(to, from, Math.min(length, 1 + random.nextInt(300)));
      }
    };
  }

  @Test
  void readsWhatWasWritten() throws IOException {
    Random random = new Random(SEED);
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    List<byte[]> all = new ArrayList<>();
    for (int size : new int[] {1, 0, 700, 40, 3000}) {
      List<byte[]> rows = IntStream.range(0, size).mapToObj(_ -> random(random)).toList();
      write(rows, written);
      all.addAll(rows);
    }

    NativeRows rows = new NativeRows(pieces(written.toByteArray(), random));

    for (byte[] expected : all) {
      assertThat(rows.next()).isTrue();
      assertThat(text(IntStream.range(0, COLUMNS.size()).mapToObj(rows::get).toList()))
          .isEqualTo(expected);
    }
    assertThat(rows.next()).isFalse();
    assertThat(rows.types()).isEqualTo(COLUMNS.stream().map(Column::type).toList());
  }

  @Test
  void bytesThatEndInsideABlockAreNoRows() throws IOException {
    Random random = new Random(SEED);
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    write(List.of(random(random), random(random)), written);
    byte[] bytes = written.toByteArray();
    for (int length = 1; length < bytes.length; length++) {
      NativeRows rows = new NativeRows(new ByteArrayInputStream(bytes, 0, length));
      assertThatThrownBy(rows::next).isInstanceOf(EOFException.class);
    }
  }
}
