// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.Bytes;
import kinglet.type.DataType;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;

/// An aggregate whose state is one object of a class that belongs to it.
abstract class ObjectAggregate<S extends ObjectState<S>> extends Aggregate {
  private final DataType type;

  ObjectAggregate(DataType type) {
    this.type = type;
  }

  /// The state of no rows.
  abstract S empty();

  abstract void add(S state, Slot[] arguments, long micros, long seq);

  abstract void merge(S into, S from);

  /// The value of the state; `null` is the empty one.
  abstract void finish(@Nullable S state, long readMicros, Slot out);

  @Override
  public final DataType type() {
    return type;
  }

  @Override
  public final int words() {
    return 0;
  }

  @Override
  public final boolean hasObject() {
    return true;
  }

  @Override
  public final void add(
      States states, int row, int word, int object, Slot[] arguments, long micros, long seq) {
    S held = state(states.object(row, object));
    if (held == null) {
      held = empty();
      states.setObject(row, object, held);
    }
    add(held, arguments, micros, seq);
  }

  @Override
  public final void merge(States into, int row, int word, int object, States from, int fromRow) {
    S other = state(from.object(fromRow, object));
    if (other == null) {
      return;
    }
    S held = state(into.object(row, object));
    if (held == null) {
      into.setObject(row, object, other.copy());
    } else {
      merge(held, other);
    }
  }

  @Override
  public final void finish(
      States states, int row, int word, int object, long readMicros, Slot out) {
    finish(state(states.object(row, object)), readMicros, out);
  }

  @Override
  public final @Nullable Object copy(@Nullable Object held) {
    S state = state(held);
    return state == null ? null : state.copy();
  }

  @Override
  public final long objectBytes(@Nullable Object held) {
    S state = state(held);
    return state == null ? 0 : state.bytes();
  }

  @Override
  public final void writeObject(Object held, Bytes to) {
    S state = state(held);
    if (state != null) {
      state.write(to);
    }
  }

  @Override
  public final Object readObject(byte[] from, int offset, int length) {
    Input input = new Input(from, offset, length);
    S state = empty();
    state.read(input);
    input.end();
    return state;
  }

  /// What stands in a state's place was put there by this aggregate.
  @SuppressWarnings("unchecked")
  private @Nullable S state(@Nullable Object held) {
    return (S) held;
  }
}
