// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.math.BigDecimal;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import kinglet.value.XxHash64;
import org.jspecify.annotations.Nullable;

/// `quantile` and those of its kin that look at the values themselves, kept in a [Sample].
final class Quantiles extends ObjectAggregate<Sample> {
  static final int SAMPLE = 2_048;
  static final int EXACT_SAMPLE = 65_536;
  static final int LEVELS_MAX = 100;
  private static final long SEED = 0x6B696E676C657434L;

  /// Which value stands at a level.
  enum Method {
    /// Between the two nearest values, by distance.
    INTERPOLATED(SAMPLE),
    /// As `INTERPOLATED`, of all values.
    INCLUSIVE(EXACT_SAMPLE),
    /// As `INCLUSIVE`, of a population that goes on at both ends.
    EXCLUSIVE(EXACT_SAMPLE),
    /// One of the values.
    EXACT(EXACT_SAMPLE),
    /// One of the values, the lower one of two in the middle.
    EXACT_LOW(EXACT_SAMPLE),
    /// One of the values, the higher one of two in the middle.
    EXACT_HIGH(EXACT_SAMPLE);

    private final int limit;

    Method(int limit) {
      this.limit = limit;
    }
  }

  private final Method method;
  private final double[] levels;
  private final boolean one;
  private final boolean isFloat;
  private final boolean unsigned;
  private final boolean real;

  private Quantiles(
      DataType type, DataType argument, Method method, double[] levels, boolean one, boolean real) {
    super(type);
    this.method = method;
    this.levels = levels;
    this.one = one;
    this.isFloat = Shape.of(argument) == Shape.FLOAT;
    this.unsigned = !isFloat && Call.isUnsigned(argument);
    this.real = real;
  }

  static Aggregate bind(Call call, Method method, boolean one) {
    call.argumentCount(1, 1);
    DataType argument = call.argument(0);
    boolean number = Call.isNumber(argument);
    boolean time =
        switch (argument) {
          case DataType.Date _, DataType.DateTime _, DataType.DateTime64 _ -> true;
          default -> false;
        };
    if (Shape.of(argument) == Shape.BIG
        || !(number || time || argument instanceof DataType.Decimal)) {
      throw call.refusedType(0, "a number of at most 64 bits or a time");
    }
    boolean between =
        switch (method) {
          case INTERPOLATED, INCLUSIVE, EXCLUSIVE -> true;
          case EXACT, EXACT_LOW, EXACT_HIGH -> false;
        };
    if (between && method != Method.INTERPOLATED && !number) {
      throw call.refusedType(0, "a number of at most 64 bits");
    }
    boolean real = between && number;
    DataType type = real ? new DataType.Float(64) : argument;
    double[] levels = levels(call, 0, one);
    if (method == Method.EXCLUSIVE) {
      for (double level : levels) {
        if (level <= 0 || level >= 1) {
          throw call.refusedParameters("takes levels between 0 and 1, without these");
        }
      }
    }
    return new Quantiles(
        one ? Call.orNull(type) : new DataType.Array(type), argument, method, levels, one, real);
  }

  /// The levels from a parameter on; the median where there is none.
  static double[] levels(Call call, int from, boolean one) {
    call.parameterCount(one ? from : from + 1, one ? from + 1 : from + LEVELS_MAX);
    int count = call.parameters().size() - from;
    if (count == 0) {
      return new double[] {0.5};
    }
    double[] levels = new double[count];
    for (int i = 0; i < count; i++) {
      BigDecimal level = call.number(from + i);
      if (level.signum() < 0 || level.compareTo(BigDecimal.ONE) > 0) {
        throw call.refusedParameters("takes levels from 0 to 1, not " + level.toPlainString());
      }
      levels[i] = level.doubleValue();
    }
    return levels;
  }

  @Override
  Sample empty() {
    return new Sample(method.limit);
  }

  @Override
  void add(Sample state, Slot[] arguments, long micros, long seq) {
    long bits = arguments[0].bits();
    if (isFloat) {
      double value = Double.longBitsToDouble(bits);
      if (Double.isNaN(value)) {
        return;
      }
      bits ^= (bits >> 63) & Long.MAX_VALUE;
    } else if (unsigned) {
      bits ^= Long.MIN_VALUE;
    }
    state.add(bits, XxHash64.hash(seq, SEED));
  }

  /// The bits of the value at a place of a sample.
  private long bits(Sample state, int index) {
    long value = state.value(index);
    if (isFloat) {
      return value ^ ((value >> 63) & Long.MAX_VALUE);
    }
    return unsigned ? value ^ Long.MIN_VALUE : value;
  }

  private double real(Sample state, int index) {
    long bits = bits(state, index);
    if (isFloat) {
      return Double.longBitsToDouble(bits);
    }
    return unsigned ? Reals.unsigned(bits) : bits;
  }

  @Override
  void merge(Sample into, Sample from) {
    into.merge(from);
  }

  @Override
  void finish(@Nullable Sample state, long readMicros, Slot out) {
    if (state == null) {
      if (one) {
        out.setNull();
      } else {
        out.setObject(ListValue.ofBits(real || isFloat ? Shape.FLOAT : Shape.WHOLE, new long[0]));
      }
      return;
    }
    if (one) {
      out.setWhole(at(state, levels[0]));
      return;
    }
    long[] values = new long[levels.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = at(state, levels[i]);
    }
    out.setObject(ListValue.ofBits(real || isFloat ? Shape.FLOAT : Shape.WHOLE, values));
  }

  private long at(Sample state, double level) {
    int size = state.size();
    if (size == 0) {
      // There were NaNs alone.
      return Double.doubleToRawLongBits(Double.NaN);
    }
    return switch (method) {
      case INTERPOLATED, INCLUSIVE -> between(state, level * (size - 1));
      case EXCLUSIVE -> between(state, level * (size + 1) - 1);
      case EXACT -> bits(state, Math.min(size - 1, (int) (level * size)));
      case EXACT_LOW ->
          bits(state, level == 0.5 ? (size - 1) / 2 : Math.min(size - 1, (int) (level * size)));
      case EXACT_HIGH -> bits(state, Math.min(size - 1, (int) (level * size)));
    };
  }

  private long between(Sample state, double place) {
    double inside = Math.max(0, Math.min(state.size() - 1, place));
    int low = (int) inside;
    double value = real(state, low);
    if (inside > low) {
      value = value * (low + 1 - inside) + real(state, low + 1) * (inside - low);
    }
    return real ? Double.doubleToRawLongBits(value) : (long) value;
  }
}
