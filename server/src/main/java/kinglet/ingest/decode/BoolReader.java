// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.util.List;
import kinglet.type.Bytes;

/// `true`, `false`, `1`, `0` without quotes; as text also the words ClickHouse's CSV knows.
final class BoolReader extends ValueReader {
  private static final String[] YES = {"1", "true", "t", "y", "yes", "on", "enable", "enabled"};
  private static final String[] NO = {"0", "false", "f", "n", "no", "off", "disable", "disabled"};

  private final Bytes out = new Bytes(STREAM_BYTES);

  @Override
  boolean json(JsonCursor cursor) {
    if (cursor.atQuote() || !cursor.bare()) {
      return false;
    }
    byte[] text = cursor.scalar;
    if (Digits.equal(text, cursor.from, cursor.to, "true")
        || Digits.equal(text, cursor.from, cursor.to, "1")) {
      out.putByte(1);
      return true;
    }
    if (Digits.equal(text, cursor.from, cursor.to, "false")
        || Digits.equal(text, cursor.from, cursor.to, "0")) {
      out.putByte(0);
      return true;
    }
    return false;
  }

  @Override
  boolean text(byte[] text, int from, int to) {
    for (int i = 0; i < YES.length; i++) {
      if (Digits.equalIgnoringCase(text, from, to, YES[i])) {
        out.putByte(1);
        return true;
      }
      if (Digits.equalIgnoringCase(text, from, to, NO[i])) {
        out.putByte(0);
        return true;
      }
    }
    return false;
  }

  @Override
  void empty() {
    out.putByte(0);
  }

  @Override
  void streams(List<Bytes> all) {
    all.add(out);
  }
}
