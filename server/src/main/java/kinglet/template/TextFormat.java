// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Texts with places for values: `'%s' % value` and `'{}'.format(value)`.
final class TextFormat {
  private static final Pattern PERCENT =
      Pattern.compile(
          "%(?:\\(([^)]*)\\))?([-+ 0#]*)([0-9]{1,7})?(?:\\.([0-9]{0,7}))?(.)?", Pattern.DOTALL);
  private static final Pattern FIELD =
      Pattern.compile(
          "([A-Za-z0-9_]*)((?:\\[[^\\[\\]{}]+\\])*)(?:!([rsa]))?(?::([^{}]*))?", Pattern.DOTALL);
  private static final Pattern KEY = Pattern.compile("\\[([^\\]]+)\\]");

  private TextFormat() {}

  /// `%s`, `%d`, `%05.2f`, `%(name)s` and the like.
  static String percent(String format, Value given) {
    List<Value> values =
        given instanceof Value.Pair(List<Value> several, _) ? several : List.of(given);
    StringBuilder text = new StringBuilder();
    int next = 0;
    int from = 0;
    Matcher place = PERCENT.matcher(format);
    while (place.find(from)) {
      text.append(format, from, place.start());
      from = place.end();
      if (place.group(5) == null) {
        throw TemplateFailures.evaluation("incomplete format");
      }
      String name = place.group(1);
      if (place.group(5).equals("%")) {
        text.append('%');
      } else if (name != null) {
        text.append(one(place, named(given, name)));
      } else if (next < values.size()) {
        text.append(one(place, values.get(next++)));
      } else {
        throw TemplateFailures.evaluation("not enough arguments for format string");
      }
      Limits.text(text.length());
    }
    boolean mapping = given instanceof Value.Dict || given instanceof Value.Items;
    if (next < values.size() && !mapping) {
      throw TemplateFailures.evaluation("not all arguments converted during string formatting");
    }
    return text.append(format, from, format.length()).toString();
  }

  private static Value named(Value given, String name) {
    if (!(given instanceof Value.Dict dict)) {
      throw TemplateFailures.evaluation("format requires a mapping");
    }
    Value value = dict.find(Value.of(name));
    if (value == null) {
      throw TemplateFailures.evaluation("key not found: '" + name + "'");
    }
    return value;
  }

  private static String one(Matcher place, Value value) {
    String flags = place.group(2);
    String digits = place.group(4);
    int precision = digits == null ? -1 : digits.isEmpty() ? 0 : Integer.parseInt(digits);
    char form = place.group(5).charAt(0);
    Value written =
        switch (form) {
          case 's' -> Value.of(PythonText.str(value));
          case 'r', 'a' -> Value.of(PythonText.repr(value));
          case 'd', 'i', 'u' -> whole(form, value, true);
          case 'o', 'x', 'X' -> whole(form, value, false);
          case 'c' -> character(value);
          case 'e', 'E', 'f', 'F', 'g', 'G' -> real(value);
          default ->
              throw TemplateFailures.evaluation("unsupported format character '" + form + "'");
        };
    boolean number = !(written instanceof Value.Text);
    boolean left = flags.indexOf('-') >= 0;
    boolean zero = number && !left && flags.indexOf('0') >= 0;
    char sign = flags.indexOf('+') >= 0 ? '+' : flags.indexOf(' ') >= 0 ? ' ' : '-';
    char type = form == 'i' || form == 'u' ? 'd' : number ? form : 's';
    if (written instanceof Value.Int && precision >= 0) {
      throw TemplateFailures.evaluation("Precision not allowed in integer format specifier");
    }
    return new FormatSpec(
            zero ? '0' : ' ',
            left ? '<' : zero ? '=' : '>',
            number ? sign : '-',
            number && flags.indexOf('#') >= 0,
            place.group(3) == null ? 0 : Integer.parseInt(place.group(3)),
            '\0',
            precision,
            type)
        .apply(written);
  }

  private static Value whole(char form, Value given, boolean truncated) {
    Value value = given.plain();
    if (value instanceof Value.Real(double number)
        && truncated
        && !Double.isNaN(number)
        && !Double.isInfinite(number)) {
      return new Value.Int(new BigDecimal(number).toBigInteger());
    }
    if (!Operations.isNumber(value) || value instanceof Value.Real) {
      throw TemplateFailures.evaluation(
          "%" + form + " format: a real number is required, not " + value.typeName());
    }
    return new Value.Int(Operations.whole(value));
  }

  private static Value character(Value value) {
    if (value.plain() instanceof Value.Text(String text)
        && text.codePointCount(0, text.length()) == 1) {
      return value.plain();
    }
    if (value.plain() instanceof Value.Int number) {
      return number;
    }
    throw TemplateFailures.evaluation("%c requires int or char");
  }

  private static Value real(Value given) {
    Value value = given.plain();
    if (!Operations.isNumber(value)) {
      throw TemplateFailures.evaluation("must be real number, not " + value.typeName());
    }
    return new Value.Real(Operations.real(value));
  }

  /// `{}`, `{0}`, `{name}`, `{0[key]}`, `{!r}` and `{:>8.2f}`.
  static String braces(String format, List<Value> values, Map<String, Value> named) {
    StringBuilder text = new StringBuilder();
    int next = 0;
    int i = 0;
    while (i < format.length()) {
      char c = format.charAt(i++);
      boolean doubled = (c == '{' || c == '}') && i < format.length() && format.charAt(i) == c;
      if (doubled) {
        i++;
        text.append(c);
      } else if (c == '{') {
        int end = format.indexOf('}', i);
        if (end < 0) {
          throw TemplateFailures.evaluation("expected '}' before end of string");
        }
        String written = format.substring(i, end);
        Matcher field = FIELD.matcher(written);
        if (!field.matches()) {
          throw TemplateFailures.evaluation(
              "format() knows {}, {0}, {name}, {name[key]}, {!r} and {:spec}, not {"
                  + written
                  + "}");
        }
        boolean numbered = field.group(1).isEmpty();
        Value value = numbered ? at(values, next++) : value(field.group(1), values, named);
        text.append(field(field, value));
        i = end + 1;
      } else if (c == '}') {
        throw TemplateFailures.evaluation("Single '}' encountered in format string");
      } else {
        text.append(c);
      }
      Limits.text(text.length());
    }
    return text.toString();
  }

  private static Value value(String name, List<Value> values, Map<String, Value> named) {
    if (name.length() < 6 && name.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return at(values, new BigInteger(name).intValue());
    }
    Value value = named.get(name);
    if (value == null) {
      throw TemplateFailures.evaluation("format() has no value for '" + name + "'");
    }
    return value;
  }

  private static Value at(List<Value> values, int index) {
    if (index >= values.size()) {
      throw TemplateFailures.evaluation("format() has too few values");
    }
    return values.get(index);
  }

  private static String field(Matcher field, Value from) {
    Value value = from;
    Matcher key = KEY.matcher(field.group(2));
    while (key.find()) {
      boolean index = key.group(1).matches("[0-9]{1,6}");
      Value name = index ? Value.of(Integer.parseInt(key.group(1))) : Value.of(key.group(1));
      Value element = Operations.element(value, name);
      if (element == null) {
        throw TemplateFailures.evaluation("key not found: " + PythonText.repr(name));
      }
      value = element;
    }
    String conversion = field.group(3);
    if (conversion != null) {
      value = Value.of(conversion.equals("s") ? PythonText.str(value) : PythonText.repr(value));
    }
    return FormatSpec.parse(field.group(4) == null ? "" : field.group(4)).apply(value);
  }
}
