// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.Bytes;
import kinglet.type.DataType;
import org.jspecify.annotations.Nullable;

/// An aggregate whose object is one kept value, which is never changed.
abstract class ValueAggregate extends Aggregate {
  final Holder holder;
  private final DataType type;
  private final int words;

  ValueAggregate(Holder holder, int words) {
    this.holder = holder;
    this.type = Call.orNull(holder.type());
    this.words = words;
  }

  @Override
  public final DataType type() {
    return type;
  }

  @Override
  public final int words() {
    return words;
  }

  @Override
  public final boolean hasObject() {
    return true;
  }

  @Override
  public final long objectBytes(@Nullable Object held) {
    return held == null ? 0 : holder.bytes(held);
  }

  @Override
  public final void writeObject(Object held, Bytes to) {
    holder.write(held, to);
  }

  @Override
  public final Object readObject(byte[] from, int offset, int length) {
    Input input = new Input(from, offset, length);
    Object held = holder.read(input);
    input.end();
    return held;
  }
}
