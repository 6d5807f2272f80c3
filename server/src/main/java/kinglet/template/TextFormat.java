// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Texts with places for values: `'%s' % value` and `'{}'.format(value)`, the plain forms.
final class TextFormat {
  private TextFormat() {}

  /// `%s`, `%d`, `%f`, `%.2f` and `%%`.
  static String percent(String format, Value value) {
    List<Value> values =
        value instanceof Value.Pair(List<Value> several, _) ? several : List.of(value);
    StringBuilder text = new StringBuilder();
    int next = 0;
    int i = 0;
    while (i < format.length()) {
      char c = format.charAt(i++);
      if (c != '%') {
        text.append(c);
        continue;
      }
      int digits = -1;
      if (i + 1 < format.length() && format.charAt(i) == '.') {
        digits = Character.digit(format.charAt(i + 1), 10);
        i += 2;
      }
      char form = i < format.length() ? format.charAt(i++) : ' ';
      if (form == '%') {
        text.append('%');
        continue;
      }
      if (next >= values.size()) {
        throw TemplateFailures.evaluation("not enough arguments for format string");
      }
      text.append(one(form, digits, values.get(next++)));
      Limits.text(text.length());
    }
    if (next < values.size()) {
      throw TemplateFailures.evaluation("not all arguments converted during string formatting");
    }
    return text.toString();
  }

  private static String one(char form, int digits, Value value) {
    boolean number = Operations.isNumber(value.plain());
    return switch (form) {
      case 's' -> Operations.text(value);
      case 'd' -> {
        if (!number) {
          throw TemplateFailures.evaluation(
              "%d format: a real number is required, not " + value.typeName());
        }
        yield value.plain() instanceof Value.Real(double real)
            ? String.format(Locale.ROOT, "%.0f", real < 0 ? Math.ceil(real) : Math.floor(real))
            : Operations.whole(value.plain()).toString();
      }
      case 'f' -> {
        if (!number) {
          throw TemplateFailures.evaluation("must be real number, not " + value.typeName());
        }
        yield String.format(
            Locale.ROOT, "%." + (digits < 0 ? 6 : digits) + "f", Operations.real(value.plain()));
      }
      default -> throw TemplateFailures.evaluation("unsupported format character '" + form + "'");
    };
  }

  /// `{}`, `{0}` and `{name}`.
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
        String field = format.substring(i, end);
        Value value = field.isEmpty() ? at(values, next++) : field(field, values, named);
        text.append(Operations.text(value));
        i = end + 1;
      } else {
        text.append(c);
      }
      Limits.text(text.length());
    }
    return text.toString();
  }

  private static Value field(String field, List<Value> values, Map<String, Value> named) {
    if (field.length() < 6 && field.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return at(values, new BigInteger(field).intValue());
    }
    Value value = named.get(field);
    if (value == null) {
      throw TemplateFailures.evaluation(
          "format() knows {}, {0} and {name} alone; '" + field + "' has no value");
    }
    return value;
  }

  private static Value at(List<Value> values, int index) {
    if (index >= values.size()) {
      throw TemplateFailures.evaluation("format() has too few values");
    }
    return values.get(index);
  }
}
