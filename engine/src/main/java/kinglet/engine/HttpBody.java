// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// A request's body: so many bytes, or chunks until an empty one. A connection that ends early
/// fails.
final class HttpBody extends InputStream {
  private static final int CHUNK_LINE_CHARS_MAX = 256;

  private final InputStream in;
  private final boolean chunked;

  /// Bytes left of the body, or of the current chunk.
  private long left;

  private boolean ended;

  private HttpBody(InputStream in, boolean chunked, long left) {
    this.in = in;
    this.chunked = chunked;
    this.left = left;
    this.ended = !chunked && left == 0;
  }

  static HttpBody sized(InputStream in, long size) {
    return new HttpBody(in, false, size);
  }

  static HttpBody chunked(InputStream in) {
    return new HttpBody(in, true, 0);
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
    if (!ended && chunked && left == 0) {
      nextChunk();
    }
    if (ended) {
      return -1;
    }
    int count = in.read(into, offset, (int) Math.min(length, left));
    if (count < 0) {
      throw new EOFException("the connection ended inside the request's body");
    }
    left -= count;
    if (left == 0) {
      if (chunked) {
        String unused = line();
      } else {
        ended = true;
      }
    }
    return count;
  }

  private void nextChunk() throws IOException {
    String size = line();
    int semicolon = size.indexOf(';');
    try {
      left = Long.parseLong((semicolon < 0 ? size : size.substring(0, semicolon)).strip(), 16);
    } catch (NumberFormatException e) {
      throw new IOException("a chunk's size is not a number", e);
    }
    if (left == 0) {
      ended = true;
      while (!line().isEmpty()) {
        // Trailers are of no use here.
        continue;
      }
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder(16);
    for (int value = in.read(); value != '\n'; value = in.read()) {
      if (value < 0 || line.length() > CHUNK_LINE_CHARS_MAX) {
        throw new EOFException("the connection ended inside the request's body");
      }
      if (value != '\r') {
        line.append((char) value);
      }
    }
    return line.toString();
  }
}
