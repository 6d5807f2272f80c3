// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.util.List;
import kinglet.type.Bytes;
import org.jspecify.annotations.Nullable;

/// Seconds since 1970: best-effort times, or the number itself.
final class DateTimeReader extends ValueReader {
  private static final long MAX = 0xFFFF_FFFFL;

  private final Bytes out = new Bytes(STREAM_BYTES);
  private final BestEffortTime time;

  DateTimeReader(@Nullable String zone) {
    this.time = new BestEffortTime(zone);
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
    return time.parse(text, from, to, false) && put(time.seconds());
  }

  boolean put(long seconds) {
    if (seconds < 0 || seconds > MAX) {
      return false;
    }
    out.putInt((int) seconds);
    return true;
  }

  @Override
  void empty() {
    out.putZeros(4);
  }

  @Override
  void streams(List<Bytes> all) {
    all.add(out);
  }
}
