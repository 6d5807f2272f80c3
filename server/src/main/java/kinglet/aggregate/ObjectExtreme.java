// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.value.Slot;

/// `min` and `max` of values that are objects: strings, large numbers.
final class ObjectExtreme extends ValueAggregate {
  private final boolean greatest;

  ObjectExtreme(Holder holder, boolean greatest) {
    super(holder, 0);
    this.greatest = greatest;
  }

  private boolean isBetter(int comparison) {
    return greatest ? comparison > 0 : comparison < 0;
  }

  @Override
  public void add(
      States states, int row, int word, int object, Slot[] arguments, long micros, long seq) {
    Object held = states.object(row, object);
    if (held == null || isBetter(holder.compare(arguments[0], held))) {
      states.setObject(row, object, holder.keep(arguments[0]));
    }
  }

  @Override
  public void merge(States into, int row, int word, int object, States from, int fromRow) {
    Object other = from.object(fromRow, object);
    Object held = into.object(row, object);
    if (other != null && (held == null || isBetter(holder.compare(other, held)))) {
      into.setObject(row, object, other);
    }
  }

  @Override
  public void finish(States states, int row, int word, int object, long readMicros, Slot out) {
    Object held = states.object(row, object);
    if (held == null) {
      holder.giveNothing(out);
    } else {
      holder.give(held, out);
    }
  }
}
