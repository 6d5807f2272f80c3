// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.wire;

import java.util.Locale;

/// Writes an IPv6 address with its longest run of zeros left out.
final class Ipv6Text {
  private static final int GROUPS = 8;

  private Ipv6Text() {}

  static String of(byte[] address) {
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = (address[2 * i] & 0xFF) << 8 | address[2 * i + 1] & 0xFF;
    }
    int from = 0;
    int longest = 1;
    int start = -1;
    while (from < GROUPS) {
      int to = from;
      while (to < GROUPS && groups[to] == 0) {
        to++;
      }
      if (to - from > longest) {
        longest = to - from;
        start = from;
      }
      from = Math.max(to, from + 1);
    }
    boolean mapped = start == 0 && longest == 5 && groups[5] == 0xFFFF;
    if (mapped) {
      return String.format(
          Locale.ROOT,
          "::ffff:%d.%d.%d.%d",
          address[12] & 0xFF,
          address[13] & 0xFF,
          address[14] & 0xFF,
          address[15] & 0xFF);
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < GROUPS; i++) {
      if (i == start) {
        text.append("::");
        i += longest - 1;
      } else {
        text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
            .append(Integer.toHexString(groups[i]));
      }
    }
    return text.toString();
  }
}
