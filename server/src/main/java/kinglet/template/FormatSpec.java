// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kinglet.error.PlatformException;
import org.jspecify.annotations.Nullable;

/// How one value is written into a text: what stands after the colon in `'{:>8.2f}'`.
///
/// @param align `<`, `>`, `^`, `=`, or a blank for what the type has
/// @param sign `+`, a blank, or `-` for a minus alone
/// @param alternate whether `0x` and the like stand in front
/// @param grouping `,` or `_` between thousands, or 0
/// @param precision digits or characters, or -1
/// @param type the letter of the form, or 0
record FormatSpec(
    char fill,
    char align,
    char sign,
    boolean alternate,
    int width,
    char grouping,
    int precision,
    char type) {
  private static final Pattern SPEC =
      Pattern.compile(
          "(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?([0-9]{1,7})?([,_])?(?:\\.([0-9]{1,7}))?([a-zA-Z%])?",
          Pattern.DOTALL);
  private static final int PRECISION_MAX = 1_000;

  FormatSpec {
    Limits.text(width);
    if (precision > PRECISION_MAX) {
      throw TemplateFailures.limit("a format has a precision over " + PRECISION_MAX);
    }
  }

  /// Reads what stands after a colon.
  static FormatSpec parse(String text) {
    Matcher spec = SPEC.matcher(text);
    if (!spec.matches()) {
      throw TemplateFailures.evaluation("Invalid format specifier '" + text + "'");
    }
    boolean zero = spec.group(5) != null;
    char align = first(spec.group(2), zero ? '=' : ' ');
    return new FormatSpec(
        first(spec.group(1), zero ? '0' : ' '),
        align,
        first(spec.group(3), '-'),
        spec.group(4) != null,
        number(spec.group(6), 0),
        first(spec.group(7), '\0'),
        number(spec.group(8), -1),
        first(spec.group(9), '\0'));
  }

  private static char first(@Nullable String text, char otherwise) {
    return text == null || text.isEmpty() ? otherwise : text.charAt(0);
  }

  private static int number(@Nullable String text, int otherwise) {
    return text == null ? otherwise : Integer.parseInt(text);
  }

  private boolean plain() {
    return width == 0 && precision < 0 && type == 0 && grouping == 0 && sign == '-' && align == ' ';
  }

  String apply(Value given) {
    Value value = given.plain();
    if (plain()) {
      return PythonText.str(value);
    }
    return switch (value) {
      case Value.Text(String text) -> text(text);
      case Value.Int(BigInteger number) -> whole(number, value);
      case Value.Bool _ -> whole(Operations.whole(value), value);
      case Value.Real(double number) -> real(number, value);
      default ->
          throw TemplateFailures.evaluation(
              "unsupported format string passed to " + value.typeName() + ".__format__");
    };
  }

  private String text(String text) {
    boolean allowed = (type == 0 || type == 's') && sign == '-' && grouping == 0 && !alternate;
    if (!allowed || align == '=' && fill != '0') {
      throw unknown(Value.of(text));
    }
    int length = text.codePointCount(0, text.length());
    String cut =
        precision >= 0 && precision < length
            ? text.substring(0, text.offsetByCodePoints(0, precision))
            : text;
    return padded("", cut, '<');
  }

  private PlatformException unknown(Value value) {
    return TemplateFailures.evaluation(
        "Unknown format code '"
            + (type == 0 ? "=" : type)
            + "' for object of type '"
            + value.typeName()
            + "'");
  }

  private String whole(BigInteger number, Value value) {
    return switch (type) {
      case 0, 'd', 'n' -> digits(number, 10, "");
      case 'b' -> digits(number, 2, "0b");
      case 'o' -> digits(number, 8, "0o");
      case 'x' -> digits(number, 16, "0x");
      case 'X' -> digits(number, 16, "0X");
      case 'c' -> padded("", Character.toString(codePoint(number)), '<');
      case 'e', 'E', 'f', 'F', 'g', 'G', '%' -> real(number.doubleValue(), value);
      default -> throw unknown(value);
    };
  }

  private static int codePoint(BigInteger number) {
    if (number.signum() < 0 || number.bitLength() > 20 || number.intValue() > 0x10ffff) {
      throw TemplateFailures.evaluation("%c arg not in range(0x110000)");
    }
    return number.intValue();
  }

  private String digits(BigInteger number, int radix, String prefix) {
    if (precision >= 0) {
      throw TemplateFailures.evaluation("Precision not allowed in integer format specifier");
    }
    String digits = number.abs().toString(radix);
    String cased = type == 'X' ? digits.toUpperCase(Locale.ROOT) : digits;
    String sign = sign(number.signum() < 0) + (alternate ? prefix : "");
    return padded(sign, grouped(cased, radix == 10 ? 3 : 4), '>');
  }

  private String sign(boolean negative) {
    return negative ? "-" : sign == '-' ? "" : String.valueOf(sign);
  }

  private String grouped(String digits, int size) {
    int point = digits.indexOf('.');
    int end = point < 0 ? digits.length() : point;
    boolean number = !digits.isEmpty() && Character.digit(digits.charAt(0), 16) >= 0;
    if (grouping == 0 || !number) {
      return digits;
    }
    StringBuilder grouped = new StringBuilder(digits);
    for (int at = end - size; at > 0; at -= size) {
      grouped.insert(at, grouping);
    }
    return grouped.toString();
  }

  private String real(double number, Value value) {
    boolean negative = Double.doubleToRawLongBits(number) < 0 && !Double.isNaN(number);
    double size = Math.abs(number);
    boolean finite = !Double.isNaN(size) && !Double.isInfinite(size);
    String written =
        switch (type) {
          case 0 -> precision < 0 || !finite ? PythonText.real(size) : shortened(size);
          case 'f', 'F' -> finite ? fixed(size, digits()) : PythonText.real(size);
          case 'e', 'E' -> finite ? scientific(size, digits()) : PythonText.real(size);
          case 'g', 'G', 'n' ->
              finite ? general(size, Math.max(1, digits())) : PythonText.real(size);
          case '%' -> (finite ? fixed(size * 100, digits()) : PythonText.real(size)) + "%";
          default -> throw unknown(value);
        };
    String cased = Character.isUpperCase(type) ? written.toUpperCase(Locale.ROOT) : written;
    return padded(sign(negative), grouped(cased, 3), '>');
  }

  private int digits() {
    return precision < 0 ? 6 : precision;
  }

  private static String fixed(double size, int digits) {
    return new BigDecimal(size).setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
  }

  private static String scientific(double size, int digits) {
    BigDecimal rounded =
        new BigDecimal(size).round(new MathContext(digits + 1, RoundingMode.HALF_EVEN));
    int exponent = size == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
    BigDecimal mantissa = rounded.movePointLeft(exponent);
    return mantissa.setScale(digits, RoundingMode.HALF_EVEN).toPlainString()
        + PythonText.exponent(exponent);
  }

  /// With so many significant digits, and no zeros at the end.
  private String general(double size, int digits) {
    BigDecimal rounded =
        new BigDecimal(size).round(new MathContext(digits, RoundingMode.HALF_EVEN));
    int exponent = size == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
    boolean plain = exponent >= -4 && exponent < digits;
    String written = plain ? fixed(size, digits - 1 - exponent) : scientific(size, digits - 1);
    if (alternate || written.indexOf('.') < 0) {
      return written;
    }
    int end = plain ? written.length() : written.indexOf('e');
    return written.substring(0, end).replaceFirst("\\.?0+$", "") + written.substring(end);
  }

  private String shortened(double size) {
    String written = general(size, Math.max(1, precision));
    return written.indexOf('.') < 0 && written.indexOf('e') < 0 ? written + ".0" : written;
  }

  private String padded(String sign, String text, char usual) {
    int length = sign.length() + text.codePointCount(0, text.length());
    int missing = Math.max(0, width - length);
    char side = align == ' ' || align == '=' && usual == '<' ? usual : align;
    String pad = String.valueOf(fill);
    return switch (side) {
      case '<' -> sign + text + pad.repeat(missing);
      case '^' -> pad.repeat(missing / 2) + sign + text + pad.repeat(missing - missing / 2);
      case '=' -> sign + pad.repeat(missing) + text;
      default -> pad.repeat(missing) + sign + text;
    };
  }
}
