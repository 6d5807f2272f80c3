// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.DataType;
import kinglet.value.Slot;

/// `boundingRatio(x, y)`: the slope between the points with the least and the greatest `x`; of
/// equal ones, those of the first events.
///
/// Words: for each of the two, the [Moment] of the event, x, y.
final class BoundingRatio extends WordAggregate {
  private static final int POINT = Moment.WORDS + 2;

  private final Reals x;
  private final Reals y;

  private BoundingRatio(Reals x, Reals y) {
    super(Call.orNull(new DataType.Float(64)), 2 * POINT);
    this.x = x;
    this.y = y;
  }

  static Aggregate bind(Call call) {
    call.parameterCount(0, 0);
    call.argumentCount(2, 2);
    return new BoundingRatio(Reals.of(call, 0), Reals.of(call, 1));
  }

  private static void point(
      States states, int row, int word, boolean right, double x, double y, long micros, long seq) {
    double held = states.real(row, word + Moment.WORDS);
    if (Moment.isEmpty(states, row, word)
        || (right ? x > held : x < held)
        || (x == held && Moment.isAfter(states, row, word, micros, seq))) {
      Moment.set(states, row, word, micros, seq);
      states.setReal(row, word + Moment.WORDS, x);
      states.setReal(row, word + Moment.WORDS + 1, y);
    }
  }

  @Override
  public void add(
      States states, int row, int word, int object, Slot[] arguments, long micros, long seq) {
    double atX = x.of(arguments[0]);
    double atY = y.of(arguments[1]);
    point(states, row, word, false, atX, atY, micros, seq);
    point(states, row, word + POINT, true, atX, atY, micros, seq);
  }

  @Override
  public void merge(States into, int row, int word, int object, States from, int fromRow) {
    if (Moment.isEmpty(from, fromRow, word)) {
      return;
    }
    for (int side = 0; side < 2; side++) {
      int at = word + side * POINT;
      point(
          into,
          row,
          at,
          side == 1,
          from.real(fromRow, at + Moment.WORDS),
          from.real(fromRow, at + Moment.WORDS + 1),
          Moment.micros(from, fromRow, at),
          Moment.seq(from, fromRow, at));
    }
  }

  @Override
  public void finish(States states, int row, int word, int object, long readMicros, Slot out) {
    if (Moment.isEmpty(states, row, word)) {
      out.setNull();
      return;
    }
    int left = word + Moment.WORDS;
    int right = left + POINT;
    double rise = states.real(row, right + 1) - states.real(row, left + 1);
    out.setReal(rise / (states.real(row, right) - states.real(row, left)));
  }
}
