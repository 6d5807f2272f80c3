// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.time.Duration;
import java.time.LocalDateTime;
import java.util.Optional;
import java.util.regex.Pattern;

/// Whole days, hours, minutes or seconds between two dates, without sign.
final class DateDifferences {
  private static final Pattern ISO_DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
  private static final String DAYS = "%Y-%m-%d";
  private static final String SECONDS = "%Y-%m-%d %H:%M:%S";

  private DateDifferences() {}

  static Value call(CallArguments given, boolean checking) {
    Value first = given.first();
    Value second = given.at(1);
    if (checking && (first.absent() || second.absent())) {
      return Value.of(0);
    }
    return given.call().function() == TemplateFunction.DAY_DIFF
        ? dayDifference(given, first, second)
        : difference(given, first, second);
  }

  private static Value dayDifference(CallArguments given, Value first, Value second) {
    Optional<LocalDateTime> start = isoDate(first);
    Optional<LocalDateTime> end = isoDate(second);
    if (start.isEmpty() || end.isEmpty()) {
      throw TemplateFailures.evaluation(
          "invalid date format in function `"
              + given.call().name()
              + "`, it must be ISO format date YYYY-MM-DD, e.g. 2018-09-26. For other formats, try"
              + " `date_diff_in_days`");
    }
    return Value.of(Duration.between(start.get(), end.get()).abs().toDays());
  }

  private static Optional<LocalDateTime> isoDate(Value value) {
    if (value.absent() || !(value.plain() instanceof Value.Text(String text))) {
      return Optional.empty();
    }
    return ISO_DATE.matcher(text).matches() ? DateFormat.parse(text, DAYS) : Optional.empty();
  }

  private static Value difference(CallArguments given, Value first, Value second) {
    TemplateFunction function = given.call().function();
    boolean days = function == TemplateFunction.DATE_DIFF_IN_DAYS;
    String format = given.text(2, "date_format", days ? DAYS : SECONDS);
    Optional<String> backup = given.find(4, "backup_date_format").map(PythonText::str);
    Optional<LocalDateTime> start = read(first, format, backup);
    Optional<LocalDateTime> end = read(second, format, backup);
    if (start.isEmpty() || end.isEmpty()) {
      Optional<Value> otherwise = given.find(3, "default");
      if (otherwise.isPresent()) {
        return otherwise.get();
      }
      if (given.find(5, "none_if_error").map(Operations::truth).orElse(false)) {
        return Value.NONE;
      }
      throw TemplateFailures.evaluation(
          "invalid date format in function `"
              + given.call().name()
              + "`, it must match the format "
              + format
              + backup.map(one -> " or " + one).orElse(""));
    }
    Duration between = Duration.between(start.get(), end.get()).abs();
    return Value.of(
        switch (function) {
          case DATE_DIFF_IN_DAYS -> between.toDays();
          case DATE_DIFF_IN_HOURS -> between.toHours();
          case DATE_DIFF_IN_MINUTES -> between.toMinutes();
          default -> between.toSeconds();
        });
  }

  private static Optional<LocalDateTime> read(Value value, String format, Optional<String> backup) {
    if (value.absent()) {
      return Optional.empty();
    }
    String text = PythonText.str(value);
    return DateFormat.parse(text, format)
        .or(() -> backup.flatMap(other -> DateFormat.parse(text, other)));
  }
}
