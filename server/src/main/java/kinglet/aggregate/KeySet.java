// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.Bytes;

/// A set of keys of one or two words, up to a limit after which it takes no more. Not thread-safe.
///
/// Open addressing over a power of two of places; a key of zeros is kept apart.
final class KeySet implements ObjectState<KeySet> {
  private static final int PLACES_LEAST = 8;

  private final int stride;
  private final int limit;
  private long[] places;
  private int size;
  private boolean hasZero;

  KeySet(int stride, int limit) {
    this.stride = stride;
    this.limit = limit;
    this.places = new long[PLACES_LEAST * stride];
  }

  private KeySet(KeySet other) {
    this.stride = other.stride;
    this.limit = other.limit;
    this.places = other.places.clone();
    this.size = other.size;
    this.hasZero = other.hasZero;
  }

  @Override
  public KeySet copy() {
    return new KeySet(this);
  }

  int size() {
    return size;
  }

  /// Adds a key; the second word counts in a set of two words only.
  void add(long first, long second) {
    if (size == limit) {
      return;
    }
    if (first == 0 && (stride == 1 || second == 0)) {
      if (!hasZero) {
        hasZero = true;
        size++;
      }
      return;
    }
    if (place(first, second) && ++size * 4L > places.length / stride * 3L) {
      grow();
    }
  }

  private boolean place(long first, long second) {
    int mask = places.length / stride - 1;
    int at = (int) mix(first) & mask;
    while (true) {
      int index = at * stride;
      long held = places[index];
      if (stride == 1) {
        if (held == 0) {
          places[index] = first;
          return true;
        }
        if (held == first) {
          return false;
        }
      } else {
        long heldSecond = places[index + 1];
        if (held == 0 && heldSecond == 0) {
          places[index] = first;
          places[index + 1] = second;
          return true;
        }
        if (held == first && heldSecond == second) {
          return false;
        }
      }
      at = (at + 1) & mask;
    }
  }

  private static long mix(long key) {
    long mixed = key * 0x9E3779B97F4A7C15L;
    return mixed ^ (mixed >>> 32);
  }

  private void grow() {
    long[] old = places;
    places = new long[old.length * 2];
    for (int i = 0; i < old.length; i += stride) {
      long second = stride == 1 ? 0 : old[i + 1];
      if ((old[i] != 0 || second != 0) && !place(old[i], second)) {
        throw new IllegalStateException("a key twice");
      }
    }
  }

  void merge(KeySet from) {
    if (from.hasZero) {
      add(0, 0);
    }
    for (int i = 0; i < from.places.length; i += stride) {
      long second = stride == 1 ? 0 : from.places[i + 1];
      if (from.places[i] != 0 || second != 0) {
        add(from.places[i], second);
      }
    }
  }

  long[] keys() {
    long[] keys = new long[size * stride];
    int at = hasZero ? stride : 0;
    for (int i = 0; i < places.length; i += stride) {
      if (places[i] != 0 || (stride == 2 && places[i + 1] != 0)) {
        System.arraycopy(places, i, keys, at, stride);
        at += stride;
      }
    }
    return keys;
  }

  @Override
  public long bytes() {
    return 48 + 8L * places.length;
  }

  @Override
  public void write(Bytes to) {
    to.putVarint(size);
    for (long word : keys()) {
      to.putLong(word);
    }
  }

  @Override
  public void read(Input from) {
    int count = from.nextCount(stride * Long.BYTES, limit);
    for (int i = 0; i < count; i++) {
      long first = from.nextLong();
      add(first, stride == 1 ? 0 : from.nextLong());
      from.check(size == i + 1, "a key twice");
    }
  }
}
