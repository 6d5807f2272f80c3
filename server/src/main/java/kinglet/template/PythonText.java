// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/// Values as Python writes them: `str()` and `repr()`.
final class PythonText {
  private PythonText() {}

  /// The value as `str()` gives it.
  static String str(Value value) {
    return value.plain() instanceof Value.Text(String text) ? text : repr(value);
  }

  /// The value as an expression would say it.
  static String repr(Value value) {
    StringBuilder text = new StringBuilder();
    write(text, value);
    return text.toString();
  }

  private static void write(StringBuilder text, Value value) {
    Limits.text(text.length());
    switch (value.plain()) {
      case Value.None _, Value.Undefined _ -> text.append("None");
      case Value.Bool(boolean truth) -> text.append(truth ? "True" : "False");
      case Value.Int(var number) -> text.append(number);
      case Value.Real(double number) -> text.append(real(number));
      case Value.Text(String one) -> quote(text, one);
      case Value.Items(List<Value> values, _) -> sequence(text.append('['), values).append(']');
      case Value.Pair(List<Value> values, _) ->
          sequence(text.append('('), values).append(values.size() == 1 ? ",)" : ")");
      case Value.Dict(Map<Value, Value> values, _) -> {
        text.append('{');
        String separator = "";
        for (Map.Entry<Value, Value> entry : values.entrySet()) {
          write(text.append(separator), entry.getKey());
          write(text.append(": "), entry.getValue());
          separator = ", ";
        }
        text.append('}');
      }
      case Value.Sql _, Value.Typed _, Value.Open _ -> throw Operations.onlyWritten();
    }
  }

  private static StringBuilder sequence(StringBuilder text, List<Value> values) {
    String separator = "";
    for (Value value : values) {
      write(text.append(separator), value);
      separator = ", ";
    }
    return text;
  }

  private static void quote(StringBuilder text, String value) {
    char quote = value.indexOf('\'') >= 0 && value.indexOf('"') < 0 ? '"' : '\'';
    text.append(quote);
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          if (c == quote) {
            text.append('\\').append(c);
          } else if (c < ' ' || c >= 0x7f && c <= 0xa0) {
            text.append("\\x")
                .append(Character.forDigit(c >> 4, 16))
                .append(Character.forDigit(c & 15, 16));
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append(quote);
  }

  /// The shortest text that reads back as the number.
  static String real(double number) {
    if (Double.isNaN(number)) {
      return "nan";
    }
    if (Double.isInfinite(number)) {
      return number > 0 ? "inf" : "-inf";
    }
    String sign = Double.doubleToRawLongBits(number) < 0 ? "-" : "";
    if (number == 0) {
      return sign + "0.0";
    }
    BigDecimal shortest = new BigDecimal(Double.toString(Math.abs(number))).stripTrailingZeros();
    int exponent = shortest.precision() - shortest.scale() - 1;
    if (exponent < -4 || exponent >= 16) {
      String digits = shortest.unscaledValue().toString();
      String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
      return sign + digits.charAt(0) + fraction + exponent(exponent);
    }
    String plain = shortest.toPlainString();
    return sign + (plain.indexOf('.') < 0 ? plain + ".0" : plain);
  }

  /// `e+16`, `e-05`
  static String exponent(int exponent) {
    int size = Math.abs(exponent);
    return "e" + (exponent < 0 ? "-" : "+") + (size < 10 ? "0" : "") + size;
  }
}
