// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;

/// The bytes of a connection, read ahead: lines of a head, then whatever follows them.
final class HttpInput {
  /// Most that a line may have.
  static final int LINE_BYTES_MAX = 1 << 14;

  private final InputStream in;
  private final byte[] buffer = new byte[LINE_BYTES_MAX];
  private int at;
  private int end;

  HttpInput(InputStream in) {
    this.in = in;
  }

  /// The next line without its end.
  String line() throws IOException {
    int scanned = at;
    while (true) {
      for (; scanned < end; scanned++) {
        if (buffer[scanned] == '\n') {
          int length =
              scanned > at && buffer[scanned - 1] == '\r' ? scanned - 1 - at : scanned - at;
          String line = new String(buffer, at, length, StandardCharsets.ISO_8859_1);
          at = scanned + 1;
          return line;
        }
      }
      scanned -= at;
      fill();
      scanned += at;
    }
  }

  /// The next bytes, as [InputStream#read(byte[], int, int)].
  int read(byte[] into, int offset, int length) throws IOException {
    if (at == end) {
      return in.read(into, offset, length);
    }
    int count = Math.min(length, end - at);
    System.arraycopy(buffer, at, into, offset, count);
    at += count;
    return count;
  }

  /// Whether bytes were read that nobody has taken.
  boolean hasRest() {
    return at < end;
  }

  private void fill() throws IOException {
    if (end - at == buffer.length) {
      throw new ProtocolException("a line has more than " + LINE_BYTES_MAX + " bytes");
    }
    if (at > 0) {
      System.arraycopy(buffer, at, buffer, 0, end - at);
      end -= at;
      at = 0;
    }
    int count = in.read(buffer, end, buffer.length - end);
    if (count < 0) {
      throw new EOFException("the connection ended inside an answer's head");
    }
    end += count;
  }
}
