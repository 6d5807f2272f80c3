// SPDX-License-Identifier: Apache-2.0
package kinglet.client;

import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One row of an answer: a value or `null` under the name of each column.
public final class Row {
  private final Map<String, @Nullable Object> values;

  Row(Map<String, @Nullable Object> values) {
    this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /// The values in the order of the columns: `Long`, `BigInteger`, `Double`, `Boolean`, `String`,
  /// `List`, `Map` or `null`.
  public Map<String, @Nullable Object> values() {
    return values;
  }

  /// Whether the value is NULL.
  public boolean isNull(String column) {
    return value(column) == null;
  }

  /// A whole number, or a truth as 0 and 1.
  ///
  /// @throws IllegalStateException if it is none, or does not fit into 64 bits
  public @Nullable Long getLong(String column) {
    return as(
        column,
        "a whole number of 64 bits",
        value ->
            switch (value) {
              case Long whole -> whole;
              case Boolean flag -> flag ? 1L : 0L;
              case String text -> parsedLong(text);
              default -> null;
            });
  }

  private static @Nullable Long parsedLong(String text) {
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException notOne) {
      return null;
    }
  }

  /// A number.
  public @Nullable Double getDouble(String column) {
    return as(
        column,
        "a number",
        value -> value instanceof Number number ? (Double) number.doubleValue() : null);
  }

  /// A whole number of any size.
  public @Nullable BigInteger getBigInteger(String column) {
    return as(
        column,
        "a whole number",
        value ->
            switch (value) {
              case BigInteger large -> large;
              case Long whole -> BigInteger.valueOf(whole);
              default -> null;
            });
  }

  /// A text; of other values their text in JSON's sense, such as that of a number.
  public @Nullable String getString(String column) {
    Object value = value(column);
    return value == null ? null : value.toString();
  }

  /// A truth, also a number that is not 0.
  public @Nullable Boolean getBoolean(String column) {
    return as(
        column,
        "a truth",
        value ->
            switch (value) {
              case Boolean flag -> flag;
              case Long whole -> whole != 0;
              default -> null;
            });
  }

  /// The time of a `DateTime` or `DateTime64` whose time zone is UTC, or the midnight of a `Date`.
  public @Nullable Instant getInstant(String column) {
    return as(column, "a time", value -> value instanceof String text ? parsedInstant(text) : null);
  }

  private static @Nullable Instant parsedInstant(String text) {
    try {
      if (text.length() == "2026-01-01".length()) {
        return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
      }
      String iso = text.replace(' ', 'T');
      return iso.endsWith("Z")
          ? Instant.parse(iso)
          : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
    } catch (DateTimeParseException notOne) {
      return null;
    }
  }

  /// An array, each element as [#values] has it.
  public @Nullable List<@Nullable Object> getList(String column) {
    return as(
        column, "an array", value -> value instanceof List<?> list ? unmodifiable(list) : null);
  }

  private static List<@Nullable Object> unmodifiable(List<?> list) {
    return Collections.unmodifiableList(new ArrayList<@Nullable Object>(list));
  }

  private @Nullable Object value(String column) {
    if (!values.containsKey(column)) {
      throw new NoSuchElementException(
          "the answer has no column '" + column + "', but " + String.join(", ", values.keySet()));
    }
    return values.get(column);
  }

  private <T> @Nullable T as(String column, String what, Function<Object, @Nullable T> conversion) {
    Object value = value(column);
    if (value == null) {
      return null;
    }
    T converted = conversion.apply(value);
    if (converted == null) {
      throw new IllegalStateException("'" + column + "' is " + value + ", which is not " + what);
    }
    return converted;
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
