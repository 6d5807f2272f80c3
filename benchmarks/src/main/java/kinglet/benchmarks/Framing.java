// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Finds the end of an answer in the bytes of a connection and looks at nothing else, so that a
/// generator of load costs the same little for each contender. Belongs to one connection.
abstract sealed class Framing {
  private static final int LINE_BYTES_MAX = 16 * 1024;
  private static final byte[] NOTHING = {};

  private final byte[] line = new byte[LINE_BYTES_MAX];
  private int filled;
  private long skipped;
  private boolean ended;

  /// How answers are told apart, by the name a [Load] says it by.
  static Framing of(String protocol) {
    return switch (protocol) {
      case "http" -> new Http();
      case "resp" -> new Resp();
      case "postgres" -> new Postgres();
      default -> throw new IllegalArgumentException("no protocol " + protocol);
    };
  }

  /// What is sent on a connection before the first request, and answered once; nothing for most.
  byte[] greeting() {
    return NOTHING;
  }

  /// Begins with the answers to one request.
  abstract void expect(int answers);

  /// Reads on; answers whether the last answer has ended.
  final boolean read(ByteBuffer bytes) throws IOException {
    while (!ended && bytes.hasRemaining()) {
      if (skipped > 0) {
        int count = (int) Math.min(skipped, bytes.remaining());
        bytes.position(bytes.position() + count);
        skipped -= count;
        if (skipped == 0) {
          skipped();
        }
        continue;
      }
      line[filled++] = bytes.get();
      if (isWhole(line, filled)) {
        int length = filled;
        filled = 0;
        line(line, length);
      }
    }
    return ended;
  }

  /// Whether the bytes are all that says what follows.
  abstract boolean isWhole(byte[] bytes, int length);

  abstract void line(byte[] text, int length) throws IOException;

  /// Whether a line has ended.
  private static boolean isLine(byte[] text, int length) {
    return text[length - 1] == '\n';
  }

  /// How long a line is without what ends it.
  private static int trimmed(byte[] text, int length) {
    return length > 1 && text[length - 2] == '\r' ? length - 2 : length - 1;
  }

  /// What was to be skipped has been.
  void skipped() {}

  final void skip(long bytes) {
    skipped = bytes;
  }

  final void ended(boolean value) {
    ended = value;
  }

  private static long number(byte[] text, int from, int length, int radix) {
    long number = 0;
    boolean negative = false;
    for (int at = from; at < length; at++) {
      int digit = Character.digit(text[at], radix);
      if (text[at] == '-') {
        negative = true;
      } else if (digit >= 0) {
        number = number * radix + digit;
      }
    }
    return negative ? -number : number;
  }

  /// HTTP/1.1, with a length or in chunks; anything but success is a failure.
  private static final class Http extends Framing {
    private static final byte[] LENGTH = bytes("content-length:");
    private static final byte[] ENCODING = bytes("transfer-encoding:");

    private enum Part {
      STATUS,
      HEADERS,
      BODY,
      CHUNKS,
      LAST
    }

    private Part part = Part.STATUS;
    private long length;
    private boolean chunked;

    @Override
    void expect(int answers) {
      part = Part.STATUS;
      length = 0;
      chunked = false;
      ended(false);
    }

    @Override
    boolean isWhole(byte[] bytes, int length) {
      return isLine(bytes, length);
    }

    @Override
    void line(byte[] text, int length) throws IOException {
      int end = trimmed(text, length);
      switch (part) {
        case STATUS -> {
          if (end < 12 || number(text, 9, 10, 10) != 2) {
            throw new IOException(new String(text, 0, end, StandardCharsets.ISO_8859_1));
          }
          part = Part.HEADERS;
        }
        case HEADERS -> header(text, end);
        case CHUNKS -> {
          long size = number(text, 0, end, 16);
          part = size == 0 ? Part.LAST : Part.CHUNKS;
          skip(size == 0 ? 0 : size + 2);
        }
        case LAST -> ended(true);
        case BODY -> throw new IOException("a body has no lines");
      }
    }

    private void header(byte[] text, int end) {
      if (end > 0) {
        if (begins(text, end, LENGTH)) {
          length = number(text, LENGTH.length, end, 10);
        } else if (begins(text, end, ENCODING)) {
          chunked = true;
        }
      } else if (chunked) {
        part = Part.CHUNKS;
      } else {
        part = Part.BODY;
        skip(length);
        ended(length == 0);
      }
    }

    @Override
    void skipped() {
      ended(part == Part.BODY);
    }

    private static boolean begins(byte[] text, int end, byte[] name) {
      if (end < name.length) {
        return false;
      }
      for (int at = 0; at < name.length; at++) {
        if ((text[at] | 0x20) != (name[at] | 0x20)) {
          return false;
        }
      }
      return true;
    }

    private static byte[] bytes(String text) {
      return text.getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  /// Redis's protocol; an error is a failure.
  private static final class Resp extends Framing {
    private long open;

    @Override
    void expect(int answers) {
      open = answers;
      ended(false);
    }

    @Override
    boolean isWhole(byte[] bytes, int length) {
      return isLine(bytes, length);
    }

    @Override
    void line(byte[] text, int length) throws IOException {
      int end = trimmed(text, length);
      open--;
      switch (text[0]) {
        case '*' -> open += Math.max(0, number(text, 1, end, 10));
        case '$' -> {
          long size = number(text, 1, end, 10);
          skip(size < 0 ? 0 : size + 2);
          ended(open == 0 && size < 0);
          return;
        }
        case '-' -> throw new IOException(new String(text, 0, end, StandardCharsets.UTF_8));
        default -> {}
      }
      ended(open == 0);
    }

    @Override
    void skipped() {
      ended(open == 0);
    }
  }

  /// PostgreSQL's protocol: an answer ends when the server is ready for the next query.
  private static final class Postgres extends Framing {
    private static final int HEAD_BYTES = 5;
    private static final int VERSION = 3 << 16;

    private long open;
    private byte message;

    @Override
    byte[] greeting() {
      byte[] names = "user\0postgres\0database\0postgres\0\0".getBytes(StandardCharsets.US_ASCII);
      return ByteBuffer.allocate(2 * Integer.BYTES + names.length)
          .putInt(2 * Integer.BYTES + names.length)
          .putInt(VERSION)
          .put(names)
          .array();
    }

    @Override
    void expect(int answers) {
      open = answers;
      ended(false);
    }

    @Override
    boolean isWhole(byte[] bytes, int length) {
      return length == HEAD_BYTES;
    }

    @Override
    void line(byte[] head, int length) throws IOException {
      message = head[0];
      if (message == 'E') {
        throw new IOException("PostgreSQL answered with an error");
      }
      skip(ByteBuffer.wrap(head, 1, Integer.BYTES).getInt() - Integer.BYTES);
    }

    @Override
    void skipped() {
      if (message == 'Z') {
        open--;
        ended(open == 0);
      }
    }
  }
}
