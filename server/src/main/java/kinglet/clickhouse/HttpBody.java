// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;

/// An answer's body: so many bytes, chunks until an empty one, or all until the connection ends.
///
/// A connection that ends before the body does is a failure.
final class HttpBody extends InputStream {
  private static final int TRAILERS_MAX = 100;

  private enum Framing {
    SIZED,
    CHUNKED,
    TO_THE_END
  }

  private final HttpInput in;
  private final Framing framing;

  /// Bytes left of the body, or of the current chunk.
  private long left;

  private boolean firstChunk = true;
  private boolean ended;

  private HttpBody(HttpInput in, Framing framing, long left) {
    this.in = in;
    this.framing = framing;
    this.left = left;
    this.ended = framing == Framing.SIZED && left == 0;
  }

  /// The body that follows this head.
  static HttpBody of(HttpHead head, HttpInput in) throws IOException {
    if (head.status() == 204 || head.status() == 304) {
      return new HttpBody(in, Framing.SIZED, 0);
    }
    if (head.headers().containsKey("transfer-encoding")) {
      if (!head.says("transfer-encoding", "chunked")) {
        throw new ProtocolException("an answer's coding is not known");
      }
      return new HttpBody(in, Framing.CHUNKED, 0);
    }
    String length = head.headers().get("content-length");
    return length == null
        ? new HttpBody(in, Framing.TO_THE_END, 0)
        : new HttpBody(in, Framing.SIZED, number(length, 10));
  }

  /// Whether all of it was read.
  boolean ended() {
    return ended;
  }

  /// Whether another answer may follow on the connection.
  boolean delimited() {
    return framing != Framing.TO_THE_END;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (framing == Framing.CHUNKED && !ended && left == 0) {
      nextChunk();
    }
    if (ended) {
      return -1;
    }
    int most = framing == Framing.TO_THE_END ? length : (int) Math.min(length, left);
    int count = in.read(into, offset, most);
    if (count < 0) {
      if (framing == Framing.TO_THE_END) {
        ended = true;
        return -1;
      }
      throw new EOFException("the connection ended inside an answer's body");
    }
    left -= count;
    ended = framing == Framing.SIZED && left == 0;
    return count;
  }

  private void nextChunk() throws IOException {
    if (!firstChunk && !in.line().isEmpty()) {
      throw new ProtocolException("a chunk is longer than it says");
    }
    firstChunk = false;
    String size = in.line();
    int extension = size.indexOf(';');
    left = number((extension < 0 ? size : size.substring(0, extension)).strip(), 16);
    if (left == 0) {
      trailers();
      ended = true;
    }
  }

  private void trailers() throws IOException {
    for (int count = 0; !in.line().isEmpty(); count++) {
      if (count == TRAILERS_MAX) {
        throw new ProtocolException("an answer has too many trailers");
      }
    }
  }

  private static long number(String digits, int radix) throws IOException {
    try {
      long number = Long.parseLong(digits, radix);
      if (number >= 0 && Character.digit(digits.charAt(0), radix) >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new ProtocolException("the length in an answer is no number");
    }
    throw new ProtocolException("the length in an answer is no number");
  }
}
