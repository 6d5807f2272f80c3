// SPDX-License-Identifier: Apache-2.0
package kinglet.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import kinglet.error.PlatformException;
import kinglet.testkit.Seed;
import org.junit.jupiter.api.Test;

final class KnownTest {
  private static final Known TOLD = new Known.FromColumn("at");

  /// A column of the type, behind one of several streams and one that is left out.
  private static Block block(String type, int rows, List<List<ByteRun>> at) {
    Schema schema =
        Schema.of(
            Column.of("left", "UInt8"), Column.of("tags", "Array(String)"), Column.of("at", type));
    byte[] none = new byte[rows];
    List<List<ByteRun>> streams = new ArrayList<>();
    streams.add(List.of(new ByteRun(none, 0, rows)));
    streams.add(List.of());
    streams.addAll(at);
    return new Block(schema, rows, BitSet.valueOf(new long[] {1}), streams);
  }

  private static List<Long> times(Block stamped) {
    assertThat(stamped.schema().columns().getLast()).isEqualTo(Known.COLUMN);
    List<Long> times = new ArrayList<>();
    for (ByteRun run : stamped.streams().getLast()) {
      ByteBuffer values =
          ByteBuffer.wrap(run.array(), run.offset(), run.length()).order(ByteOrder.LITTLE_ENDIAN);
      while (values.hasRemaining()) {
        times.add(values.getLong());
      }
    }
    return times;
  }

  private static ByteRun run(Bytes bytes) {
    return new ByteRun(bytes.toArray(), 0, bytes.size());
  }

  @Test
  void eventTimeIsBeforeAllTimesInEachRow() {
    int rows = 2 * Known.RUN_ROWS + 5;
    Bytes days = new Bytes(0);
    days.putZeros(rows * 2);
    Block block = block("Date", rows, List.of(List.of(run(days))));
    Block stamped = new Known.FromEventTime().stamped(block).orElseThrow();
    assertThat(times(stamped)).hasSize(rows).containsOnly(Known.ALWAYS_MICROS);
    assertThat(Instant.EPOCH.plus(Known.ALWAYS_MICROS, ChronoUnit.MICROS))
        .isEqualTo("1900-01-01T00:00:00Z");
    assertThat(BlockCodec.decode(stamped.schema(), BlockCodec.encode(stamped)).rows())
        .isEqualTo(rows);
    assertThat(new Known.FromIngestion().stamped(block)).isEmpty();
  }

  @Test
  void aColumnSaysItInItsOwnUnit() {
    Seed seed = Seed.next();
    RandomGenerator random = seed.random();
    for (int round = 0; round < 500; round++) {
      int precision = random.nextInt(10);
      boolean nullable = random.nextBoolean();
      Bytes nulls = new Bytes(0);
      Bytes days = new Bytes(0);
      Bytes days32 = new Bytes(0);
      Bytes seconds = new Bytes(0);
      Bytes ticks = new Bytes(0);
      List<Long> ofDays = new ArrayList<>();
      List<Long> ofDays32 = new ArrayList<>();
      List<Long> ofSeconds = new ArrayList<>();
      List<Long> ofTicks = new ArrayList<>();
      int rows = 1 + random.nextInt(20);
      for (int row = 0; row < rows; row++) {
        boolean isNull = nullable && random.nextBoolean();
        nulls.putByte(isNull ? 1 : 0);
        int day = random.nextInt(1 << 16);
        days.putShort(day);
        ofDays.add(isNull ? 0 : micros(day));
        int day32 = random.nextInt(-25567, 120_529);
        days32.putInt(day32);
        ofDays32.add(isNull ? 0 : micros(day32));
        int second = random.nextInt();
        seconds.putInt(second);
        ofSeconds.add(isNull ? 0 : micros(Instant.ofEpochSecond(Integer.toUnsignedLong(second))));
        // From 1900 to 2262: what the finest unit holds.
        long second64 = random.nextLong(-2_208_988_800L, 9_223_372_036L);
        long unit = BigInteger.TEN.pow(precision).longValueExact();
        long tick = random.nextInt(4) == 0 ? 0 : second64 * unit + random.nextLong(unit);
        ticks.putLong(tick);
        ofTicks.add(isNull ? 0 : micros(precision, tick));
      }
      assertTimes(seed, nullable, "Date", nulls, days, ofDays);
      assertTimes(seed, nullable, "Date32", nulls, days32, ofDays32);
      assertTimes(seed, nullable, "DateTime('Europe/Madrid')", nulls, seconds, ofSeconds);
      assertTimes(seed, nullable, "DateTime64(" + precision + ")", nulls, ticks, ofTicks);
    }
  }

  private static void assertTimes(
      Seed seed, boolean nullable, String type, Bytes nulls, Bytes values, List<Long> expected) {
    List<List<ByteRun>> streams = new ArrayList<>();
    if (nullable) {
      streams.add(List.of(run(nulls)));
    }
    // In two runs, as merged blocks have them.
    int half = values.size() / expected.size() * (expected.size() / 2);
    byte[] bytes = values.toArray();
    streams.add(
        List.of(new ByteRun(bytes, 0, half), new ByteRun(bytes, half, bytes.length - half)));
    String whole = nullable ? "Nullable(" + type + ")" : type;
    Block block = block(whole, expected.size(), streams);
    assertThat(times(TOLD.stamped(block).orElseThrow()))
        .as("%s of %s", whole, seed)
        .isEqualTo(expected);
  }

  private static long micros(int day) {
    return micros(LocalDate.ofEpochDay(day).atStartOfDay().toInstant(ZoneOffset.UTC));
  }

  /// The epoch itself is moved on: it would stand for the time of ingestion.
  private static long micros(Instant at) {
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, at);
    return micros == 0 ? 1 : micros;
  }

  private static long micros(int precision, long tick) {
    BigInteger nanos = BigInteger.valueOf(tick).multiply(BigInteger.TEN.pow(9 - precision));
    BigInteger[] parts = nanos.divideAndRemainder(BigInteger.valueOf(1_000_000_000));
    return micros(Instant.ofEpochSecond(parts[0].longValue(), parts[1].longValue()));
  }

  @Test
  void rowsThatLeaveTheColumnOutAreKnownFromTheirIngestionOn() {
    Schema schema = Schema.of(Column.of("id", "UInt8"), Column.of("at", "DateTime"));
    Block block =
        new Block(
            schema,
            1,
            BitSet.valueOf(new long[] {2}),
            List.of(List.of(new ByteRun(new byte[1], 0, 1))));
    assertThat(TOLD.stamped(block)).isEmpty();
  }

  @Test
  void onlyTimesSayIt() {
    Schema schema =
        Schema.of(Column.of("at", "Array(DateTime)"), Column.of("on", "Nullable(Date32)"));
    Known.of(Optional.of("on")).check(schema);
    Known.of(Optional.of("now")).check(schema);
    Known.of(Optional.empty()).check(schema);
    assertThatThrownBy(() -> TOLD.check(schema))
        .isInstanceOf(PlatformException.class)
        .hasMessageContaining("known_at='at' is neither 'now' nor a column")
        .hasMessageContaining("such columns are on");
    assertThatThrownBy(() -> TOLD.check(Schema.of(Column.of("id", "UInt8"))))
        .hasMessageContaining("the data source has no such column");
  }
}
