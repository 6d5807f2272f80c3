// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.math.BigInteger;
import java.util.Locale;
import kinglet.expression.Expression.Constant;
import kinglet.type.DataType;
import kinglet.value.Literal;
import kinglet.value.Slot;

/// Types and values of constants, as ClickHouse gives them.
final class Constants {
  static final Compiled NULL = Compiled.constant(Types.NOTHING, new Slot());

  private static final BigInteger UINT64_MAX = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);
  private static final BigInteger INT64_MIN = BigInteger.TWO.pow(63).negate();

  private Constants() {}

  static Compiled of(Constant constant) {
    return switch (constant.value()) {
      case Literal.Null _ -> NULL;
      case Literal.Truth(boolean value) -> {
        Slot slot = new Slot();
        slot.setBool(value);
        yield Compiled.constant(new DataType.Bool(), slot);
      }
      case Literal.Text(String value) -> text(value);
      case Literal.Number(String text) -> number(text.replace("_", ""), SourceRange.of(constant));
    };
  }

  static Compiled text(String value) {
    Slot slot = new Slot();
    slot.setText(value);
    return Compiled.constant(Types.STRING, slot);
  }

  static Compiled whole(DataType type, long value) {
    Slot slot = new Slot();
    slot.setWhole(value);
    return Compiled.constant(type, slot);
  }

  private static Compiled number(String text, SourceRange range) {
    String digits = text.startsWith("-") ? text.substring(1) : text;
    boolean negative = digits.length() < text.length();
    String lower = digits.toLowerCase(Locale.ROOT);
    try {
      if (lower.startsWith("inf")) {
        return real(negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
      }
      if (lower.equals("nan")) {
        return real(Double.NaN);
      }
      if (lower.startsWith("0x") && (lower.contains(".") || lower.contains("p"))) {
        return real(Double.parseDouble(text + (lower.contains("p") ? "" : "p0")));
      }
      boolean radix = lower.startsWith("0x") || lower.startsWith("0b");
      if (!radix && (lower.contains(".") || lower.contains("e"))) {
        return real(Double.parseDouble(text));
      }
      BigInteger value =
          radix
              ? new BigInteger(lower.substring(2), lower.charAt(1) == 'x' ? 16 : 2)
              : new BigInteger(lower);
      value = negative ? value.negate() : value;
      if (value.compareTo(UINT64_MAX) > 0 || value.compareTo(INT64_MIN) < 0) {
        return real(value.doubleValue());
      }
      return whole(smallest(value), value.longValue());
    } catch (NumberFormatException _) {
      throw range.failure(ExpressionError.EXPRESSION_SYNTAX, "'" + text + "' is no number");
    }
  }

  private static Compiled real(double value) {
    Slot slot = new Slot();
    slot.setReal(value);
    return Compiled.constant(Types.FLOAT64, slot);
  }

  private static DataType smallest(BigInteger value) {
    boolean signed = value.signum() < 0;
    int bits = 8;
    while (value.bitLength() > bits - (signed ? 1 : 0)) {
      bits *= 2;
    }
    return new DataType.Int(bits, signed);
  }
}
