// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The types a parameter may have: how its text is checked and how it looks in SQL.
sealed interface ParameterType {
  Map<String, ParameterType> BY_NAME = byName();

  String name();

  static Optional<ParameterType> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /// The value of a text, or nothing if the text is not of this type.
  Optional<Value> parse(String text);

  /// What stands for the value while a template is checked.
  default Value placeholder() {
    return switch (this) {
      case Words words -> words.placeholderText();
      case Whole whole -> whole.parse("0").orElseThrow();
      case Floating floating -> floating.parse("0.0").orElseThrow();
    };
  }

  /// The ClickHouse type of a column that can stand in the place of the values; empty where a
  /// constant means more than a column: ClickHouse reads a constant text as the time it is compared
  /// with.
  default Optional<String> openType() {
    return switch (this) {
      case Words(String name, Form form) ->
          form == Form.STRING ? Optional.of(name) : Optional.empty();
      case Whole whole -> Optional.of(whole.bare() ? "Int64" : whole.name());
      case Floating(String name) -> Optional.of(name);
    };
  }

  /// An element of an array in SQL.
  default String element(Value value) {
    return switch (this) {
      case Words _ -> SqlText.literal(PythonText.str(value));
      case Whole _, Floating _ -> PythonText.str(value);
    };
  }

  private static Map<String, ParameterType> byName() {
    Map<String, ParameterType> types = new HashMap<>();
    for (Form form : Form.values()) {
      types.put(form.name, new Words(form.name, form));
    }
    for (int bits = 8; bits <= 256; bits *= 2) {
      types.put("Int" + bits, new Whole("Int" + bits, bits, true, false));
      types.put("UInt" + bits, new Whole("UInt" + bits, bits, false, false));
    }
    types.put("Int", new Whole("Int", 64, true, true));
    types.put("Integer", new Whole("Integer", 64, true, true));
    types.put("Float32", new Floating("Float32"));
    types.put("Float64", new Floating("Float64"));
    return Map.copyOf(types);
  }

  /// The forms of texts that stay texts.
  enum Form {
    STRING("String", ""),
    UUID("UUID", "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
    DATE("Date", "(\\d{4}-\\d{2}-\\d{2})"),
    DATE_TIME("DateTime", "(\\d{4}-\\d{2}-\\d{2})(?:[ T](\\d{2}:\\d{2}:\\d{2}))?"),
    DATE_TIME_64(
        "DateTime64", "(\\d{4}-\\d{2}-\\d{2})(?:[ T](\\d{2}:\\d{2}:\\d{2})(?:\\.\\d{1,9})?)?");

    final String name;
    final Pattern pattern;

    Form(String name, String pattern) {
      this.name = name;
      this.pattern = Pattern.compile(pattern);
    }

    boolean fits(String text) {
      if (this == STRING) {
        return true;
      }
      Matcher matcher = pattern.matcher(text);
      if (!matcher.matches()) {
        return false;
      }
      try {
        if (matcher.groupCount() >= 1 && LocalDate.parse(matcher.group(1)).getYear() < 0) {
          return false;
        }
        if (matcher.groupCount() >= 2 && matcher.group(2) != null) {
          return LocalTime.parse(matcher.group(2)).getNano() == 0;
        }
        return true;
      } catch (DateTimeException _) {
        return false;
      }
    }
  }

  /// Texts, dates and times; quoted in SQL.
  record Words(String name, Form form) implements ParameterType {
    @Override
    public Optional<Value> parse(String text) {
      return form.fits(text) ? Optional.of(Value.of(text)) : Optional.empty();
    }

    private Value placeholderText() {
      return Value.of(
          switch (form) {
            case STRING -> SqlText.PLACEHOLDER;
            case UUID -> "00000000-0000-0000-0000-000000000000";
            case DATE -> "2019-01-01";
            case DATE_TIME -> "2019-01-01 00:00:00";
            case DATE_TIME_64 -> "2019-01-01 00:00:00.000";
          });
    }
  }

  /// Integers of a width; bare ones are written as the number alone.
  record Whole(String name, int bits, boolean signed, boolean bare) implements ParameterType {
    private static final Pattern DIGITS = Pattern.compile("[+-]?[0-9]{1,80}");

    @Override
    public Optional<Value> parse(String text) {
      String digits = text.strip();
      if (!DIGITS.matcher(digits).matches()) {
        return Optional.empty();
      }
      BigInteger value = new BigInteger(digits);
      boolean fits =
          signed ? value.bitLength() < bits : value.signum() >= 0 && value.bitLength() <= bits;
      if (!fits) {
        return Optional.empty();
      }
      Value number = new Value.Int(value);
      return Optional.of(
          bare ? number : new Value.Typed(number, "to" + name + "('" + value + "')"));
    }
  }

  /// Floating point numbers; the text given is kept.
  record Floating(String name) implements ParameterType {
    private static final Pattern NUMBER =
        Pattern.compile(
            "[+-]?(?:[0-9]{1,400}(?:\\.[0-9]{0,400})?|\\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,4})?");
    private static final Pattern SPECIAL = Pattern.compile("([+-]?)(inf|infinity|nan)");

    @Override
    public Optional<Value> parse(String text) {
      String written = text.strip();
      if (NUMBER.matcher(written).matches()) {
        double value = new BigDecimal(written).doubleValue();
        return Optional.of(typed(value, written));
      }
      Matcher special = SPECIAL.matcher(written.toLowerCase(Locale.ROOT));
      if (!special.matches()) {
        return Optional.empty();
      }
      double sign = special.group(1).equals("-") ? -1 : 1;
      double value = special.group(2).equals("nan") ? Double.NaN : sign * Double.POSITIVE_INFINITY;
      return Optional.of(typed(value, PythonText.real(value)));
    }

    private Value typed(double value, String written) {
      return new Value.Typed(new Value.Real(value), "to" + name + "('" + written + "')");
    }
  }
}
