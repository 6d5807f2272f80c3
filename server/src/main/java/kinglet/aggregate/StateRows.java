// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.Bytes;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;

/// A growing number of states of one aggregate, those that `-Map` and `-ForEach` hold. Not
/// thread-safe.
final class StateRows implements ObjectState<StateRows> {
  private final Aggregate aggregate;
  private final int sizeMax;
  private States states;
  private int size;

  /// @param sizeMax how many there may be
  StateRows(Aggregate aggregate, int sizeMax) {
    this.aggregate = aggregate;
    this.sizeMax = sizeMax;
    this.states = states(0);
  }

  private States states(int rows) {
    return new States(aggregate.words(), aggregate.hasObject() ? 1 : 0, rows);
  }

  int size() {
    return size;
  }

  void resize(int wanted) {
    if (wanted <= size) {
      return;
    }
    if (wanted > states.rows()) {
      States grown = states(Math.max(4, Math.max(wanted, size * 2)));
      for (int i = 0; i < size; i++) {
        grown.set(i, states, i);
      }
      states = grown;
    }
    size = wanted;
  }

  void add(int row, Slot[] arguments, long micros, long seq) {
    aggregate.add(states, row, 0, 0, arguments, micros, seq);
  }

  void merge(int row, StateRows from, int fromRow) {
    aggregate.merge(states, row, 0, 0, from.states, fromRow);
  }

  void finish(int row, long readMicros, Slot out) {
    aggregate.finish(states, row, 0, 0, readMicros, out);
  }

  @Override
  public StateRows copy() {
    StateRows copy = new StateRows(aggregate, sizeMax);
    copy.states = states(size);
    copy.size = size;
    for (int i = 0; i < size; i++) {
      copy.states.set(i, states, i);
      if (aggregate.hasObject()) {
        copy.states.setObject(i, 0, aggregate.copy(states.object(i, 0)));
      }
    }
    return copy;
  }

  @Override
  public long bytes() {
    long bytes = 64 + 8L * states.rows() * (aggregate.words() + (aggregate.hasObject() ? 1 : 0));
    if (aggregate.hasObject()) {
      for (int i = 0; i < size; i++) {
        bytes += aggregate.objectBytes(states.object(i, 0));
      }
    }
    return bytes;
  }

  @Override
  public void write(Bytes to) {
    to.putVarint(size);
    Bytes held = new Bytes(64);
    for (int i = 0; i < size; i++) {
      for (int word = 0; word < aggregate.words(); word++) {
        to.putLong(states.word(i, word));
      }
      if (aggregate.hasObject()) {
        held.clear();
        @Nullable Object object = states.object(i, 0);
        if (object != null) {
          aggregate.writeObject(object, held);
        }
        to.putByte(object == null ? 0 : 1);
        to.putString(held.array(), 0, held.size());
      }
    }
  }

  @Override
  public void read(Input from) {
    int bytesEach = aggregate.words() * Long.BYTES + (aggregate.hasObject() ? 2 : 0);
    resize(from.nextCount(Math.max(1, bytesEach), sizeMax));
    for (int i = 0; i < size; i++) {
      for (int word = 0; word < aggregate.words(); word++) {
        states.setWord(i, word, from.nextLong());
      }
      if (aggregate.hasObject()) {
        boolean present = from.nextBoolean();
        byte[] object = from.nextString();
        if (present) {
          states.setObject(i, 0, aggregate.readObject(object, 0, object.length));
        }
      }
    }
  }
}
