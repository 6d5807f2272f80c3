// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.Optional;

/// Times as the compatible routes write them: UTC without a zone, microseconds.
final class Times {
  private static final DateTimeFormatter FORM =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Times() {}

  /// Reads a time as callers write it: with or without a zone, UTC if without, or a mere day.
  static Optional<Instant> parse(String text) {
    String iso = text.strip().replace(' ', 'T');
    try {
      if (iso.length() == 10) {
        return Optional.of(LocalDate.parse(iso).atStartOfDay().toInstant(ZoneOffset.UTC));
      }
      TemporalAccessor parsed =
          DateTimeFormatter.ISO_DATE_TIME.parseBest(iso, ZonedDateTime::from, LocalDateTime::from);
      return Optional.of(
          parsed instanceof LocalDateTime local
              ? local.toInstant(ZoneOffset.UTC)
              : Instant.from(parsed));
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  static String text(Instant instant) {
    return FORM.format(instant);
  }
}
