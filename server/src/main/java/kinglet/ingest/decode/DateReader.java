// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.util.List;
import kinglet.type.Bytes;

/// Dates as `YYYY-MM-DD`, with one digit less and other separators too, `YYYYMMDD`, or days since
/// 1970 as a JSON number. A day that does not exist or does not fit is refused.
final class DateReader extends ValueReader {
  private static final long DATE_MAX = 65_535;
  private static final long DATE32_MIN = -25_567;
  private static final long DATE32_MAX = 120_529;

  private final boolean wide;
  private final Bytes out = new Bytes(STREAM_BYTES);
  private final BestEffortTime time = new BestEffortTime(null);

  DateReader(boolean wide) {
    this.wide = wide;
  }

  @Override
  boolean json(JsonCursor cursor) {
    if (cursor.atQuote()) {
      return cursor.string() && text(cursor.scalar, cursor.from, cursor.to);
    }
    return cursor.bare()
        && time.number(cursor.scalar, cursor.from, cursor.to)
        && put(time.seconds());
  }

  @Override
  boolean text(byte[] text, int from, int to) {
    return time.date(text, from, to) && put(time.seconds());
  }

  boolean put(long days) {
    if (wide) {
      if (days < DATE32_MIN || days > DATE32_MAX) {
        return false;
      }
      out.putInt((int) days);
    } else {
      if (days < 0 || days > DATE_MAX) {
        return false;
      }
      out.putShort((int) days);
    }
    return true;
  }

  @Override
  void empty() {
    out.putZeros(wide ? 4 : 2);
  }

  @Override
  void streams(List<Bytes> all) {
    all.add(out);
  }
}
