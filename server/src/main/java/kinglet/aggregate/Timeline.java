// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.util.Arrays;
import kinglet.type.Bytes;
import kinglet.value.ListValue;
import kinglet.value.Slot;

/// At most `limit` values in the order of their events: the first ones, or the last ones. Not
/// thread-safe.
final class Timeline implements ObjectState<Timeline> {
  private final Holder holder;
  private final int limit;
  private final boolean last;

  /// The values stand at `start` and after; room before it is that of values that fell out.
  private int start;

  private int size;
  private long[] micros = {};
  private long[] seqs = {};
  private long[] bits = {};
  private Object[] objects = {};

  Timeline(Holder holder, int limit, boolean last) {
    this.holder = holder;
    this.limit = limit;
    this.last = last;
  }

  @Override
  public Timeline copy() {
    Timeline copy = new Timeline(holder, limit, last);
    int end = start + size;
    copy.size = size;
    copy.micros = Arrays.copyOfRange(micros, start, end);
    copy.seqs = Arrays.copyOfRange(seqs, start, end);
    if (holder.isWord()) {
      copy.bits = Arrays.copyOfRange(bits, start, end);
    } else {
      copy.objects = Arrays.copyOfRange(objects, start, end);
    }
    return copy;
  }

  int size() {
    return size;
  }

  /// The time of a value's event.
  long micros(int index) {
    return micros[start + index];
  }

  /// A value that is a word.
  long bits(int index) {
    return bits[start + index];
  }

  /// Adds a value that is a word.
  void add(long value, long atMicros, long seq) {
    int place = place(atMicros, seq);
    if (place >= 0) {
      open(place, atMicros, seq);
      bits[start + place] = value;
    }
  }

  void add(Slot slot, long atMicros, long seq) {
    int place = place(atMicros, seq);
    if (place >= 0) {
      open(place, atMicros, seq);
      if (holder.isWord()) {
        bits[start + place] = slot.bits();
      } else {
        objects[start + place] = holder.keep(slot);
      }
    }
  }

  /// As [#add], leaving each value but once: at its first event, or at its last.
  void addDistinct(Slot slot, long atMicros, long seq) {
    int known = find(slot);
    if (known >= 0) {
      if (isAfter(known, atMicros, seq) == last) {
        return;
      }
      remove(known);
    }
    add(slot, atMicros, seq);
  }

  void merge(Timeline from) {
    Slot slot = new Slot();
    for (int i = 0; i < from.size; i++) {
      from.get(i, slot);
      add(slot, from.micros[from.start + i], from.seqs[from.start + i]);
    }
  }

  void mergeDistinct(Timeline from) {
    Slot slot = new Slot();
    for (int i = 0; i < from.size; i++) {
      from.get(i, slot);
      addDistinct(slot, from.micros[from.start + i], from.seqs[from.start + i]);
    }
  }

  private void get(int index, Slot out) {
    if (holder.isWord()) {
      out.setWhole(bits[start + index]);
    } else {
      holder.give(objects[start + index], out);
    }
  }

  private int find(Slot slot) {
    if (holder.isWord()) {
      for (int i = 0; i < size; i++) {
        if (bits[start + i] == slot.bits()) {
          return i;
        }
      }
    } else {
      for (int i = 0; i < size; i++) {
        if (holder.compare(slot, objects[start + i]) == 0) {
          return i;
        }
      }
    }
    return -1;
  }

  private boolean isAfter(int index, long atMicros, long seq) {
    long held = micros[start + index];
    return held != atMicros ? held > atMicros : seqs[start + index] > seq;
  }

  /// Where an event belongs after one that it pushes out has gone; -1 if nowhere.
  private int place(long atMicros, long seq) {
    int place = size;
    while (place > 0 && isAfter(place - 1, atMicros, seq)) {
      place--;
    }
    if (size < limit) {
      return place;
    }
    if (last) {
      if (place > 0) {
        start++;
        size--;
      }
      return place - 1;
    }
    if (place == size) {
      return -1;
    }
    size--;
    return place;
  }

  private void open(int place, long atMicros, long seq) {
    if (start + size == micros.length) {
      int room = start > size ? micros.length : Math.max(4, size * 2);
      micros = moved(micros, room);
      seqs = moved(seqs, room);
      if (holder.isWord()) {
        bits = moved(bits, room);
      } else {
        Object[] next = new Object[room];
        System.arraycopy(objects, start, next, 0, size);
        objects = next;
      }
      start = 0;
    }
    int at = start + place;
    int after = size - place;
    System.arraycopy(micros, at, micros, at + 1, after);
    System.arraycopy(seqs, at, seqs, at + 1, after);
    if (holder.isWord()) {
      System.arraycopy(bits, at, bits, at + 1, after);
    } else {
      System.arraycopy(objects, at, objects, at + 1, after);
    }
    micros[at] = atMicros;
    seqs[at] = seq;
    size++;
  }

  private long[] moved(long[] array, int room) {
    long[] next = array.length == room ? array : new long[room];
    System.arraycopy(array, start, next, 0, size);
    return next;
  }

  private void remove(int index) {
    int at = start + index;
    int after = size - index - 1;
    System.arraycopy(micros, at + 1, micros, at, after);
    System.arraycopy(seqs, at + 1, seqs, at, after);
    if (holder.isWord()) {
      System.arraycopy(bits, at + 1, bits, at, after);
    } else {
      System.arraycopy(objects, at + 1, objects, at, after);
    }
    size--;
  }

  ListValue values() {
    if (holder.isWord()) {
      return ListValue.ofBits(holder.shape(), Arrays.copyOfRange(bits, start, start + size));
    }
    Slot slot = new Slot();
    ListValue.Builder list = ListValue.builder(holder.shape(), size);
    for (int i = 0; i < size; i++) {
      get(i, slot);
      list = list.add(slot);
    }
    return list.build();
  }

  @Override
  public long bytes() {
    long bytes = 120 + 16L * micros.length + 8L * bits.length + 8L * objects.length;
    if (!holder.isWord()) {
      for (int i = 0; i < size; i++) {
        bytes += holder.bytes(objects[start + i]);
      }
    }
    return bytes;
  }

  @Override
  public void write(Bytes to) {
    Slot slot = new Slot();
    to.putVarint(size);
    for (int i = 0; i < size; i++) {
      to.putLong(micros[start + i]);
      to.putLong(seqs[start + i]);
      get(i, slot);
      holder.write(slot, to);
    }
  }

  @Override
  public void read(Input from) {
    Slot slot = new Slot();
    int count = from.nextCount(17, limit);
    for (int i = 0; i < count; i++) {
      long atMicros = from.nextLong();
      long seq = from.nextLong();
      from.check(i == 0 || !isAfter(i - 1, atMicros, seq), "the order of events");
      holder.read(from, slot);
      add(slot, atMicros, seq);
    }
  }
}
