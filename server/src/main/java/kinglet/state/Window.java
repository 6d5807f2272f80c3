// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

/// Which events of an entity count at a read time.
public sealed interface Window {
  /// Events of `[t - micros, t]`; of `[t - micros, t)` if those at exactly `t` are left out.
  record Range(long micros, boolean excludeGroup) implements Window {
    public Range {
      if (micros < 0) {
        throw new IllegalArgumentException("a window of " + micros + " microseconds");
      }
    }
  }

  /// Events of `[floor(t - micros, hop), t]`, floor on the epoch in UTC.
  record Tiled(long micros, long hopMicros) implements Window {
    public Tiled {
      if (micros < 0 || hopMicros <= 0) {
        throw new IllegalArgumentException(
            "a window of " + micros + " microseconds with a hop of " + hopMicros);
      }
    }
  }

  /// All events until `t`.
  record Unbounded() implements Window {}

  /// The last `preceding + 1` events until `t`.
  record Rows(int preceding) implements Window {
    public Rows {
      if (preceding < 0) {
        throw new IllegalArgumentException(preceding + " preceding rows");
      }
    }
  }

  /// The first microsecond that counts at a read time; that of [Rows] depends on the events and is
  /// the beginning of time here.
  default long startMicros(long readMicros) {
    return switch (this) {
      case Range(long micros, boolean _) -> minus(readMicros, micros);
      case Tiled(long micros, long hop) -> {
        long start = minus(readMicros, micros);
        long offset = Math.floorMod(start, hop);
        yield minus(start, offset);
      }
      case Unbounded(), Rows(int _) -> Long.MIN_VALUE;
    };
  }

  /// The last microsecond that counts at a read time.
  default long endMicros(long readMicros) {
    boolean excluded = this instanceof Range(long _, boolean excludeGroup) && excludeGroup;
    return excluded ? minus(readMicros, 1) : readMicros;
  }

  private static long minus(long micros, long less) {
    long difference = micros - less;
    return difference > micros ? Long.MIN_VALUE : difference;
  }
}
