// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.util.List;
import kinglet.type.Bytes;
import org.jspecify.annotations.Nullable;

/// Ticks since 1970: best-effort times, or the number of ticks.
final class DateTime64Reader extends ValueReader {
  /// From the first to the last day ClickHouse can show.
  private static final long MIN_SECOND = -62_135_596_800L;

  private static final long MAX_SECOND = 253_402_300_799L;

  private final Bytes out = new Bytes(STREAM_BYTES);

  /// The ticks of a second.
  private final long unit;

  private final BestEffortTime time;

  DateTime64Reader(int precision, @Nullable String zone) {
    long ticks = 1;
    for (int i = 0; i < precision; i++) {
      ticks *= 10;
    }
    this.unit = ticks;
    this.time = new BestEffortTime(zone);
  }

  @Override
  boolean json(JsonCursor cursor) {
    if (cursor.atQuote()) {
      return cursor.string() && text(cursor.scalar, cursor.from, cursor.to);
    }
    if (!cursor.bare() || !time.number(cursor.scalar, cursor.from, cursor.to)) {
      return false;
    }
    long ticks = time.seconds();
    long seconds = Math.floorDiv(ticks, unit);
    if (seconds < MIN_SECOND || seconds > MAX_SECOND) {
      return false;
    }
    out.putLong(ticks);
    return true;
  }

  @Override
  boolean text(byte[] text, int from, int to) {
    return time.parse(text, from, to, true) && put(time.seconds(), time.nanos());
  }

  boolean put(long seconds, long nanos) {
    long whole = seconds * unit;
    if (Math.multiplyHigh(seconds, unit) != whole >> 63) {
      return false;
    }
    long ticks = whole + nanos / (1_000_000_000L / unit);
    if (whole > 0 && ticks < 0) {
      return false;
    }
    out.putLong(ticks);
    return true;
  }

  @Override
  void empty() {
    out.putZeros(8);
  }

  @Override
  void streams(List<Bytes> all) {
    all.add(out);
  }
}
