// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.util.Arrays;
import kinglet.type.Bytes;

/// The [#LIMIT] least different hashes, in rising order: a theta sketch, a function of the set of
/// hashes alone. Not thread-safe.
final class LeastHashes implements ObjectState<LeastHashes> {
  static final int LIMIT = 4_096;

  private long[] hashes = {};
  private int size;

  @Override
  public LeastHashes copy() {
    LeastHashes copy = new LeastHashes();
    copy.hashes = Arrays.copyOf(hashes, size);
    copy.size = size;
    return copy;
  }

  void add(long hash) {
    if (size == LIMIT && hash >= hashes[size - 1]) {
      return;
    }
    int at = Arrays.binarySearch(hashes, 0, size, hash);
    if (at >= 0) {
      return;
    }
    at = -at - 1;
    if (size == LIMIT) {
      size--;
    } else if (size == hashes.length) {
      hashes = Arrays.copyOf(hashes, Math.min(LIMIT, Math.max(8, size * 2)));
    }
    System.arraycopy(hashes, at, hashes, at + 1, size - at);
    hashes[at] = hash;
    size++;
  }

  void merge(LeastHashes from) {
    long[] merged = new long[Math.min(LIMIT, size + from.size)];
    int mine = 0;
    int theirs = 0;
    int count = 0;
    while (count < merged.length && (mine < size || theirs < from.size)) {
      long next =
          theirs == from.size || (mine < size && hashes[mine] <= from.hashes[theirs])
              ? hashes[mine]
              : from.hashes[theirs];
      mine += mine < size && hashes[mine] == next ? 1 : 0;
      theirs += theirs < from.size && from.hashes[theirs] == next ? 1 : 0;
      merged[count++] = next;
    }
    hashes = merged;
    size = count;
  }

  long estimate() {
    if (size < LIMIT) {
      return size;
    }
    double share = ((double) hashes[size - 1] - Long.MIN_VALUE) / 0x1p64;
    return Math.round((LIMIT - 1) / share);
  }

  @Override
  public long bytes() {
    return 40 + 8L * hashes.length;
  }

  @Override
  public void write(Bytes to) {
    to.putVarint(size);
    for (int i = 0; i < size; i++) {
      to.putLong(hashes[i]);
    }
  }

  @Override
  public void read(Input from) {
    size = from.nextCount(Long.BYTES, LIMIT);
    hashes = from.nextLongs(size);
    for (int i = 1; i < size; i++) {
      from.check(hashes[i - 1] < hashes[i], "the order of hashes");
    }
  }
}
