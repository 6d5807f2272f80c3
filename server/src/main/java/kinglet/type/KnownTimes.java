// SPDX-License-Identifier: Apache-2.0
package kinglet.type;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The times in a column of a block, as microseconds.
final class KnownTimes {
  private KnownTimes() {}

  static boolean isTime(DataType type) {
    return switch (present(type)) {
      case DataType.Date _, DataType.Date32 _, DataType.DateTime _, DataType.DateTime64 _ -> true;
      default -> false;
    };
  }

  private static DataType present(DataType type) {
    return type.wire() instanceof DataType.NullableOf(DataType inner) ? inner : type.wire();
  }

  /// One value of eight bytes a row.
  static ByteRun of(Block block, int index) {
    int stream = 0;
    for (int i = 0; i < index; i++) {
      stream += block.omitted().get(i) ? 0 : block.schema().column(i).type().streams();
    }
    DataType type = block.schema().column(index).type();
    boolean nullable = type.wire() instanceof DataType.NullableOf;
    byte[] nulls = nullable ? bytes(block.streams().get(stream)) : new byte[block.rows()];
    ByteBuffer values =
        ByteBuffer.wrap(bytes(block.streams().get(nullable ? stream + 1 : stream)))
            .order(ByteOrder.LITTLE_ENDIAN);
    Bytes times = new Bytes(block.rows() * Long.BYTES);
    for (byte isNull : nulls) {
      long micros = micros(present(type), values);
      times.putLong(isNull == 0 ? distinct(micros) : Known.INGESTION_MICROS);
    }
    return new ByteRun(times.array(), 0, times.size());
  }

  /// What a column says is never taken for the time of ingestion.
  private static long distinct(long micros) {
    return micros == Known.INGESTION_MICROS ? micros + 1 : micros;
  }

  private static byte[] bytes(List<ByteRun> stream) {
    Bytes all = new Bytes(stream.stream().mapToInt(ByteRun::length).sum());
    stream.forEach(run -> all.put(run.array(), run.offset(), run.length()));
    return all.toArray();
  }

  private static long micros(DataType type, ByteBuffer values) {
    return switch (type) {
      case DataType.Date _ -> TimeUnit.DAYS.toMicros(Short.toUnsignedLong(values.getShort()));
      case DataType.Date32 _ -> TimeUnit.DAYS.toMicros(values.getInt());
      case DataType.DateTime _ ->
          TimeUnit.SECONDS.toMicros(Integer.toUnsignedLong(values.getInt()));
      case DataType.DateTime64(int precision, var _) -> scaled(values.getLong(), precision);
      default -> throw new IllegalStateException(type.sql() + " is no time");
    };
  }

  /// Cut as ClickHouse cuts.
  private static long scaled(long ticks, int precision) {
    long micros = ticks;
    for (int digits = precision; digits < 6; digits++) {
      micros *= 10;
    }
    for (int digits = precision; digits > 6; digits--) {
      micros /= 10;
    }
    return micros;
  }
}
