// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.util.Arrays;
import kinglet.type.Bytes;

/// Values of events in rising order: all of them up to `limit`, beyond that a uniform sample of
/// `limit` events. Not thread-safe.
///
/// The sample is those events whose hashed sequence number is least, so that it depends on the set
/// of events alone, whatever their order and grouping. A value is held as the word whose signed
/// order is the order of values.
final class Sample implements ObjectState<Sample> {
  private final int limit;
  private int size;
  private long[] values = {};
  private long[] hashes = {};

  /// The greatest hash there is once the sample is full.
  private long bound = Long.MAX_VALUE;

  Sample(int limit) {
    this.limit = limit;
  }

  @Override
  public Sample copy() {
    Sample copy = new Sample(limit);
    copy.size = size;
    copy.values = Arrays.copyOf(values, size);
    copy.hashes = Arrays.copyOf(hashes, size);
    copy.bound = bound;
    return copy;
  }

  int size() {
    return size;
  }

  long value(int index) {
    return values[index];
  }

  /// Adds a value, with a hash that tells its event from all others.
  void add(long value, long hash) {
    if (size == limit && hash >= bound) {
      return;
    }
    if (size == limit) {
      removeBound();
    }
    int at = place(value, hash);
    if (size == values.length) {
      int room = Math.min(limit, Math.max(8, size * 2));
      values = Arrays.copyOf(values, room);
      hashes = Arrays.copyOf(hashes, room);
    }
    System.arraycopy(values, at, values, at + 1, size - at);
    System.arraycopy(hashes, at, hashes, at + 1, size - at);
    values[at] = value;
    hashes[at] = hash;
    size++;
    if (size == limit) {
      bound = greatestHash();
    }
  }

  /// Equal values stand in the order of their hashes, so that equal samples have equal bytes.
  private int place(long value, long hash) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isBefore(values[middle], hashes[middle], value, hash)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static boolean isBefore(long value, long hash, long otherValue, long otherHash) {
    return value != otherValue ? value < otherValue : hash < otherHash;
  }

  private long greatestHash() {
    long greatest = Long.MIN_VALUE;
    for (int i = 0; i < size; i++) {
      greatest = Math.max(greatest, hashes[i]);
    }
    return greatest;
  }

  private void removeBound() {
    int at = 0;
    while (hashes[at] != bound) {
      at++;
    }
    System.arraycopy(values, at + 1, values, at, size - at - 1);
    System.arraycopy(hashes, at + 1, hashes, at, size - at - 1);
    size--;
  }

  void merge(Sample from) {
    int all = size + from.size;
    long[] mergedValues = new long[all];
    long[] mergedHashes = new long[all];
    int count = 0;
    int mine = 0;
    int theirs = 0;
    while (mine < size || theirs < from.size) {
      if (theirs < from.size && size == limit && from.hashes[theirs] >= bound) {
        theirs++;
        continue;
      }
      boolean takeMine =
          theirs == from.size
              || (mine < size
                  && isBefore(
                      values[mine], hashes[mine], from.values[theirs], from.hashes[theirs]));
      mergedValues[count] = takeMine ? values[mine] : from.values[theirs];
      mergedHashes[count++] = takeMine ? hashes[mine++] : from.hashes[theirs++];
    }
    values = mergedValues;
    hashes = mergedHashes;
    size = count;
    if (size > limit) {
      keepUpTo(select(Arrays.copyOf(hashes, size), limit - 1));
    } else if (size == limit) {
      bound = greatestHash();
    }
  }

  /// The value at an index, were the array sorted; Hoare's selection.
  private static long select(long[] array, int index) {
    int low = 0;
    int high = array.length - 1;
    while (low < high) {
      long pivot = array[(low + high) >>> 1];
      int i = low;
      int j = high;
      while (i <= j) {
        while (array[i] < pivot) {
          i++;
        }
        while (array[j] > pivot) {
          j--;
        }
        if (i <= j) {
          long held = array[i];
          array[i++] = array[j];
          array[j--] = held;
        }
      }
      if (index <= j) {
        high = j;
      } else if (index >= i) {
        low = i;
      } else {
        return array[index];
      }
    }
    return array[index];
  }

  private void keepUpTo(long greatest) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (hashes[i] <= greatest) {
        values[kept] = values[i];
        hashes[kept++] = hashes[i];
      }
    }
    values = Arrays.copyOf(values, kept);
    hashes = Arrays.copyOf(hashes, kept);
    size = kept;
    bound = greatest;
  }

  @Override
  public long bytes() {
    return 72 + 8L * (values.length + hashes.length);
  }

  @Override
  public void write(Bytes to) {
    to.putVarint(size);
    for (int i = 0; i < size; i++) {
      to.putLong(values[i]);
      to.putLong(hashes[i]);
    }
  }

  @Override
  public void read(Input from) {
    size = from.nextCount(2 * Long.BYTES, limit);
    values = new long[size];
    hashes = new long[size];
    for (int i = 0; i < size; i++) {
      values[i] = from.nextLong();
      hashes[i] = from.nextLong();
      from.check(
          i == 0 || isBefore(values[i - 1], hashes[i - 1], values[i], hashes[i]),
          "the order of values");
    }
    if (size == limit) {
      bound = greatestHash();
    }
  }
}
