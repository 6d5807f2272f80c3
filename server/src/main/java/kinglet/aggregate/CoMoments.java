// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.util.List;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import kinglet.value.TupleValue;

/// Covariance, correlation and linear regression of two arguments by central moments, as [Moments].
///
/// Words: the count, the two means, the sum of the products of the distances, the two sums of their
/// squares.
final class CoMoments extends WordAggregate {
  /// What is made of the moments.
  enum Measure {
    COVARIANCE_POP,
    COVARIANCE_SAMP,
    CORRELATION,
    REGRESSION
  }

  private final Reals first;
  private final Reals second;
  private final Measure measure;
  private final boolean narrow;

  private CoMoments(DataType.Float type, Reals first, Reals second, Measure measure) {
    super(Call.orNull(result(type, measure)), 6);
    this.narrow = type.bits() == 32 && measure != Measure.REGRESSION;
    this.first = first;
    this.second = second;
    this.measure = measure;
  }

  private static DataType result(DataType.Float type, Measure measure) {
    DataType real = new DataType.Float(64);
    return measure == Measure.REGRESSION
        ? new DataType.Tuple(
            List.of(new DataType.TupleElement("k", real), new DataType.TupleElement("b", real)))
        : type;
  }

  static Aggregate bind(Call call, Measure measure) {
    call.parameterCount(0, 0);
    call.argumentCount(2, 2);
    Reals first = Reals.of(call, 0);
    Reals second = Reals.of(call, 1);
    return new CoMoments(Reals.result(call.argument(0), call.argument(1)), first, second, measure);
  }

  @Override
  public void add(
      States states, int row, int word, int object, Slot[] arguments, long micros, long seq) {
    combine(states, row, word, 1, first.of(arguments[0]), second.of(arguments[1]), 0, 0, 0);
  }

  @Override
  public void merge(States into, int row, int word, int object, States from, int fromRow) {
    long count = from.word(fromRow, word);
    if (count > 0) {
      combine(
          into,
          row,
          word,
          count,
          from.real(fromRow, word + 1),
          from.real(fromRow, word + 2),
          from.real(fromRow, word + 3),
          from.real(fromRow, word + 4),
          from.real(fromRow, word + 5));
    }
  }

  private static void combine(
      States states,
      int row,
      int word,
      long otherCount,
      double otherX,
      double otherY,
      double otherXy,
      double otherXx,
      double otherYy) {
    long count = states.word(row, word);
    double nb = otherCount;
    double n = count + nb;
    double x = states.real(row, word + 1);
    double y = states.real(row, word + 2);
    double dx = otherX - x;
    double dy = otherY - y;
    double weight = count * nb / n;
    states.setWord(row, word, count + otherCount);
    states.setReal(row, word + 1, count == 0 ? otherX : x + dx * nb / n);
    states.setReal(row, word + 2, count == 0 ? otherY : y + dy * nb / n);
    states.setReal(row, word + 3, states.real(row, word + 3) + otherXy + dx * dy * weight);
    states.setReal(row, word + 4, states.real(row, word + 4) + otherXx + dx * dx * weight);
    states.setReal(row, word + 5, states.real(row, word + 5) + otherYy + dy * dy * weight);
  }

  @Override
  public void finish(States states, int row, int word, int object, long readMicros, Slot out) {
    long count = states.word(row, word);
    if (count == 0) {
      out.setNull();
      return;
    }
    double xy = states.real(row, word + 3);
    double xx = states.real(row, word + 4);
    double yy = states.real(row, word + 5);
    switch (measure) {
      case COVARIANCE_POP -> give(xy / count, out);
      case COVARIANCE_SAMP -> give(count > 1 ? xy / (count - 1) : Double.NaN, out);
      case CORRELATION ->
          give(xx > 0 && yy > 0 ? xy / Math.sqrt(xx) / Math.sqrt(yy) : Double.NaN, out);
      case REGRESSION -> {
        double k = xx == 0 ? Double.NaN : xy / xx;
        double b = states.real(row, word + 2) - k * states.real(row, word + 1);
        out.setObject(new TupleValue(List.of(one(k), one(b))));
      }
    }
  }

  private void give(double result, Slot out) {
    out.setReal(narrow ? (float) result : result);
  }

  private static ListValue one(double value) {
    return ListValue.ofBits(Shape.FLOAT, new long[] {Double.doubleToRawLongBits(value)});
  }
}
