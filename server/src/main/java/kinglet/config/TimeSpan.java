// SPDX-License-Identifier: Apache-2.0
package kinglet.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A duration as configuration writes it: `250ms`, `10s`, `5m`, `2h`, `7d`.
public record TimeSpan(Duration duration) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,12})\\s*(ms|s|m|h|d)");

  public TimeSpan {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("a duration is not negative");
    }
  }

  @JsonCreator
  public static TimeSpan parse(String text) {
    Matcher form = FORM.matcher(text.strip());
    if (!form.matches()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "'%s' is not a duration; write a whole number and ms, s, m, h or d, " + "such as 10s",
              text));
    }
    long amount = Long.parseLong(form.group(1));
    return new TimeSpan(
        switch (form.group(2)) {
          case "ms" -> Duration.ofMillis(amount);
          case "s" -> Duration.ofSeconds(amount);
          case "m" -> Duration.ofMinutes(amount);
          case "h" -> Duration.ofHours(amount);
          default -> Duration.ofDays(amount);
        });
  }

  @JsonValue
  @Override
  public String toString() {
    long millis = duration.toMillis();
    if (millis == 0) {
      return "0s";
    }
    if (millis % 86_400_000 == 0) {
      return millis / 86_400_000 + "d";
    }
    if (millis % 3_600_000 == 0) {
      return millis / 3_600_000 + "h";
    }
    if (millis % 60_000 == 0) {
      return millis / 60_000 + "m";
    }
    return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
  }
}
