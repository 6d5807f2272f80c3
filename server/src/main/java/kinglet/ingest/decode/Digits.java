// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

/// Small questions about bytes of text.
final class Digits {
  private Digits() {}

  static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  static boolean isLetter(byte b) {
    int lower = b | 0x20;
    return lower >= 'a' && lower <= 'z';
  }

  /// The value of a hexadecimal digit, or -1.
  static int hex(byte b) {
    if (b >= '0' && b <= '9') {
      return b - '0';
    }
    int lower = b | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }

  static boolean equal(byte[] text, int from, int to, String ascii) {
    if (to - from != ascii.length()) {
      return false;
    }
    for (int i = from; i < to; i++) {
      if (text[i] != ascii.charAt(i - from)) {
        return false;
      }
    }
    return true;
  }

  /// Whether the text is `lowerAscii` in any case.
  static boolean equalIgnoringCase(byte[] text, int from, int to, String lowerAscii) {
    if (to - from != lowerAscii.length()) {
      return false;
    }
    for (int i = from; i < to; i++) {
      int b = text[i] >= 'A' && text[i] <= 'Z' ? text[i] | 0x20 : text[i];
      if (b != lowerAscii.charAt(i - from)) {
        return false;
      }
    }
    return true;
  }

  /// Whether the text is digits with at most a sign, one point and one exponent.
  static boolean isNumberLike(byte[] text, int from, int to) {
    int p = from;
    if (p < to && (text[p] == '-' || text[p] == '+')) {
      p++;
    }
    if (equalIgnoringCase(text, p, to, "inf")) {
      return p > from && text[from] == '-';
    }
    int digits = 0;
    boolean point = false;
    for (; p < to; p++) {
      byte b = text[p];
      if (isDigit(b)) {
        digits++;
      } else if (b == '.' && !point) {
        point = true;
      } else if ((b == 'e' || b == 'E') && digits > 0) {
        return isExponent(text, p + 1, to);
      } else {
        return false;
      }
    }
    return digits > 0;
  }

  private static boolean isExponent(byte[] text, int from, int to) {
    int p = from;
    if (p < to && (text[p] == '-' || text[p] == '+')) {
      p++;
    }
    if (p == to) {
      return false;
    }
    for (; p < to; p++) {
      if (!isDigit(text[p])) {
        return false;
      }
    }
    return true;
  }
}
