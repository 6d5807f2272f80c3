// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.util.Arrays;
import java.util.List;
import kinglet.type.Bytes;

/// IPv4 addresses, or IPv6 addresses among which an IPv4 one is mapped.
final class IpReader extends ValueReader {
  private static final int GROUPS = 8;

  private final boolean six;
  private final Bytes out = new Bytes(STREAM_BYTES);
  private final int[] groups = new int[GROUPS];
  private int four;

  IpReader(boolean six) {
    this.six = six;
  }

  @Override
  boolean json(JsonCursor cursor) {
    return cursor.atQuote() && cursor.string() && text(cursor.scalar, cursor.from, cursor.to);
  }

  @Override
  boolean text(byte[] text, int from, int to) {
    if (!six) {
      if (!parseFour(text, from, to)) {
        return false;
      }
      out.putInt(four);
      return true;
    }
    if (!parseSix(text, from, to)) {
      return false;
    }
    for (int group : groups) {
      out.putByte(group >> 8);
      out.putByte(group);
    }
    return true;
  }

  private boolean parseFour(byte[] text, int from, int to) {
    int address = 0;
    int p = from;
    for (int part = 0; part < 4; part++) {
      if (part > 0 && (p >= to || text[p++] != '.')) {
        return false;
      }
      int value = 0;
      int start = p;
      while (p < to && p <= start + 3 && Digits.isDigit(text[p])) {
        value = value * 10 + text[p++] - '0';
      }
      if (p == start || value > 255) {
        return false;
      }
      address = address << 8 | value;
    }
    four = address;
    return p == to;
  }

  private boolean parseSix(byte[] text, int from, int to) {
    Arrays.fill(groups, 0);
    int count = 0;
    int gap = -1;
    int p = from;
    if (to - from >= 2 && text[from] == ':' && text[from + 1] == ':') {
      gap = 0;
      p += 2;
    }
    while (p < to) {
      int end = p;
      while (end < to && Digits.hex(text[end]) >= 0) {
        end++;
      }
      if (end < to && text[end] == '.') {
        return putFour(text, p, to, count, gap);
      }
      if (end == p || end - p > 4 || count == GROUPS) {
        return false;
      }
      int group = 0;
      for (; p < end; p++) {
        group = group << 4 | Digits.hex(text[p]);
      }
      groups[count++] = group;
      if (p == to) {
        break;
      }
      if (text[p++] != ':' || p == to) {
        return false;
      }
      if (text[p] == ':') {
        if (gap >= 0) {
          return false;
        }
        gap = count;
        p++;
      }
    }
    return spread(count, gap);
  }

  private boolean putFour(byte[] text, int from, int to, int count, int gap) {
    if (count > GROUPS - 2 || !parseFour(text, from, to)) {
      return false;
    }
    int next = count;
    int openGap = gap;
    if (count == 0 && gap < 0) {
      openGap = 0;
      groups[next++] = 0xFFFF;
    }
    groups[next++] = four >>> 16;
    groups[next++] = four & 0xFFFF;
    return spread(next, openGap);
  }

  /// Moves the groups behind `::` to the end.
  private boolean spread(int count, int gap) {
    if (gap < 0) {
      return count == GROUPS;
    }
    int behind = count - gap;
    System.arraycopy(groups, gap, groups, GROUPS - behind, behind);
    Arrays.fill(groups, gap, GROUPS - behind, 0);
    return true;
  }

  @Override
  void empty() {
    out.putZeros(six ? 16 : 4);
  }

  @Override
  void streams(List<Bytes> all) {
    all.add(out);
  }
}
