// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// A window: as a view writes it, as a condition on rows at a read, and as Java has it.
///
/// In SQL `__m` is the event time of a row in microseconds, `__t` the time of the read and `__n`
/// the row's number, counted back from the read.
sealed interface Frame {
  /// ClickHouse takes offsets below this.
  long OVER_MAX = Integer.MAX_VALUE;

  /// What the window's definition says behind ORDER BY.
  String sql();

  /// When a row until the time of the read is inside.
  String inside();

  /// The same as a frame of ClickHouse, over places of which there are some in each microsecond, at
  /// the last place of that of a read; nothing where no frame says it.
  default Optional<String> over(long places) {
    return Optional.empty();
  }

  /// The first microsecond inside.
  default long startMicros(long readMicros) {
    return Long.MIN_VALUE;
  }

  /// The last microsecond inside.
  default long endMicros(long readMicros) {
    return readMicros;
  }

  default Optional<Duration> hop() {
    return Optional.empty();
  }

  /// How long it is, with the most that rounding adds; 0 where it has no length.
  default long spanMicros() {
    return 0;
  }

  /// Whether rows are kept one by one, so that what depends on their order is exact however late
  /// they came.
  default boolean isExact() {
    return true;
  }

  record Range(long micros, boolean excludesGroup) implements Frame {
    @Override
    public String sql() {
      String start = micros == 0 ? "CURRENT ROW" : interval(micros) + " PRECEDING";
      return "RANGE BETWEEN "
          + start
          + " AND CURRENT ROW"
          + (excludesGroup ? " EXCLUDE GROUP" : "");
    }

    @Override
    public String inside() {
      return "__m >= __t - " + micros + (excludesGroup ? " AND __m < __t" : "");
    }

    @Override
    public Optional<String> over(long places) {
      if (micros >= OVER_MAX / places - 1) {
        return Optional.empty();
      }
      long start = micros * places + places - 1;
      String end = excludesGroup ? places + " PRECEDING" : "CURRENT ROW";
      return Optional.of("RANGE BETWEEN " + start + " PRECEDING AND " + end);
    }

    @Override
    public long startMicros(long readMicros) {
      return readMicros - micros;
    }

    @Override
    public long endMicros(long readMicros) {
      return excludesGroup ? readMicros - 1 : readMicros;
    }

    @Override
    public long spanMicros() {
      return micros;
    }
  }

  record Tiled(long micros, long hopMicros) implements Frame {
    @Override
    public String sql() {
      return "RANGE " + interval(micros) + " PRECEDING";
    }

    @Override
    public String inside() {
      return "__m >= __t - "
          + micros
          + " - positiveModulo(__t - "
          + micros
          + ", "
          + hopMicros
          + ")";
    }

    @Override
    public long startMicros(long readMicros) {
      return Math.floorDiv(readMicros - micros, hopMicros) * hopMicros;
    }

    @Override
    public Optional<Duration> hop() {
      return Optional.of(Duration.of(hopMicros, ChronoUnit.MICROS));
    }

    @Override
    public long spanMicros() {
      return micros + hopMicros;
    }

    @Override
    public boolean isExact() {
      return false;
    }
  }

  record Unbounded(String sql) implements Frame {
    @Override
    public String inside() {
      return "1";
    }

    @Override
    public Optional<String> over(long places) {
      return Optional.of("RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW");
    }

    @Override
    public boolean isExact() {
      return false;
    }
  }

  record Rows(int preceding) implements Frame {
    @Override
    public String sql() {
      return "ROWS BETWEEN " + preceding + " PRECEDING AND CURRENT ROW";
    }

    @Override
    public String inside() {
      return "__n <= " + (preceding + 1);
    }
  }

  /// A window of about a length.
  static Frame random(RandomGenerator random, long spanMicros) {
    long micros = round(random, 1 + random.nextLong(1 + random.nextLong(2 * spanMicros)));
    return switch (random.nextInt(10)) {
      case 0 -> new Range(0, false);
      case 1, 2 -> new Range(micros, true);
      case 3, 4 -> new Range(micros, false);
      case 5, 6 -> new Tiled(micros, hop(random, micros));
      case 7 ->
          new Unbounded(
              random.nextBoolean()
                  ? "RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"
                  : "ROWS UNBOUNDED PRECEDING");
      case 8 -> new Unbounded("");
      default -> new Rows(random.nextInt(1 << random.nextInt(8)));
    };
  }

  private static long hop(RandomGenerator random, long micros) {
    return round(random, 1 + random.nextLong(random.nextInt(4) == 0 ? 2 * micros : micros / 4 + 1));
  }

  /// Now and then a whole number of seconds, minutes or days.
  private static long round(RandomGenerator random, long micros) {
    long unit =
        switch (random.nextInt(4)) {
          case 0 -> 1_000_000L;
          case 1 -> 60_000_000L;
          case 2 -> 86_400_000_000L;
          default -> 1;
        };
    return micros < unit ? micros : micros - micros % unit;
  }

  private static String interval(long micros) {
    if (micros % 86_400_000_000L == 0) {
      return "INTERVAL " + micros / 86_400_000_000L + " DAY";
    }
    if (micros % 60_000_000L == 0) {
      return "INTERVAL " + micros / 60_000_000L + " MINUTE";
    }
    if (micros % 1_000_000L == 0) {
      return "INTERVAL " + micros / 1_000_000L + " SECOND";
    }
    return micros % 1_000 == 0
        ? "INTERVAL " + micros / 1_000 + " MILLISECOND"
        : "INTERVAL " + micros + " MICROSECOND";
  }
}
