// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.definition;

import java.util.Locale;
import java.util.OptionalLong;

/// Lengths of time as INTERVAL writes them.
enum Span {
  MICROSECOND(1),
  MILLISECOND(1_000),
  SECOND(1_000_000),
  MINUTE(60_000_000),
  HOUR(3_600_000_000L),
  DAY(86_400_000_000L),
  WEEK(604_800_000_000L);

  private final long micros;

  Span(long micros) {
    this.micros = micros;
  }

  /// The microseconds of so many units of a name in upper case; none for one without a fixed
  /// length.
  static OptionalLong micros(long count, String unit) {
    String singular = unit.toUpperCase(Locale.ROOT).replaceFirst("S$", "");
    for (Span span : values()) {
      if (span.name().equals(singular)) {
        return OptionalLong.of(Math.multiplyExact(count, span.micros));
      }
    }
    return OptionalLong.empty();
  }
}
