// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.math.BigInteger;
import java.util.List;
import kinglet.type.DataType;
import kinglet.value.Shape;
import kinglet.value.Slot;

/// `avg`: the sum, kept as `sum` keeps it, divided by the count.
///
/// Words: the limbs of a whole sum, or the bits of a float sum, and the count.
final class Average extends RunAggregate {
  private final Shape shape;
  private final Limbs limbs;
  private final boolean signed;
  private final double unit;

  private Average(DataType argument, int limbs) {
    super(Call.orNull(new DataType.Float(64)), limbs + 1);
    this.shape = Shape.of(argument);
    this.limbs = new Limbs(limbs);
    this.signed = !Call.isUnsigned(argument);
    this.unit =
        argument instanceof DataType.Decimal decimal
            ? Double.parseDouble("1e" + decimal.scale())
            : 1;
  }

  static Aggregate bind(Call call) {
    call.parameterCount(0, 0);
    call.argumentCount(1, 1);
    DataType type = call.argument(0);
    return switch (type) {
      case DataType.Float _, DataType.Bool _ -> new Average(type, 1);
      case DataType.Int(int bits, boolean _) -> new Average(type, Math.max(1, bits / 64));
      case DataType.Decimal(int precision, int _) -> new Average(type, precision <= 38 ? 2 : 4);
      default -> throw call.refusedType(0, "a number");
    };
  }

  @Override
  public void add(
      States states, int row, int word, int object, Slot[] arguments, long micros, long seq) {
    switch (shape) {
      case FLOAT -> plus(states, row, word, arguments[0].real());
      case BIG -> limbs.add(states, row, word, (BigInteger) arguments[0].object());
      default -> limbs.add(states, row, word, arguments[0].whole());
    }
    int count = word + limbs.count();
    states.setWord(row, count, states.word(row, count) + 1);
  }

  @Override
  public void addRun(States states, int row, int word, Run run) {
    if (shape == Shape.FLOAT) {
      double sum = states.real(row, word);
      for (int i = run.from(); i < run.to(); i++) {
        sum += run.real(i);
      }
      states.setReal(row, word, sum);
    } else {
      for (int i = run.from(); i < run.to(); i++) {
        limbs.add(states, row, word, run.word(i));
      }
    }
    int count = word + limbs.count();
    states.setWord(row, count, states.word(row, count) + run.count());
  }

  @Override
  public List<WordMerge> wordMerges() {
    return shape == Shape.FLOAT
        ? List.of(WordMerge.ADD_REAL, WordMerge.ADD)
        : limbs.count() == 1 ? List.of(WordMerge.ADD, WordMerge.ADD) : List.of();
  }

  @Override
  public void merge(States into, int row, int word, int object, States from, int fromRow) {
    if (shape == Shape.FLOAT) {
      plus(into, row, word, from.real(fromRow, word));
    } else {
      limbs.merge(into, row, word, from, fromRow);
    }
    int count = word + limbs.count();
    into.setWord(row, count, into.word(row, count) + from.word(fromRow, count));
  }

  private static void plus(States states, int row, int word, double value) {
    double sum = states.real(row, word) + value;
    states.setReal(row, word, sum);
  }

  @Override
  public void finish(States states, int row, int word, int object, long readMicros, Slot out) {
    long count = states.word(row, word + limbs.count());
    if (count == 0) {
      out.setNull();
    } else {
      out.setReal(sum(states, row, word) / count);
    }
  }

  private double sum(States states, int row, int word) {
    long low = states.word(row, word);
    if (shape == Shape.FLOAT) {
      return Double.longBitsToDouble(low);
    }
    if (limbs.count() == 1 && (signed || low >= 0)) {
      return low;
    }
    return limbs.value(states, row, word, signed).doubleValue() / unit;
  }
}
