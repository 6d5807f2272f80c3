// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import kinglet.error.PlatformException;
import kinglet.template.Expression.ArithmeticOperator;
import org.jspecify.annotations.Nullable;

/// What operators do with values, as Python has it.
final class Operations {
  /// Up to here every integer is a floating point number too.
  private static final double EXACT_MAX = 0x1p53;

  private Operations() {}

  static boolean truth(Value value) {
    return switch (value.plain()) {
      case Value.None _, Value.Undefined _ -> false;
      case Value.Bool(boolean truth) -> truth;
      case Value.Int(BigInteger number) -> number.signum() != 0;
      case Value.Real(double number) -> number != 0;
      case Value.Text(String text) -> !text.isEmpty();
      case Value.Items(List<Value> values, _) -> !values.isEmpty();
      case Value.Pair(List<Value> values, _) -> !values.isEmpty();
      case Value.Dict(var values, _) -> !values.isEmpty();
      case Value.Typed _, Value.Open _, Value.Sql _ -> true;
    };
  }

  static PlatformException onlyWritten() {
    return TemplateFailures.evaluation(
        "names, hints and secrets can only be written into the SQL, not used in expressions");
  }

  static boolean equal(Value first, Value second) {
    Value a = first.plain();
    Value b = second.plain();
    if (isNumber(a) && isNumber(b)) {
      return compareNumbers(a, b) == 0 && !isNan(a) && !isNan(b);
    }
    if (a.absent() || b.absent()) {
      return a.absent() && b.absent();
    }
    if (a instanceof Value.Items(var left, _) && b instanceof Value.Items(var right, _)) {
      return equalLists(left, right);
    }
    if (a instanceof Value.Pair(var left, _) && b instanceof Value.Pair(var right, _)) {
      return equalLists(left, right);
    }
    if (a instanceof Value.Dict left && b instanceof Value.Dict(var right, _)) {
      return left.values().size() == right.size()
          && right.entrySet().stream()
              .allMatch(entry -> {
                Value value = left.find(entry.getKey());
                return value != null && equal(value, entry.getValue());
              });
    }
    return a.equals(b);
  }

  private static boolean equalLists(List<Value> left, List<Value> right) {
    if (left.size() != right.size()) {
      return false;
    }
    for (int i = 0; i < left.size(); i++) {
      if (!equal(left.get(i), right.get(i))) {
        return false;
      }
    }
    return true;
  }

  static boolean isNumber(Value plain) {
    return plain instanceof Value.Int || plain instanceof Value.Real || plain instanceof Value.Bool;
  }

  private static boolean isNan(Value plain) {
    return plain instanceof Value.Real(double number) && Double.isNaN(number);
  }

  /// Whether two values have an order.
  static boolean comparable(Value a, Value b) {
    return isNumber(a) && isNumber(b)
        || a instanceof Value.Text && b instanceof Value.Text
        || a instanceof Value.Items && b instanceof Value.Items
        || a instanceof Value.Pair && b instanceof Value.Pair;
  }

  /// The order of two comparable values.
  static int compare(Value first, Value second, String sign) {
    Value a = first.plain();
    Value b = second.plain();
    if (isNumber(a) && isNumber(b)) {
      return compareNumbers(a, b);
    }
    if (a instanceof Value.Text(String left) && b instanceof Value.Text(String right)) {
      return compareTexts(left, right);
    }
    if (a instanceof Value.Items(var left, _) && b instanceof Value.Items(var right, _)) {
      return compareLists(left, right, sign);
    }
    if (a instanceof Value.Pair(var left, _) && b instanceof Value.Pair(var right, _)) {
      return compareLists(left, right, sign);
    }
    throw TemplateFailures.evaluation(
        "'"
            + sign
            + "' not supported between instances of '"
            + a.typeName()
            + "' and '"
            + b.typeName()
            + "'");
  }

  /// By code points, as Python does it.
  private static int compareTexts(String left, String right) {
    int length = Math.min(left.length(), right.length());
    for (int i = 0; i < length; i++) {
      if (left.charAt(i) != right.charAt(i)) {
        return Integer.compare(left.codePointAt(i), right.codePointAt(i));
      }
    }
    return Integer.compare(left.length(), right.length());
  }

  private static int compareLists(List<Value> left, List<Value> right, String sign) {
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      if (!equal(left.get(i), right.get(i))) {
        return compare(left.get(i), right.get(i), sign);
      }
    }
    return Integer.compare(left.size(), right.size());
  }

  /// The order of two numbers; 2 if one is not a number at all.
  private static int compareNumbers(Value a, Value b) {
    if (!(a instanceof Value.Real) && !(b instanceof Value.Real)) {
      return whole(a).compareTo(whole(b));
    }
    double left = real(a);
    double right = real(b);
    boolean both = Double.isFinite(left) && Double.isFinite(right);
    if (both && Math.abs(left) >= EXACT_MAX) {
      return exact(a).compareTo(exact(b));
    }
    return left < right ? -1 : left > right ? 1 : left == right ? 0 : 2;
  }

  private static BigDecimal exact(Value number) {
    return number instanceof Value.Real(double value)
        ? new BigDecimal(value)
        : new BigDecimal(whole(number));
  }

  static double real(Value number) {
    return switch (number) {
      case Value.Real(double value) -> value;
      default -> whole(number).doubleValue();
    };
  }

  static BigInteger whole(Value number) {
    return switch (number) {
      case Value.Int(BigInteger value) -> value;
      case Value.Bool(boolean value) -> value ? BigInteger.ONE : BigInteger.ZERO;
      default -> throw new IllegalArgumentException(number.typeName());
    };
  }

  static Value arithmetic(ArithmeticOperator operator, Value first, Value second) {
    Value a = first.plain();
    Value b = second.plain();
    if (a instanceof Value.Sql || b instanceof Value.Sql) {
      throw onlyWritten();
    }
    if (isNumber(a) && isNumber(b)) {
      return numbers(operator, a, b);
    }
    return switch (operator) {
      case ADD -> join(a, b);
      case MULTIPLY -> isNumber(b) ? repeat(a, b, operator) : repeat(b, a, operator);
      case REMAINDER ->
          a instanceof Value.Text(String format)
              ? Value.of(TextFormat.percent(format, b))
              : refuse(operator, a, b);
      case SUBTRACT, DIVIDE, FLOOR_DIVIDE -> refuse(operator, a, b);
    };
  }

  private static Value numbers(ArithmeticOperator operator, Value a, Value b) {
    boolean zero = compareNumbers(b, Value.of(0)) == 0;
    boolean divides =
        operator == ArithmeticOperator.DIVIDE
            || operator == ArithmeticOperator.FLOOR_DIVIDE
            || operator == ArithmeticOperator.REMAINDER;
    if (zero && divides) {
      throw TemplateFailures.evaluation("division by zero");
    }
    if (a instanceof Value.Real
        || b instanceof Value.Real
        || operator == ArithmeticOperator.DIVIDE) {
      double left = real(a);
      double right = real(b);
      return new Value.Real(
          switch (operator) {
            case ADD -> left + right;
            case SUBTRACT -> left - right;
            case MULTIPLY -> left * right;
            case DIVIDE -> left / right;
            case FLOOR_DIVIDE -> floorDivide(left, right);
            case REMAINDER -> remainder(left, right);
          });
    }
    BigInteger left = whole(a);
    BigInteger right = whole(b);
    return integer(
        switch (operator) {
          case ADD -> left.add(right);
          case SUBTRACT -> left.subtract(right);
          case MULTIPLY -> left.multiply(right);
          case FLOOR_DIVIDE -> floorDivide(left, right);
          case REMAINDER -> left.subtract(floorDivide(left, right).multiply(right));
          case DIVIDE -> throw new IllegalStateException("divided above");
        });
  }

  private static double floorDivide(double left, double right) {
    double quotient = (left - remainder(left, right)) / right;
    double floor = Math.floor(quotient);
    double whole = quotient - floor > 0.5 ? floor + 1 : floor;
    return whole == 0 ? Math.copySign(0.0, left / right) : whole;
  }

  /// What is left has the sign of the divisor.
  private static double remainder(double left, double right) {
    double rest = left % right;
    if (rest == 0) {
      return Math.copySign(0.0, right);
    }
    return rest < 0 == right < 0 ? rest : rest + right;
  }

  private static BigInteger floorDivide(BigInteger left, BigInteger right) {
    BigInteger[] parts = left.divideAndRemainder(right);
    boolean below = parts[1].signum() != 0 && parts[1].signum() != right.signum();
    return below ? parts[0].subtract(BigInteger.ONE) : parts[0];
  }

  static Value integer(BigInteger value) {
    if (value.bitLength() > Limits.INTEGER_BITS_MAX) {
      throw TemplateFailures.limit("a number has more than " + Limits.INTEGER_BITS_MAX + " bits");
    }
    return new Value.Int(value);
  }

  private static Value join(Value a, Value b) {
    if (a instanceof Value.Text(String left) && b instanceof Value.Text(String right)) {
      Limits.text((long) left.length() + right.length());
      return Value.of(left + right);
    }
    if (a instanceof Value.Items(var left, _) && b instanceof Value.Items(var right, _)) {
      return Value.Items.of(joined(left, right));
    }
    if (a instanceof Value.Pair(var left, _) && b instanceof Value.Pair(var right, _)) {
      return Value.Pair.of(joined(left, right));
    }
    if (a instanceof Value.Text) {
      throw TemplateFailures.evaluation(
          "can only concatenate str (not \"" + b.typeName() + "\") to str");
    }
    return refuse(ArithmeticOperator.ADD, a, b);
  }

  private static List<Value> joined(List<Value> left, List<Value> right) {
    Limits.items((long) left.size() + right.size());
    List<Value> all = new ArrayList<>(left);
    all.addAll(right);
    return all;
  }

  private static Value repeat(Value what, Value times, ArithmeticOperator operator) {
    if (!isNumber(times) || times instanceof Value.Real) {
      return refuse(operator, what, times);
    }
    BigInteger number = whole(times);
    int count =
        number.signum() <= 0 ? 0 : number.bitLength() > 30 ? Integer.MAX_VALUE : number.intValue();
    return switch (what) {
      case Value.Text(String text) -> {
        Limits.text((long) text.length() * count);
        yield Value.of(text.repeat(text.isEmpty() ? 0 : count));
      }
      case Value.Items(List<Value> values, _) -> Value.Items.of(repeated(values, count));
      case Value.Pair(List<Value> values, _) -> Value.Pair.of(repeated(values, count));
      default -> refuse(operator, what, times);
    };
  }

  private static List<Value> repeated(List<Value> values, int count) {
    Limits.items((long) values.size() * count);
    List<Value> all = new ArrayList<>();
    if (!values.isEmpty()) {
      Collections.nCopies(count, values).forEach(all::addAll);
    }
    return all;
  }

  private static Value refuse(ArithmeticOperator operator, Value a, Value b) {
    throw TemplateFailures.evaluation(
        "unsupported operand type(s) for "
            + operator.sign
            + ": '"
            + a.typeName()
            + "' and '"
            + b.typeName()
            + "'. Make sure both have a type, for example Int32(name)");
  }

  static boolean contains(Value container, Value wanted) {
    return switch (container.plain()) {
      case Value.Text(String text) -> {
        if (!(wanted.plain() instanceof Value.Text(String part))) {
          throw TemplateFailures.evaluation(
              "'in <string>' requires string as left operand, not " + wanted.typeName());
        }
        yield text.contains(part);
      }
      case Value.Items(List<Value> values, _) ->
          values.stream().anyMatch(one -> equal(one, wanted));
      case Value.Pair(List<Value> values, _) -> values.stream().anyMatch(one -> equal(one, wanted));
      case Value.Dict dict -> dict.find(wanted) != null;
      default ->
          throw TemplateFailures.evaluation(
              "argument of type '" + container.typeName() + "' is not iterable");
    };
  }

  /// The element of a list at an index, or of a dictionary with a key; null if there is none.
  static @Nullable Value element(Value container, Value key) {
    return switch (container.plain()) {
      case Value.Items(List<Value> values, _) -> at(values, key, "list");
      case Value.Pair(List<Value> values, _) -> at(values, key, "tuple");
      case Value.Dict dict -> dict.find(key);
      case Value.Text(String text) -> {
        int at = position(key, text.codePointCount(0, text.length()), "string");
        int start = at < 0 ? 0 : text.offsetByCodePoints(0, at);
        yield at < 0 ? null : Value.of(Character.toString(text.codePointAt(start)));
      }
      default ->
          throw TemplateFailures.evaluation(
              "'" + container.typeName() + "' object is not subscriptable");
    };
  }

  private static @Nullable Value at(List<Value> values, Value key, String what) {
    int at = position(key, values.size(), what);
    return at < 0 ? null : values.get(at);
  }

  /// The index from the start, or -1 outside.
  private static int position(Value key, int size, String what) {
    Value plain = key.plain();
    if (!isNumber(plain) || plain instanceof Value.Real) {
      throw TemplateFailures.evaluation(
          what + " indices must be integers or slices, not " + key.typeName());
    }
    BigInteger number = whole(plain);
    if (number.bitLength() > 31) {
      return -1;
    }
    long at = number.longValue() < 0 ? size + number.longValue() : number.longValue();
    return at < 0 || at >= size ? -1 : (int) at;
  }

  /// The elements a loop over the value sees.
  static List<Value> elements(Value value) {
    return switch (value.plain()) {
      case Value.Text(String text) -> {
        Limits.items(text.length());
        yield text.codePoints().mapToObj(c -> Value.of(Character.toString(c))).toList();
      }
      case Value.Items(List<Value> values, _) -> List.copyOf(values);
      case Value.Pair(List<Value> values, _) -> values;
      case Value.Dict(var values, _) -> List.copyOf(values.keySet());
      default ->
          throw TemplateFailures.evaluation("'" + value.typeName() + "' object is not iterable");
    };
  }
}
