// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/*
 * Strings are scanned eight bytes at a time: a byte equal to a pattern makes a zero byte under
 * exclusive or, and (x - 0x01..) & ~x & 0x80.. has its lowest set bit in the lowest zero byte.
 */

/// A position in JSON text and the scalar read last; the scanner under every reader of values.
///
/// Reads leave the position behind the value when they succeed and anywhere when they do not. Not
/// thread-safe.
final class JsonCursor {
  static final int DEPTH_MAX = 512;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long TOPS = 0x8080_8080_8080_8080L;
  private static final long DOUBLE_QUOTES = ONES * '"';
  private static final long SINGLE_QUOTES = ONES * '\'';
  private static final long NEWLINES = ONES * '\n';
  private static final long BACKSLASHES = ONES * '\\';
  private static final String RELAXED_ESCAPES = "abefnrtv0";
  private static final String RELAXED_CONTROLS = "\7\b\33\f\n\r\t\13\0";
  private static final boolean[] ENDS_BARE = new boolean[256];

  static {
    for (char c : " \t\r\n,:{}[]()\"'".toCharArray()) {
      ENDS_BARE[c] = true;
    }
  }

  /// The text under the cursor.
  byte[] bytes = new byte[0];

  /// The next byte to read.
  int position;

  /// The index after the last byte.
  int end;

  /// Where the scalar read last stands: [#from] to [#to] of [#scalar].
  byte[] scalar = bytes;

  int from;
  int to;

  /// ClickHouse's own text form: single quotes, and tuples in parentheses.
  boolean relaxed;

  private byte[] scratch = new byte[256];

  void open(byte[] text, int start, int limit) {
    bytes = text;
    position = start;
    end = limit;
    relaxed = false;
  }

  /// Reads a whole text in ClickHouse's own form.
  boolean relaxed(ValueReader reader, byte[] text, int start, int limit) {
    open(text, start, limit);
    relaxed = true;
    skipSpace();
    if (!reader.json(this)) {
      return false;
    }
    skipSpace();
    return position == end;
  }

  void skipSpace() {
    while (position < end) {
      byte b = bytes[position];
      if (b > ' ' || b < 0 || (b != ' ' && b != '\n' && b != '\r' && b != '\t')) {
        return;
      }
      position++;
    }
  }

  /// The next byte, or -1 at the end.
  int peek() {
    return position < end ? bytes[position] & 0xFF : -1;
  }

  /// Skips space and then `expected`.
  boolean accept(int expected) {
    skipSpace();
    if (position < end && bytes[position] == expected) {
      position++;
      return true;
    }
    return false;
  }

  boolean atQuote() {
    int next = peek();
    return next == '"' || relaxed && next == '\'';
  }

  /// Whether the next value is `null`; if so it is read.
  boolean acceptNull() {
    if (position + 4 > end
        || bytes[position] != 'n'
        || bytes[position + 1] != 'u'
        || bytes[position + 2] != 'l'
        || bytes[position + 3] != 'l') {
      return relaxed && acceptUpperNull();
    }
    if (position + 4 < end && !ENDS_BARE[bytes[position + 4] & 0xFF]) {
      return false;
    }
    position += 4;
    return true;
  }

  private boolean acceptUpperNull() {
    if (position + 4 <= end
        && bytes[position] == 'N'
        && bytes[position + 1] == 'U'
        && bytes[position + 2] == 'L'
        && bytes[position + 3] == 'L') {
      position += 4;
      return true;
    }
    return false;
  }

  /// Reads a scalar without quotes: everything up to what cannot be part of one.
  boolean bare() {
    int p = position;
    while (p < end && !ENDS_BARE[bytes[p] & 0xFF]) {
      p++;
    }
    scalar = bytes;
    from = position;
    to = p;
    position = p;
    return p > from;
  }

  /// Reads the string that starts at the quote under the cursor, escapes resolved.
  boolean string() {
    byte quote = bytes[position];
    int start = position + 1;
    int p = scan(start, quote);
    if (p >= end) {
      return false;
    }
    if (bytes[p] == quote) {
      scalar = bytes;
      from = start;
      to = p;
      position = p + 1;
      return true;
    }
    return unescape(start, p, quote);
  }

  /// Skips the string that starts at the quote under the cursor.
  boolean skipString() {
    byte quote = bytes[position];
    int p = position + 1;
    while (true) {
      p = scan(p, quote);
      if (p >= end) {
        return false;
      }
      if (bytes[p] == quote) {
        position = p + 1;
        return true;
      }
      p += 2;
    }
  }

  /// The first quote or backslash from `start` on, or something not below [#end].
  private int scan(int start, byte quote) {
    byte[] text = bytes;
    long quotes = quote == '"' ? DOUBLE_QUOTES : SINGLE_QUOTES;
    int p = start;
    int last = Math.min(end, text.length - 7);
    while (p < last) {
      long word = (long) LONG.get(text, p);
      long quoted = word ^ quotes;
      long escaped = word ^ BACKSLASHES;
      long hit = ((quoted - ONES) & ~quoted | (escaped - ONES) & ~escaped) & TOPS;
      if (hit != 0) {
        return p + (Long.numberOfTrailingZeros(hit) >>> 3);
      }
      p += 8;
    }
    while (p < end && text[p] != quote && text[p] != '\\') {
      p++;
    }
    return p;
  }

  /// The first end of a line in `text` from `start` on; its length if there is none.
  static int lineEnd(byte[] text, int start) {
    int p = start;
    int last = text.length - 7;
    while (p < last) {
      long word = (long) LONG.get(text, p) ^ NEWLINES;
      long hit = (word - ONES) & ~word & TOPS;
      if (hit != 0) {
        return p + (Long.numberOfTrailingZeros(hit) >>> 3);
      }
      p += 8;
    }
    while (p < text.length && text[p] != '\n') {
      p++;
    }
    return p;
  }

  private boolean unescape(int start, int firstEscape, byte quote) {
    byte[] out = scratch;
    int length = 0;
    int runStart = start;
    int p = firstEscape;
    while (p < end) {
      int run = p - runStart;
      if (out.length < length + run + 8) {
        out = scratch = Arrays.copyOf(out, Math.max(out.length * 2, length + run + 8));
      }
      System.arraycopy(bytes, runStart, out, length, run);
      length += run;
      if (bytes[p] == quote) {
        scalar = out;
        from = 0;
        to = length;
        position = p + 1;
        return true;
      }
      if (p + 1 >= end) {
        return false;
      }
      byte escaped = bytes[p + 1];
      p += 2;
      if (escaped == 'u' && !relaxed) {
        int point = codePoint(p);
        if (point < 0) {
          return false;
        }
        p += point > 0xFFFF ? 10 : 4;
        length = putUtf8(out, length, point);
      } else if (!relaxed) {
        out[length++] = simpleEscape(escaped);
      } else if (escaped == 'x') {
        if (p + 2 > end || Digits.hex(bytes[p]) < 0 || Digits.hex(bytes[p + 1]) < 0) {
          return false;
        }
        out[length++] = (byte) (Digits.hex(bytes[p]) << 4 | Digits.hex(bytes[p + 1]));
        p += 2;
      } else if (escaped != 'N') {
        int control = RELAXED_ESCAPES.indexOf(escaped);
        if (control < 0 && "\\'\"`/=".indexOf(escaped) < 0) {
          out[length++] = '\\';
        }
        out[length++] = control < 0 ? escaped : (byte) RELAXED_CONTROLS.charAt(control);
      }
      runStart = p;
      p = scan(p, quote);
    }
    return false;
  }

  private static byte simpleEscape(byte escaped) {
    return switch (escaped) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> escaped;
    };
  }

  /// The code point whose four digits start at `p`, joined with the second half of a pair; -1 if
  /// there is none. A second half alone stands for itself, as in ClickHouse.
  private int codePoint(int p) {
    int unit = unit(p);
    if (unit < 0xD800 || unit > 0xDBFF) {
      return unit;
    }
    if (p + 6 > end || bytes[p + 4] != '\\' || bytes[p + 5] != 'u') {
      return -1;
    }
    int low = unit(p + 6);
    if (low < 0xDC00 || low > 0xDFFF) {
      return -1;
    }
    return Character.toCodePoint((char) unit, (char) low);
  }

  private int unit(int p) {
    if (p + 4 > end) {
      return -1;
    }
    int unit = 0;
    for (int i = p; i < p + 4; i++) {
      int digit = Digits.hex(bytes[i]);
      if (digit < 0) {
        return -1;
      }
      unit = unit << 4 | digit;
    }
    return unit;
  }

  private static int putUtf8(byte[] out, int length, int point) {
    int next = length;
    if (point < 0x80) {
      out[next++] = (byte) point;
    } else if (point < 0x800) {
      out[next++] = (byte) (0xC0 | point >> 6);
      out[next++] = (byte) (0x80 | point & 0x3F);
    } else if (point < 0x1_0000) {
      out[next++] = (byte) (0xE0 | point >> 12);
      out[next++] = (byte) (0x80 | point >> 6 & 0x3F);
      out[next++] = (byte) (0x80 | point & 0x3F);
    } else {
      out[next++] = (byte) (0xF0 | point >> 18);
      out[next++] = (byte) (0x80 | point >> 12 & 0x3F);
      out[next++] = (byte) (0x80 | point >> 6 & 0x3F);
      out[next++] = (byte) (0x80 | point & 0x3F);
    }
    return next;
  }

  /// Skips one value, whatever it is.
  boolean skipValue() {
    return skipValue(0);
  }

  private boolean skipValue(int depth) {
    skipSpace();
    return switch (peek()) {
      case '"' -> skipString();
      case '\'' -> relaxed && skipString();
      case '{' -> depth < DEPTH_MAX && skipObject(depth + 1);
      case '[' -> depth < DEPTH_MAX && skipArray(depth + 1, ']');
      case '(' -> relaxed && depth < DEPTH_MAX && skipArray(depth + 1, ')');
      default -> bare() && isBareValue();
    };
  }

  private boolean skipObject(int depth) {
    position++;
    if (accept('}')) {
      return true;
    }
    do {
      skipSpace();
      if (!atQuote() || !skipString() || !accept(':') || !skipValue(depth)) {
        return false;
      }
    } while (accept(','));
    return accept('}');
  }

  private boolean skipArray(int depth, int close) {
    position++;
    if (accept(close)) {
      return true;
    }
    do {
      skipSpace();
      if (peek() == close) {
        break;
      }
      if (!skipValue(depth)) {
        return false;
      }
    } while (accept(','));
    return accept(close);
  }

  /// Whether the scalar read last by [#bare] is a number, a boolean or null.
  boolean isBareValue() {
    return switch (bytes[from]) {
      case 't' -> Digits.equal(scalar, from, to, "true");
      case 'f' -> Digits.equal(scalar, from, to, "false");
      case 'n' -> Digits.equal(scalar, from, to, "null");
      case 'N' -> relaxed && Digits.equal(scalar, from, to, "NULL");
      default -> Digits.isNumberLike(scalar, from, to);
    };
  }
}
