// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.util.Arrays;
import kinglet.type.Bytes;
import kinglet.value.Slot;

/// The weight of each different value: exact up to `limit` values; beyond, as Misra and Gries do,
/// the median weight is taken from all and those without any are forgotten. Not thread-safe.
///
/// A weight is too low by at most the sum of what was taken, which is below `2 / limit` of the
/// whole.
final class Weights implements ObjectState<Weights> {
  private final Holder holder;
  private final int limit;
  private KeyTable keys;
  private long[] weights = {};

  Weights(Holder holder, int limit) {
    this.holder = holder;
    this.limit = limit;
    this.keys = new KeyTable(holder);
  }

  @Override
  public Weights copy() {
    Weights copy = new Weights(holder, limit);
    copy.keys = keys.copy();
    copy.weights = weights.clone();
    return copy;
  }

  KeyTable keys() {
    return keys;
  }

  long weight(int number) {
    return weights[number];
  }

  void add(Slot slot, long weight) {
    plus(slot, weight);
    if (keys.size() > limit) {
      reduce();
    }
  }

  private void plus(Slot slot, long weight) {
    int number = keys.add(slot);
    if (number >= weights.length) {
      weights = Arrays.copyOf(weights, Math.max(4, number * 2));
    }
    weights[number] += weight;
  }

  void merge(Weights from) {
    Slot slot = new Slot();
    for (int i = 0; i < from.keys.size(); i++) {
      from.keys.get(i, slot);
      plus(slot, from.weights[i]);
    }
    if (keys.size() > limit) {
      reduce();
    }
  }

  /// Leaves at most half of the limit.
  private void reduce() {
    KeyTable oldKeys = keys;
    long[] old = weights;
    long[] sorted = Arrays.copyOf(old, oldKeys.size());
    Arrays.sort(sorted);
    long taken = sorted[sorted.length - 1 - limit / 2];
    keys = new KeyTable(holder);
    weights = new long[limit / 2];
    Slot slot = new Slot();
    for (int i = 0; i < oldKeys.size(); i++) {
      if (old[i] > taken) {
        oldKeys.get(i, slot);
        plus(slot, old[i] - taken);
      }
    }
  }

  /// The numbers of at most `count` values, the heaviest first, equally heavy ones by value.
  int[] heaviest(int count) {
    int[] heaviest = new int[Math.min(count, keys.size())];
    int found = 0;
    for (int number = 0; number < keys.size(); number++) {
      if (found == heaviest.length && !isBefore(number, heaviest[found - 1])) {
        continue;
      }
      int low = 0;
      int high = found;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (isBefore(heaviest[middle], number)) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      if (found < heaviest.length) {
        found++;
      }
      System.arraycopy(heaviest, low, heaviest, low + 1, found - low - 1);
      heaviest[low] = number;
    }
    return heaviest;
  }

  private boolean isBefore(int one, int other) {
    return weights[one] != weights[other]
        ? weights[one] > weights[other]
        : keys.compare(one, other) < 0;
  }

  @Override
  public long bytes() {
    return 40 + keys.bytes() + 8L * weights.length;
  }

  @Override
  public void write(Bytes to) {
    keys.write(to);
    for (int i = 0; i < keys.size(); i++) {
      to.putVarint(weights[i]);
    }
  }

  @Override
  public void read(Input from) {
    keys.read(from, limit);
    weights = new long[keys.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = from.nextVarint();
      from.check(weights[i] >= 0, "a weight");
    }
  }
}
