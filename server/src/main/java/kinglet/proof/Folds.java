// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.LongBinaryOperator;
import java.util.stream.Collectors;
import kinglet.proof.Measure.Fold;
import kinglet.proof.Measure.Inputs;
import kinglet.type.DataType;

/// What aggregation functions are, in the plainest words: each computes its value of all events of
/// a window, in their order.
final class Folds {
  /// What sums of floats may differ by, as a share of the sum of what is added.
  private static final double SUMS = 1e-12;

  /// What moments may differ by, as a share of the mean square.
  private static final double MOMENTS = 1e-9;

  private static final double MICROS = 1e6;

  private Folds() {}

  static Expected count(Inputs in) {
    return Expected.exact((long) in.events().size());
  }

  /// A whole number that wraps around, or a float.
  static Fold sum(DataType type) {
    return in -> {
      if (in.isEmpty()) {
        return Expected.NULL;
      }
      if (Values.bare(type) instanceof DataType.Decimal) {
        BigInteger sum = BigInteger.ZERO;
        for (Object value : in.column(0)) {
          sum = sum.add(BigInteger.valueOf((Long) value));
        }
        return Expected.exact(sum);
      }
      return Values.bare(type) instanceof DataType.Float
          ? real(in.column(0), 1)
          : Expected.exact(wrapped(in));
    };
  }

  private static long wrapped(Inputs in) {
    long sum = 0;
    for (Object value : in.column(0)) {
      sum += (Long) value;
    }
    return sum;
  }

  private static Expected real(List<Object> values, double by) {
    double sum = 0;
    double all = 0;
    for (Object value : values) {
      sum += (Double) value;
      all += Math.abs((Double) value);
    }
    return Expected.near(sum / by, SUMS * all / by);
  }

  static Fold avg(DataType type) {
    return in -> {
      if (in.isEmpty()) {
        return Expected.NULL;
      }
      int size = in.events().size();
      return switch (Values.bare(type)) {
        case DataType.Float _ -> real(in.column(0), size);
        case DataType.Decimal(int _, int scale) -> {
          double whole = 0;
          double all = 0;
          for (Object value : in.column(0)) {
            whole += (Long) value;
            all += Math.abs((Long) value);
          }
          double by = Math.pow(10, scale) * size;
          yield Expected.near(whole / by, SUMS * all / by);
        }
        default -> {
          boolean unsigned = Values.isUnsigned(type);
          DataType wide = new DataType.Int(Long.SIZE, !unsigned);
          double mean = Values.whole(wrapped(in), wide).doubleValue() / size;
          yield Expected.near(mean, SUMS * Math.abs(mean));
        }
      };
    };
  }

  /// The least value, or the greatest by the order turned round; NaN only where nothing else is.
  static Fold least(DataType type, int sign) {
    return in -> {
      Object least = null;
      for (Object value : in.column(0)) {
        boolean isNan = value instanceof Double real && Double.isNaN(real);
        boolean holdsNan = least instanceof Double real && Double.isNaN(real);
        if (least == null
            || holdsNan
            || (!isNan && sign * Values.compare(type, value, least) < 0)) {
          least = value;
        }
      }
      return Expected.exact(least);
    };
  }

  static Expected first(Inputs in) {
    return in.isEmpty() ? Expected.NULL : Expected.exact(in.column(0).getFirst());
  }

  static Expected last(Inputs in) {
    return in.isEmpty() ? Expected.NULL : Expected.exact(in.column(0).getLast());
  }

  /// The first argument where the second is least; of equal ones, that of the first event.
  static Fold argLeast(DataType by, int sign) {
    return in -> {
      List<Object> least = List.of();
      for (List<Object> row : in.arguments()) {
        if (least.isEmpty() || sign * Values.compare(by, row.get(1), least.get(1)) < 0) {
          least = row;
        }
      }
      return least.isEmpty() ? Expected.NULL : Expected.exact(least.getFirst());
    };
  }

  static Fold firstOnes(int limit) {
    return in -> Expected.exact(in.column(0).subList(0, Math.min(limit, in.events().size())));
  }

  static Fold lastOnes(int limit) {
    return in -> {
      int size = in.events().size();
      return Expected.exact(in.column(0).subList(Math.max(0, size - limit), size));
    };
  }

  static Fold firstDistinct(int limit) {
    return in -> Expected.exact(new LinkedHashSet<>(in.column(0)).stream().limit(limit).toList());
  }

  /// @param exact how many are counted without error
  /// @param error what more may be off by, as a share
  static Fold distinct(int exact, double error) {
    return in -> {
      long distinct = in.arguments().stream().distinct().count();
      return new Expected(distinct, distinct <= exact ? 0 : error * distinct);
    };
  }

  static Fold bits(LongBinaryOperator operation) {
    return in ->
        in.isEmpty()
            ? Expected.NULL
            : Expected.exact(
                in.column(0).stream()
                    .mapToLong(value -> (Long) value)
                    .reduce(operation)
                    .orElseThrow());
  }

  private static double[] reals(Inputs in, int argument, DataType type) {
    return in.column(argument).stream()
        .mapToDouble(value ->
            value instanceof Long bits ? Values.whole(bits, type).doubleValue() : (Double) value)
        .toArray();
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  /// The mean of the products of what two columns are off their means.
  private static double covariance(double[] one, double[] other, int less) {
    double meanOne = mean(one);
    double meanOther = mean(other);
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += (one[i] - meanOne) * (other[i] - meanOther);
    }
    return sum / (one.length - less);
  }

  private static double square(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value * value;
    }
    return sum / values.length;
  }

  /// @param less what the count is lowered by: 1 for a sample
  static Fold variance(DataType type, int less) {
    return in -> {
      if (in.isEmpty()) {
        return Expected.NULL;
      }
      double[] values = reals(in, 0, type);
      double tolerance =
          MOMENTS * square(values) * values.length / Math.max(1, values.length - less);
      return Expected.near(covariance(values, values, less), tolerance);
    };
  }

  static Fold covariance(DataType one, DataType other) {
    return in -> {
      if (in.isEmpty()) {
        return Expected.NULL;
      }
      double[] left = reals(in, 0, one);
      double[] right = reals(in, 1, other);
      return Expected.near(
          covariance(left, right, 0), MOMENTS * Math.sqrt(square(left) * square(right)));
    };
  }

  private static double[] sorted(Inputs in, DataType type) {
    double[] values = reals(in, 0, type);
    java.util.Arrays.sort(values);
    return values;
  }

  /// Between the two nearest values.
  static Fold quantile(DataType type, double level) {
    return in -> {
      if (in.isEmpty()) {
        return Expected.NULL;
      }
      double[] values = sorted(in, type);
      double place = level * (values.length - 1);
      int low = (int) place;
      int high = Math.min(low + 1, values.length - 1);
      double share = place - low;
      double value = values[low] * (1 - share) + values[high] * share;
      return Expected.near(value, SUMS * Math.max(Math.abs(values[low]), Math.abs(values[high])));
    };
  }

  static Fold quantileExact(DataType type, double level) {
    return in -> {
      if (in.isEmpty()) {
        return Expected.NULL;
      }
      List<Object> values =
          in.column(0).stream().sorted((a, b) -> Values.compare(type, a, b)).toList();
      int place = level < 1 ? (int) (level * values.size()) : values.size() - 1;
      return Expected.exact(values.get(place));
    };
  }

  /// The most frequent first, equally frequent ones in their own order.
  static Fold top(DataType type, int limit) {
    return in -> {
      Map<Object, Integer> counts = new HashMap<>();
      in.column(0).forEach(value -> counts.merge(value, 1, Integer::sum));
      Comparator<Map.Entry<Object, Integer>> order =
          Comparator.<Map.Entry<Object, Integer>, Integer>comparing(Map.Entry::getValue)
              .reversed()
              .thenComparing(Map.Entry::getKey, (a, b) -> Values.compare(type, a, b));
      return Expected.exact(
          counts.entrySet().stream().sorted(order).limit(limit).map(Map.Entry::getKey).toList());
    };
  }

  static Expected entropy(Inputs in) {
    if (in.isEmpty()) {
      return Expected.NULL;
    }
    Map<List<Object>, Long> counts =
        in.arguments().stream().collect(Collectors.groupingBy(row -> row, Collectors.counting()));
    double bits = 0;
    for (long count : counts.values()) {
      double share = (double) count / in.events().size();
      bits -= share * Math.log(share) / Math.log(2);
    }
    return Expected.near(bits, MOMENTS * (1 + bits));
  }

  /// The sum of the rises from each event to the next.
  static Fold rises(DataType type) {
    return in -> {
      List<Object> values = in.column(0);
      long sum = 0;
      for (int i = 1; i < values.size(); i++) {
        Object before = values.get(i - 1);
        Object value = values.get(i);
        if (Values.compare(type, value, before) > 0) {
          sum += (Long) value - (Long) before;
        }
      }
      return Expected.exact(Values.wrap(BigInteger.valueOf(sum), (DataType.Int) Values.bare(type)));
    };
  }

  static Expected sinceFirst(Inputs in) {
    return in.isEmpty() ? Expected.NULL : since(in, in.events().getFirst());
  }

  static Expected sinceLast(Inputs in) {
    return in.isEmpty() ? Expected.NULL : since(in, in.events().getLast());
  }

  private static Expected since(Inputs in, Event event) {
    double seconds = (in.readMicros() - event.micros()) / MICROS;
    return Expected.near(seconds, SUMS * seconds);
  }

  /// Runs of events that follow one another within a gap.
  static Fold sessions(long gapSeconds, int exact) {
    return in -> {
      long sessions = 0;
      List<Event> events = in.events();
      for (int i = 0; i < events.size(); i++) {
        boolean begins =
            i == 0 || events.get(i).micros() - events.get(i - 1).micros() > gapSeconds * 1_000_000;
        sessions += begins ? 1 : 0;
      }
      return new Expected(sessions, sessions <= exact ? 0 : Double.POSITIVE_INFINITY);
    };
  }

  /// Values that weigh less the older they are at the time of the read.
  static Fold decayedSum(DataType type, long lengthSeconds) {
    return in -> {
      if (in.isEmpty()) {
        return Expected.NULL;
      }
      double[] values = reals(in, 0, type);
      double sum = 0;
      double all = 0;
      for (int i = 0; i < values.length; i++) {
        double age = (in.readMicros() - in.events().get(i).micros()) / MICROS;
        double weight = Math.exp(-age / lengthSeconds);
        sum += values[i] * weight;
        all += Math.abs(values[i]) * weight;
      }
      return Expected.near(sum, MOMENTS * all);
    };
  }

  /// Counts by category: the categories in their order, then how many each has.
  static Fold perCategory(DataType type) {
    return in -> {
      Map<Object, Long> counts = new HashMap<>();
      in.column(0).forEach(value -> counts.merge(value, 1L, Long::sum));
      List<Object> categories =
          counts.keySet().stream().sorted((a, b) -> Values.compare(type, a, b)).toList();
      List<Object> numbers = new ArrayList<>();
      categories.forEach(category -> numbers.add(counts.getOrDefault(category, 0L)));
      return Expected.exact(List.of(categories, numbers));
    };
  }
}
