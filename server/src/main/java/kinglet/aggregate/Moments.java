// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.DataType;
import kinglet.value.Slot;

/// Variance, skewness and kurtosis by central moments, added as Welford does and merged as Chan and
/// Pébay do, which keeps the digits that sums of powers lose.
///
/// Words: the count, the mean, and the sums of the second to the `order`-th power of the distances
/// from it.
final class Moments extends WordAggregate {
  /// What is made of the moments.
  enum Measure {
    VARIANCE(2),
    DEVIATION(2),
    SKEWNESS(3),
    KURTOSIS(4);

    private final int order;

    Measure(int order) {
      this.order = order;
    }
  }

  private final Reals reals;
  private final Measure measure;
  private final boolean sample;
  private final boolean narrow;

  private Moments(DataType.Float type, Reals reals, Measure measure, boolean sample) {
    super(Call.orNull(type), measure.order + 1);
    this.narrow = type.bits() == 32;
    this.reals = reals;
    this.measure = measure;
    this.sample = sample;
  }

  static Aggregate bind(Call call, Measure measure, boolean sample) {
    call.parameterCount(0, 0);
    call.argumentCount(1, 1);
    Reals reals = Reals.of(call, 0);
    return new Moments(Reals.result(call.argument(0)), reals, measure, sample);
  }

  @Override
  public void add(
      States states, int row, int word, int object, Slot[] arguments, long micros, long seq) {
    combine(states, row, word, 1, reals.of(arguments[0]), 0, 0, 0);
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
          measure.order >= 3 ? from.real(fromRow, word + 3) : 0,
          measure.order >= 4 ? from.real(fromRow, word + 4) : 0);
    }
  }

  private void combine(
      States states,
      int row,
      int word,
      long otherCount,
      double otherMean,
      double otherSecond,
      double otherThird,
      double otherFourth) {
    long count = states.word(row, word);
    double na = count;
    double nb = otherCount;
    double n = na + nb;
    double mean = states.real(row, word + 1);
    double delta = otherMean - mean;
    double part = delta / n;
    double second = states.real(row, word + 2);
    double product = delta * part * na * nb;
    if (measure.order >= 3) {
      double third = states.real(row, word + 3);
      if (measure.order >= 4) {
        double fourth = states.real(row, word + 4);
        states.setReal(
            row,
            word + 4,
            fourth
                + otherFourth
                + product * part * part * (na * na - na * nb + nb * nb)
                + 6 * part * part * (na * na * otherSecond + nb * nb * second)
                + 4 * part * (na * otherThird - nb * third));
      }
      states.setReal(
          row,
          word + 3,
          third
              + otherThird
              + product * part * (na - nb)
              + 3 * part * (na * otherSecond - nb * second));
    }
    states.setReal(row, word + 2, second + otherSecond + product);
    states.setReal(row, word + 1, count == 0 ? otherMean : mean + part * nb);
    states.setWord(row, word, count + otherCount);
  }

  @Override
  public void finish(States states, int row, int word, int object, long readMicros, Slot out) {
    long count = states.word(row, word);
    if (count == 0) {
      out.setNull();
      return;
    }
    double n = count;
    double second = states.real(row, word + 2);
    double variance = sample ? (count > 1 ? second / (n - 1) : Double.NaN) : second / n;
    double result =
        switch (measure) {
          case VARIANCE -> variance;
          case DEVIATION -> Math.sqrt(variance);
          case SKEWNESS ->
              variance > 0
                  ? states.real(row, word + 3) / n / (variance * Math.sqrt(variance))
                  : Double.NaN;
          case KURTOSIS ->
              variance > 0 ? states.real(row, word + 4) / n / (variance * variance) : Double.NaN;
        };
    out.setReal(narrow ? (float) result : result);
  }
}
