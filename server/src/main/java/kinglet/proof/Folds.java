// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongBinaryOperator;
import java.util.stream.Collectors;
import kinglet.proof.Measure.Fold;
import kinglet.proof.Measure.Inputs;
import kinglet.type.DataType;
import org.jspecify.annotations.Nullable;

/// What aggregation functions are, in the plainest words: each computes its value of all events of
/// a window, in their order.
final class Folds {
  /// Of more different values than these, `topK` does not promise which it gives.
  private static final int COUNTED_VALUES = 1_024;

  /// What sums of floats may differ by, as a share of the sum of what is added.
  private static final double SUMS = 1e-12;

  /// What moments may differ by, as a share of the mean square.
  private static final double MOMENTS = 1e-9;

  private static final double MICROS = 1e6;

  /// The rounding of a `Float32`.
  private static final double SINGLE = 1e-6;

  /// So many events with a condition are kept of sequences.
  private static final int SEQUENCE_EXACT = 1_024;

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

  /// Arrays and maps are not NULL but empty where there is no event.
  static Fold orEmpty(DataType type, Fold fold) {
    List<Object> none = type instanceof DataType.MapOf ? List.of(List.of(), List.of()) : List.of();
    return in -> in.isEmpty() ? Expected.exact(none) : fold.of(in);
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
    Arrays.sort(values);
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
      List<Object> most =
          counts.entrySet().stream().sorted(order).limit(limit).map(Map.Entry::getKey).toList();
      return counts.size() > COUNTED_VALUES ? Expected.anyOf(most) : Expected.exact(most);
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

  /// A function of the values under each key, the keys in their order.
  static Fold perKey(Fold each) {
    return in -> {
      Map<Object, List<List<Object>>> values = new TreeMap<>();
      Map<Object, List<Event>> events = new HashMap<>();
      for (int i = 0; i < in.events().size(); i++) {
        List<?> map = (List<?>) in.arguments().get(i).getFirst();
        List<?> keys = (List<?>) map.getFirst();
        for (int j = 0; j < keys.size(); j++) {
          Object value = ((List<?>) map.getLast()).get(j);
          values.computeIfAbsent(keys.get(j), _ -> new ArrayList<>()).add(List.of(value));
          events.computeIfAbsent(keys.get(j), _ -> new ArrayList<>()).add(in.events().get(i));
        }
      }
      List<Expected> results = new ArrayList<>();
      values.forEach((key, rows) ->
          results.add(
              each.of(new Inputs(events.getOrDefault(key, List.of()), rows, in.readMicros()))));
      return new Expected(List.of(List.copyOf(values.keySet()), plain(results)), widest(results));
    };
  }

  /// A function of the values at each place of arrays.
  static Fold perElement(Fold each) {
    return in -> {
      List<Expected> results = new ArrayList<>();
      while (true) {
        int place = results.size();
        List<Event> events = new ArrayList<>();
        List<List<Object>> rows = new ArrayList<>();
        for (int i = 0; i < in.events().size(); i++) {
          List<?> array = (List<?>) in.arguments().get(i).getFirst();
          if (array.size() > place) {
            events.add(in.events().get(i));
            rows.add(List.of(array.get(place)));
          }
        }
        if (events.isEmpty()) {
          return new Expected(plain(results), widest(results));
        }
        results.add(each.of(new Inputs(events, rows, in.readMicros())));
      }
    };
  }

  private static List<@Nullable Object> plain(List<Expected> results) {
    List<@Nullable Object> plain = new ArrayList<>();
    results.forEach(result -> plain.add(result.value()));
    return plain;
  }

  private static double widest(List<Expected> results) {
    return results.stream().mapToDouble(Expected::tolerance).max().orElse(0);
  }

  /// Rows of times and conditions, without those for which none holds.
  private static List<List<Object>> withCondition(Inputs in) {
    return in.arguments().stream().filter(row -> row.subList(1, row.size()).contains(1L)).toList();
  }

  /// Older events with a condition are left out where there are many.
  private static Expected ofRecent(long value, List<List<Object>> rows) {
    return new Expected(value, rows.size() <= SEQUENCE_EXACT ? 0 : Double.POSITIVE_INFINITY);
  }

  /// How many conditions held one after another within a time of the first; what holds at the same
  /// time holds in the order of the conditions.
  static Fold funnel(long window) {
    return in -> {
      if (in.isEmpty()) {
        return Expected.NULL;
      }
      List<List<Object>> rows = withCondition(in);
      int steps = in.arguments().getFirst().size() - 1;
      Map<Long, boolean[]> held = new TreeMap<>();
      for (List<Object> row : rows) {
        boolean[] at = held.computeIfAbsent((Long) row.getFirst(), _ -> new boolean[steps]);
        for (int step = 0; step < steps; step++) {
          at[step] |= row.get(step + 1).equals(1L);
        }
      }
      @Nullable Long[] begun = new Long[steps];
      int reached = 0;
      for (Map.Entry<Long, boolean[]> moment : held.entrySet()) {
        long time = moment.getKey();
        for (int step = 0; step < steps; step++) {
          Long from = step == 0 ? (Long) time : begun[step - 1];
          if (moment.getValue()[step] && from != null && time <= from + window) {
            begun[step] = from;
            reached = Math.max(reached, step + 1);
          }
        }
      }
      return ofRecent(reached, rows);
    };
  }

  /// What may lie between the two conditions of a sequence.
  ///
  /// @param anything whether events may
  /// @param timeMax how much time
  record Gap(boolean anything, long timeMax) {
    static final Gap NONE = new Gap(false, Long.MAX_VALUE);
    static final Gap ANY = new Gap(true, Long.MAX_VALUE);

    String pattern() {
      return !anything ? "" : timeMax == Long.MAX_VALUE ? ".*" : "(?t<=" + timeMax + ")";
    }
  }

  /// How often the first condition is followed by the second, up to a number.
  static Fold sequence(Gap gap, long countMax) {
    return in -> {
      if (in.isEmpty()) {
        return Expected.NULL;
      }
      List<List<Object>> rows = withCondition(in);
      long count = 0;
      int at = 0;
      while (at < rows.size()) {
        int end = follower(rows, at, gap);
        count += end < 0 ? 0 : 1;
        at = end < 0 ? at + 1 : end + 1;
      }
      return ofRecent(Math.min(count, countMax), rows);
    };
  }

  /// The row that completes the sequence that begins at a row, or -1.
  private static int follower(List<List<Object>> rows, int at, Gap gap) {
    if (!rows.get(at).get(1).equals(1L)) {
      return -1;
    }
    int last = gap.anything() ? rows.size() : Math.min(rows.size(), at + 2);
    for (int next = at + 1; next < last; next++) {
      if (rows.get(next).get(2).equals(1L)
          && (Long) rows.get(next).getFirst() - (Long) rows.get(at).getFirst() <= gap.timeMax()) {
        return next;
      }
    }
    return -1;
  }

  /// Whether each condition ever held, and the first one as well.
  static Expected retention(Inputs in) {
    List<Object> held = new ArrayList<>();
    for (int i = 0; !in.isEmpty() && i < in.arguments().getFirst().size(); i++) {
      held.add(in.column(i).contains(1L) && in.column(0).contains(1L) ? 1L : 0L);
    }
    return Expected.exact(held);
  }

  /// Near the value at a rank, within so many ranks as a share and one more.
  static Fold digest(DataType type, double level, double ranks) {
    return in -> {
      if (in.isEmpty()) {
        return Expected.NULL;
      }
      double[] values = sorted(in, type);
      double place = level * (values.length - 1);
      double off = 1 + ranks * values.length;
      double low = values[(int) Math.max(0, Math.floor(place - off))];
      double high = values[(int) Math.min(values.length - 1, Math.ceil(place + off))];
      return within(between(values, place), low, high, SINGLE);
    };
  }

  /// Within an accuracy of a value at a rank.
  static Fold logarithmic(DataType type, double level, double accuracy) {
    return in -> {
      if (in.isEmpty()) {
        return Expected.NULL;
      }
      double[] values = sorted(in, type);
      double place = level * (values.length - 1);
      double low = values[(int) Math.floor(place)];
      double high = values[(int) Math.ceil(place)];
      return within(between(values, place), low, high, accuracy);
    };
  }

  private static double between(double[] values, double place) {
    int low = (int) place;
    int high = Math.min(low + 1, values.length - 1);
    return values[low] + (values[high] - values[low]) * (place - low);
  }

  /// @param share what the ends may be off by
  private static Expected within(double value, double low, double high, double share) {
    double ends = Math.max(Math.abs(low), Math.abs(high)) * share * (1 + SUMS);
    return Expected.near(value, Math.max(value - low, high - value) + ends + Double.MIN_NORMAL);
  }
}
