// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.util.Arrays;
import kinglet.type.Bytes;
import kinglet.value.ListValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import kinglet.value.XxHash64;

/// Numbers the different values it is given, from 0 on in the order of coming. Not thread-safe.
final class KeyTable {
  private final Holder holder;
  private int size;
  private long[] bits = {};
  private Object[] objects = {};

  /// The hashes of the keys that are objects.
  private long[] hashes = {};

  /// The number of the key at each place and 1, or 0: open addressing over a power of two.
  private int[] places = new int[8];

  KeyTable(Holder holder) {
    this.holder = holder;
  }

  private KeyTable(KeyTable other) {
    this.holder = other.holder;
    this.size = other.size;
    this.bits = other.bits.clone();
    this.objects = other.objects.clone();
    this.hashes = other.hashes.clone();
    this.places = other.places.clone();
  }

  KeyTable copy() {
    return new KeyTable(this);
  }

  Holder holder() {
    return holder;
  }

  int size() {
    return size;
  }

  private long hash(Slot slot) {
    return switch (holder.shape()) {
      case WHOLE, FLOAT -> slot.bits();
      case BYTES -> XxHash64.hash(slot.bytes(), slot.offset(), slot.length(), 0);
      default -> slot.object().hashCode();
    };
  }

  /// The number of a key, or -1.
  int find(Slot slot) {
    return places[place(slot, hash(slot))] - 1;
  }

  /// The number of a key, which is added if it is new.
  int add(Slot slot) {
    long hash = hash(slot);
    int place = place(slot, hash);
    if (places[place] != 0) {
      return places[place] - 1;
    }
    int number = size++;
    places[place] = size;
    if (holder.isWord()) {
      bits = room(bits, number);
      bits[number] = slot.bits();
    } else {
      if (number == objects.length) {
        objects = Arrays.copyOf(objects, Math.max(4, number * 2));
      }
      objects[number] = holder.keep(slot);
      hashes = room(hashes, number);
      hashes[number] = hash;
    }
    if (size * 4L > places.length * 3L) {
      grow();
    }
    return number;
  }

  private static long[] room(long[] array, int index) {
    return index < array.length ? array : Arrays.copyOf(array, Math.max(4, index * 2));
  }

  /// Where a key stands, or where it would.
  private int place(Slot slot, long hash) {
    int mask = places.length - 1;
    int place = mix(hash) & mask;
    while (places[place] != 0 && !isKey(places[place] - 1, slot, hash)) {
      place = (place + 1) & mask;
    }
    return place;
  }

  private boolean isKey(int number, Slot slot, long hash) {
    return holder.isWord()
        ? bits[number] == hash
        : hashes[number] == hash && holder.compare(slot, objects[number]) == 0;
  }

  private static int mix(long hash) {
    long mixed = hash * 0x9E3779B97F4A7C15L;
    return (int) (mixed ^ (mixed >>> 32));
  }

  private void grow() {
    places = new int[places.length * 2];
    int mask = places.length - 1;
    for (int number = 0; number < size; number++) {
      int place = mix(holder.isWord() ? bits[number] : hashes[number]) & mask;
      while (places[place] != 0) {
        place = (place + 1) & mask;
      }
      places[place] = number + 1;
    }
  }

  void get(int number, Slot out) {
    if (holder.isWord()) {
      out.setWhole(bits[number]);
    } else {
      holder.give(objects[number], out);
    }
  }

  /// Compares two keys in ClickHouse's order.
  int compare(int one, int other) {
    if (!holder.isWord()) {
      return holder.compare(objects[one], objects[other]);
    }
    if (holder.shape() == Shape.FLOAT) {
      return Double.compare(
          Double.longBitsToDouble(bits[one]), Double.longBitsToDouble(bits[other]));
    }
    return Call.isUnsigned(holder.type())
        ? Long.compareUnsigned(bits[one], bits[other])
        : Long.compare(bits[one], bits[other]);
  }

  /// The numbers of the keys in their order.
  int[] sorted() {
    int[] numbers = new int[size];
    Arrays.setAll(numbers, i -> i);
    int[] other = new int[size];
    for (int width = 1; width < size; width *= 2) {
      for (int from = 0; from < size; from += 2 * width) {
        int middle = Math.min(from + width, size);
        merge(numbers, from, middle, Math.min(middle + width, size), other);
      }
      int[] held = numbers;
      numbers = other;
      other = held;
    }
    return numbers;
  }

  private void merge(int[] numbers, int from, int middle, int end, int[] into) {
    int low = from;
    int high = middle;
    for (int i = from; i < end; i++) {
      boolean takeLow = high == end || (low < middle && compare(numbers[low], numbers[high]) <= 0);
      into[i] = takeLow ? numbers[low++] : numbers[high++];
    }
  }

  /// The keys with these numbers.
  ListValue list(int[] numbers, int count) {
    Slot slot = new Slot();
    ListValue.Builder list = ListValue.builder(holder.shape(), count);
    for (int i = 0; i < count; i++) {
      get(numbers[i], slot);
      list = list.add(slot);
    }
    return list.build();
  }

  long bytes() {
    long bytes =
        96 + 8L * bits.length + 8L * objects.length + 8L * hashes.length + 4L * places.length;
    if (!holder.isWord()) {
      for (int i = 0; i < size; i++) {
        bytes += holder.bytes(objects[i]);
      }
    }
    return bytes;
  }

  void write(Bytes to) {
    Slot slot = new Slot();
    to.putVarint(size);
    for (int i = 0; i < size; i++) {
      get(i, slot);
      holder.write(slot, to);
    }
  }

  void read(Input from, int limit) {
    Slot slot = new Slot();
    int count = from.nextCount(1, limit);
    for (int i = 0; i < count; i++) {
      holder.read(from, slot);
      from.check(add(slot) == i, "a key twice");
    }
  }
}
