// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import kinglet.type.DataType;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;

/// Days, seconds and ticks of the date types, and the zones between them.
final class Times {
  static final long DAY_SECONDS = 86_400;

  private static final long YEAR_0 = -62_167_219_200L;
  private static final long YEAR_9999_END = 253_402_300_799L;
  private static final long SECONDS_MAX = 1_000_000_000_000L;

  private Times() {}

  /// The nearest second of the years 0 to 9999 that ticks can count.
  ///
  /// @param high whether the seconds are an unsigned number
  static long known(long seconds, boolean high, long ticks) {
    long most = Math.min(YEAR_9999_END, Long.MAX_VALUE / ticks);
    return high && seconds < 0
        ? most
        : Math.clamp(seconds, Math.max(YEAR_0, Long.MIN_VALUE / ticks), most);
  }

  /// Reads the value of a date type as ticks of its precision since the epoch.
  @FunctionalInterface
  interface Reader {
    long ticks(Slot slot);
  }

  /// The digits below a second.
  static int precision(DataType type) {
    return type instanceof DataType.DateTime64(int precision, String _) ? precision : 0;
  }

  static ZoneId zone(DataType type, ZoneId standard) {
    @Nullable String name =
        switch (type) {
          case DataType.DateTime(String zone) -> zone;
          case DataType.DateTime64(int _, String zone) -> zone;
          default -> null;
        };
    return name == null ? standard : ZoneId.of(name);
  }

  /// How local times of a zone and seconds go over into each other, without objects where the zone
  /// has one offset.
  static final class Clock {
    private final ZoneRules rules;
    private final boolean fixed;
    private final long offset;

    Clock(ZoneId zone) {
      this.rules = zone.getRules();
      this.fixed = rules.isFixedOffset();
      this.offset = fixed ? rules.getOffset(Instant.EPOCH).getTotalSeconds() : 0;
    }

    /// Seconds since the epoch as a clock on the wall counts them.
    long local(long seconds) {
      return seconds
          + (fixed
              ? offset
              : rules.getOffset(Instant.ofEpochSecond(known(seconds))).getTotalSeconds());
    }

    /// The first moment a clock on the wall shows the time; after a gap, what it shows then.
    long absolute(long local) {
      if (fixed) {
        return local - offset;
      }
      LocalDateTime time = LocalDateTime.ofEpochSecond(known(local), 0, ZoneOffset.UTC);
      return local - rules.getOffset(time).getTotalSeconds();
    }

    /// The nearest second calendars reach to.
    private static long known(long second) {
      return Math.clamp(second, -SECONDS_MAX, SECONDS_MAX);
    }
  }

  static Reader reader(DataType type, ZoneId standard) {
    if (Types.isDay(type)) {
      Clock clock = new Clock(standard);
      return slot -> clock.absolute(slot.whole() * DAY_SECONDS);
    }
    return Slot::whole;
  }
}
