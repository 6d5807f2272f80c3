// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.Arrays;
import java.util.stream.IntStream;
import kinglet.aggregate.Aggregate;
import kinglet.aggregate.States;
import kinglet.type.Bytes;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;

/// The sequence numbers of the events in the order of time: shows exactly which events a window
/// saw. Its states are changed in place, so it also shows when one is shared that should not be.
final class EventList extends Aggregate {
  private static final class Events {
    private long[] places = new long[8];
    private int size;

    void add(long micros, long seq) {
      if (size * 2 + 2 > places.length) {
        places = Arrays.copyOf(places, places.length * 2);
      }
      int at = size++;
      while (at > 0
          && (places[at * 2 - 2] > micros
              || places[at * 2 - 2] == micros && places[at * 2 - 1] > seq)) {
        places[at * 2] = places[at * 2 - 2];
        places[at * 2 + 1] = places[at * 2 - 1];
        at--;
      }
      places[at * 2] = micros;
      places[at * 2 + 1] = seq;
    }
  }

  private final boolean skipsNulls;

  EventList(boolean skipsNulls) {
    this.skipsNulls = skipsNulls;
  }

  @Override
  public DataType type() {
    return DataType.parse("Array(Int64)");
  }

  @Override
  public int words() {
    return 0;
  }

  @Override
  public boolean hasObject() {
    return true;
  }

  @Override
  public boolean skipsNulls() {
    return skipsNulls;
  }

  @Override
  public void add(
      States states, int row, int word, int object, Slot[] arguments, long micros, long seq) {
    own(states, row, object).add(micros, seq);
  }

  @Override
  public void merge(States into, int row, int word, int object, States from, int fromRow) {
    Events other = (Events) from.object(fromRow, object);
    for (int i = 0; other != null && i < other.size; i++) {
      own(into, row, object).add(other.places[i * 2], other.places[i * 2 + 1]);
    }
  }

  private static Events own(States states, int row, int object) {
    Events events = (Events) states.object(row, object);
    if (events == null) {
      events = new Events();
      states.setObject(row, object, events);
    }
    return events;
  }

  @Override
  public void finish(States states, int row, int word, int object, long readMicros, Slot out) {
    Events events = (Events) states.object(row, object);
    long[] seqs =
        events == null
            ? new long[0]
            : IntStream.range(0, events.size).mapToLong(i -> events.places[i * 2 + 1]).toArray();
    out.setObject(ListValue.ofBits(Shape.WHOLE, seqs));
  }

  @Override
  public @Nullable Object copy(@Nullable Object held) {
    if (held == null) {
      return null;
    }
    Events copy = new Events();
    copy.places = ((Events) held).places.clone();
    copy.size = ((Events) held).size;
    return copy;
  }

  @Override
  public void writeObject(Object held, Bytes to) {
    Events events = (Events) held;
    to.putInt(events.size);
    for (int i = 0; i < events.size * 2; i++) {
      to.putLong(events.places[i]);
    }
  }

  @Override
  public Object readObject(byte[] from, int offset, int length) {
    java.nio.ByteBuffer bytes =
        java.nio.ByteBuffer.wrap(from, offset, length).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    Events events = new Events();
    int size = bytes.getInt();
    for (int i = 0; i < size; i++) {
      events.add(bytes.getLong(), bytes.getLong());
    }
    return events;
  }
}
