// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.util.Arrays;

/// Numbers by runs of bytes, with open addressing. Filled once, then read by any thread.
final class ByteTable {
  private final byte[][] keys;
  private final int[] values;
  private final int mask;

  ByteTable(int entries) {
    int slots = Integer.highestOneBit(Math.max(4, entries * 2)) * 2;
    keys = new byte[slots][];
    values = new int[slots];
    mask = slots - 1;
  }

  void put(byte[] key, int value) {
    int slot = slot(key, 0, key.length);
    while (keys[slot] != null) {
      slot = slot + 1 & mask;
    }
    keys[slot] = key;
    values[slot] = value;
  }

  /// The number of the run, or -1.
  int find(byte[] text, int from, int to) {
    int slot = slot(text, from, to);
    while (true) {
      byte[] key = keys[slot];
      if (key == null) {
        return -1;
      }
      if (key.length == to - from && Arrays.equals(key, 0, key.length, text, from, to)) {
        return values[slot];
      }
      slot = slot + 1 & mask;
    }
  }

  private int slot(byte[] text, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = hash * 31 + text[i];
    }
    return (hash ^ hash >>> 15) & mask;
  }
}
