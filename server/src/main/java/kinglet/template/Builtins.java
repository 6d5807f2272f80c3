// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import kinglet.error.PlatformException;
import kinglet.template.Expression.ArithmeticOperator;

/// The general functions templates share with Python.
final class Builtins {
  private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]{1,1000}(?:_[0-9]{1,9}){0,9}");

  private static final int DIGITS_MAX = 1_000;

  /// How often sorting looks at one of the elements there may be.
  private static final int COMPARISONS = 17;

  private Builtins() {}

  static Value call(CallArguments given, Evaluator evaluator) {
    boolean unknown = evaluator.checking() && !given.values().isEmpty() && given.first().absent();
    return switch (given.call().function()) {
      case LEN -> Value.of(unknown ? 3 : length(given.first()));
      case SUM -> unknown ? Value.of(0) : sum(evaluator, given);
      case MIN -> unknown ? Value.of(0) : extreme(evaluator, given, -1);
      case MAX -> unknown ? Value.of(0) : extreme(evaluator, given, 1);
      case ABS -> unknown ? Value.of(0) : absolute(given);
      case ROUND -> unknown ? Value.of(0) : round(given);
      case RANGE -> unknown ? indexes(0, 3, 1) : range(given);
      case ENUMERATE -> enumerate(evaluator, given);
      case ZIP -> zip(evaluator, given);
      case SORTED -> sorted(evaluator, given);
      case REVERSED -> Value.Items.of(evaluator.iterated(given.first()).reversed());
      case ANY -> Value.of(evaluator.iterated(given.first()).stream().anyMatch(Operations::truth));
      case ALL -> Value.of(evaluator.iterated(given.first()).stream().allMatch(Operations::truth));
      case STR -> Value.of(given.values().isEmpty() ? "" : PythonText.str(given.first()));
      case INT -> unknown ? Value.of(0) : integer(given);
      case FLOAT -> unknown ? new Value.Real(0) : real(given);
      case SET -> distinct(evaluator, given);
      case LIST ->
          Value.Items.of(given.values().isEmpty() ? List.of() : evaluator.iterated(given.first()));
      case TUPLE ->
          Value.Pair.of(given.values().isEmpty() ? List.of() : evaluator.iterated(given.first()));
      case DICT -> dict(evaluator, given);
      default -> throw new IllegalStateException(given.call().name());
    };
  }

  private static int length(Value value) {
    return switch (value.plain()) {
      case Value.Text(String text) -> text.codePointCount(0, text.length());
      case Value.Items(List<Value> values, _) -> values.size();
      case Value.Pair(List<Value> values, _) -> values.size();
      case Value.Dict(Map<Value, Value> values, _) -> values.size();
      default ->
          throw TemplateFailures.evaluation(
              "object of type '" + value.typeName() + "' has no len()");
    };
  }

  private static Value sum(Evaluator evaluator, CallArguments given) {
    Value sum = given.find(1, "start").orElse(Value.of(0));
    for (Value value : evaluator.iterated(given.first())) {
      if (value.plain() instanceof Value.Text) {
        throw TemplateFailures.evaluation(
            "unsupported operand type(s) for +: 'int' and 'str'. Make sure the values have a type,"
                + " for example Array(name, 'Int32')");
      }
      sum = value.absent() ? sum : Operations.arithmetic(ArithmeticOperator.ADD, sum, value);
    }
    return sum;
  }

  private static Value extreme(Evaluator evaluator, CallArguments given, int wanted) {
    List<Value> values =
        given.values().size() > 1 ? given.values() : evaluator.iterated(given.first());
    Value otherwise = given.keywords().get("default");
    if (values.isEmpty() && otherwise != null) {
      return otherwise;
    }
    if (values.isEmpty()) {
      throw TemplateFailures.evaluation(given.call().name() + "() arg is an empty sequence");
    }
    Value best = values.getFirst();
    for (Value value : values) {
      boolean skipped = evaluator.checking() && (value.absent() || best.absent());
      if (!skipped && Operations.compare(value, best, wanted < 0 ? "<" : ">") == wanted) {
        best = value;
      }
    }
    return best;
  }

  private static PlatformException noNumber(CallArguments given, Value value) {
    return TemplateFailures.evaluation(
        given.call().name() + "() takes a number, not " + value.typeName());
  }

  private static Value absolute(CallArguments given) {
    return switch (given.first().plain()) {
      case Value.Int(BigInteger number) -> new Value.Int(number.abs());
      case Value.Bool(boolean truth) -> Value.of(truth ? 1 : 0);
      case Value.Real(double number) -> new Value.Real(Math.abs(number));
      default -> throw noNumber(given, given.first());
    };
  }

  private static Value round(CallArguments given) {
    Value value = given.first().plain();
    if (!Operations.isNumber(value)) {
      throw noNumber(given, value);
    }
    Optional<Integer> digitsGiven = given.find(1, "ndigits").map(one -> whole(given, one));
    int digits = Math.clamp(digitsGiven.orElse(0), -400, 400);
    if (!(value instanceof Value.Real(double number))) {
      BigDecimal exact = new BigDecimal(Operations.whole(value));
      return Operations.integer(
          exact.setScale(Math.min(0, digits), RoundingMode.HALF_EVEN).toBigInteger());
    }
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      throw TemplateFailures.evaluation("cannot round " + PythonText.real(number));
    }
    BigDecimal rounded = new BigDecimal(number).setScale(digits, RoundingMode.HALF_EVEN);
    return digitsGiven.isPresent()
        ? new Value.Real(rounded.doubleValue())
        : Operations.integer(rounded.toBigInteger());
  }

  private static int whole(CallArguments given, Value value) {
    if (value.plain() instanceof Value.Int(BigInteger number) && number.bitLength() < 31) {
      return number.intValue();
    }
    throw TemplateFailures.evaluation(
        given.call().name() + "() takes an integer, not " + PythonText.str(value));
  }

  private static Value range(CallArguments given) {
    int first = whole(given, given.first());
    if (given.values().size() == 1) {
      return indexes(0, first, 1);
    }
    int step = given.values().size() > 2 ? whole(given, given.at(2)) : 1;
    if (step == 0) {
      throw TemplateFailures.evaluation("range() arg 3 must not be zero");
    }
    return indexes(first, whole(given, given.at(1)), step);
  }

  private static Value indexes(long from, long to, long step) {
    long count = step > 0 ? (to - from + step - 1) / step : (from - to - step - 1) / -step;
    Limits.items(count);
    List<Value> values = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      values.add(Value.of(from + i * step));
    }
    return Value.Items.of(values);
  }

  private static Value enumerate(Evaluator evaluator, CallArguments given) {
    int start = given.find(1, "start").map(one -> whole(given, one)).orElse(0);
    List<Value> elements = evaluator.iterated(given.first());
    List<Value> pairs = new ArrayList<>(elements.size());
    for (int i = 0; i < elements.size(); i++) {
      pairs.add(Value.Pair.of(Value.of((long) start + i), elements.get(i)));
    }
    return Value.Items.of(pairs);
  }

  private static Value zip(Evaluator evaluator, CallArguments given) {
    List<List<Value>> lists = given.values().stream().map(evaluator::iterated).toList();
    int size = lists.stream().mapToInt(List::size).min().orElse(0);
    List<Value> tuples = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int index = i;
      tuples.add(Value.Pair.of(lists.stream().map(list -> list.get(index)).toList()));
    }
    return Value.Items.of(tuples);
  }

  private static Value sorted(Evaluator evaluator, CallArguments given) {
    List<Value> elements = new ArrayList<>(evaluator.iterated(given.first()));
    if (!(evaluator.checking() && elements.stream().anyMatch(Value::absent))) {
      evaluator.charge(Evaluator.size(Value.Items.of(elements)) * COMPARISONS);
      elements.sort((a, b) -> Operations.compare(a, b, "<") % 2);
    }
    boolean reverse = given.find(-1, "reverse").map(Operations::truth).orElse(false);
    if (reverse) {
      Collections.reverse(elements);
    }
    return Value.Items.of(elements);
  }

  private static Value integer(CallArguments given) {
    if (given.values().isEmpty()) {
      return Value.of(0);
    }
    Optional<Integer> base = given.find(1, "base").map(one -> whole(given, one));
    if (base.isPresent()) {
      return integer(given, base.get());
    }
    return switch (given.first().plain()) {
      case Value.Int number -> number;
      case Value.Bool(boolean truth) -> Value.of(truth ? 1 : 0);
      case Value.Real(double number) -> {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
          throw TemplateFailures.evaluation(
              "cannot convert float " + PythonText.real(number) + " to integer");
        }
        yield Operations.integer(new BigDecimal(number).toBigInteger());
      }
      case Value.Text(String text) -> {
        if (!INTEGER.matcher(text.strip()).matches()) {
          throw noInteger(text, 10);
        }
        yield Operations.integer(new BigInteger(text.strip().replace("_", "")));
      }
      default ->
          throw TemplateFailures.evaluation(
              "int() argument must be a string or a number, not '"
                  + given.first().typeName()
                  + "'");
    };
  }

  private static PlatformException noInteger(String text, int base) {
    return TemplateFailures.evaluation(
        "invalid literal for int() with base " + base + ": " + PythonText.repr(Value.of(text)));
  }

  private static Value integer(CallArguments given, int base) {
    if (base < 2 || base > 36 || !(given.first().plain() instanceof Value.Text(String text))) {
      throw TemplateFailures.evaluation("int() takes a text and a base from 2 to 36");
    }
    if (text.length() > DIGITS_MAX) {
      throw noInteger(text.substring(0, DIGITS_MAX) + "…", base);
    }
    try {
      return Operations.integer(new BigInteger(text.strip(), base));
    } catch (NumberFormatException _) {
      throw noInteger(text, base);
    }
  }

  private static Value real(CallArguments given) {
    if (given.values().isEmpty()) {
      return new Value.Real(0);
    }
    Value value = given.first().plain();
    if (Operations.isNumber(value)) {
      return new Value.Real(Operations.real(value));
    }
    if (value instanceof Value.Text(String text)) {
      return ParameterType.named("Float64")
          .flatMap(type -> type.parse(text))
          .map(Value::plain)
          .orElseThrow(() ->
              TemplateFailures.evaluation("could not convert string to float: '" + text + "'"));
    }
    throw TemplateFailures.evaluation(
        "float() argument must be a string or a number, not '" + value.typeName() + "'");
  }

  /// The different elements, in the order they came.
  private static Value distinct(Evaluator evaluator, CallArguments given) {
    Map<Value, Value> known = new LinkedHashMap<>();
    List<Value> elements = given.values().isEmpty() ? List.of() : evaluator.iterated(given.first());
    elements.forEach(value -> known.putIfAbsent(Value.Dict.key(value), value));
    return Value.Items.of(List.copyOf(known.values()));
  }

  private static Value dict(Evaluator evaluator, CallArguments given) {
    Map<Value, Value> values = new LinkedHashMap<>();
    if (!given.values().isEmpty()) {
      if (given.first().plain() instanceof Value.Dict(Map<Value, Value> known, _)) {
        values.putAll(known);
      } else {
        for (Value pair : evaluator.iterated(given.first())) {
          List<Value> parts = evaluator.iterated(pair);
          if (parts.size() < 2) {
            throw TemplateFailures.evaluation("dict() takes pairs");
          }
          values.put(Value.Dict.key(parts.getFirst()), parts.get(1));
        }
      }
    }
    given.keywords().forEach((name, value) -> values.put(Value.of(name), value));
    return Value.Dict.of(values);
  }
}
