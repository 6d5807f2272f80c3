// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.template.Expression.ComparisonOperator;

/// Finds the values of expressions in one rendering. Owned by one thread.
final class Evaluator {
  private static final String UNTYPED_HINT =
      ". If you are using a dynamic parameter, you need to wrap it around a valid Data Type"
          + " (e.g. Int8(placeholder))";

  private final Arguments arguments;
  private final RenderMode mode;
  private final Map<String, ParameterType> arrays;
  private final List<String> required;
  private final Map<String, Value> variables = new HashMap<>();
  private final Functions functions;
  private long steps;

  /// @param arrays the element types of the parameters some `Array` call uses
  /// @param required the names of parameters without default, for messages
  Evaluator(
      Arguments arguments,
      RenderMode mode,
      Map<String, ParameterType> arrays,
      List<String> required) {
    this.arguments = arguments;
    this.mode = mode;
    this.arrays = arrays;
    this.required = required;
    this.functions = new Functions(this);
  }

  boolean checking() {
    return mode == RenderMode.CHECK;
  }

  Arguments arguments() {
    return arguments;
  }

  Functions functions() {
    return functions;
  }

  /// `a, b and c`
  String required() {
    int last = required.size() - 1;
    return last <= 0
        ? String.join("", required)
        : String.join(", ", required.subList(0, last)) + " and " + required.get(last);
  }

  void set(String name, Value value) {
    variables.put(name, value);
  }

  void set(List<String> targets, Value value) {
    if (targets.size() == 1) {
      set(targets.getFirst(), value);
      return;
    }
    List<Value> parts =
        checking() && value.absent()
            ? targets.stream().map(Evaluator::placeholder).toList()
            : Operations.elements(value);
    if (parts.size() != targets.size()) {
      throw TemplateFailures.evaluation(
          (parts.size() < targets.size() ? "not enough" : "too many")
              + " values to unpack (expected "
              + targets.size()
              + ", got "
              + parts.size()
              + ")");
    }
    for (int i = 0; i < parts.size(); i++) {
      set(targets.get(i), parts.get(i));
    }
  }

  private static Value placeholder(String name) {
    return new Value.Undefined(name);
  }

  /// Counts work against the limit.
  void charge(long work) {
    steps += 1 + work;
    if (steps > Limits.STEPS_MAX) {
      throw TemplateFailures.limit("rendering takes more steps than it may; loop less");
    }
  }

  Value evaluate(Expression expression) {
    charge(0);
    return switch (expression) {
      case Expression.Constant(Value value) -> value;
      case Expression.Name(String name) -> variable(name);
      case Expression.ListOf(List<Expression> elements) -> Value.Items.of(all(elements));
      case Expression.TupleOf(List<Expression> elements) -> Value.Pair.of(all(elements));
      case Expression.DictOf dict -> dict(dict);
      case Expression.Comprehension comprehension -> comprehension(comprehension);
      case Expression.Not(Expression operand) -> Value.of(!Operations.truth(evaluate(operand)));
      case Expression.Sign sign -> sign(sign);
      case Expression.And(Expression left, Expression right) -> {
        Value first = evaluate(left);
        yield Operations.truth(first) ? evaluate(right) : first;
      }
      case Expression.Or(Expression left, Expression right) -> {
        Value first = evaluate(left);
        yield Operations.truth(first) ? first : evaluate(right);
      }
      case Expression.Arithmetic arithmetic -> arithmetic(arithmetic);
      case Expression.Comparison comparison -> comparison(comparison);
      case Expression.Ternary(Expression condition, Expression then, Expression otherwise) ->
          evaluate(Operations.truth(evaluate(condition)) ? then : otherwise);
      case Expression.Index index -> index(index);
      case Expression.Slice slice -> slice(slice);
      case Expression.Call call -> charged(functions.call(call));
      case Expression.MethodCall call -> charged(method(call));
    };
  }

  /// The value, unless it is open: only then can something be done with it.
  @CanIgnoreReturnValue
  static Value closed(Value value) {
    if (value.open()) {
      Value unused = value.plain();
    }
    return value;
  }

  private List<Value> all(List<Expression> expressions) {
    List<Value> values = new ArrayList<>(expressions.size());
    expressions.forEach(expression -> values.add(evaluate(expression)));
    return values;
  }

  Map<String, Value> all(Map<String, Expression> expressions) {
    Map<String, Value> values = new LinkedHashMap<>();
    expressions.forEach((name, expression) -> values.put(name, evaluate(expression)));
    return values;
  }

  /// A variable the template set, or a parameter of the call.
  private Value variable(String name) {
    Value known = variables.get(name);
    if (known != null) {
      return known;
    }
    Value value = parameter(name);
    variables.put(name, value);
    return value;
  }

  private Value parameter(String name) {
    if (arguments.isOpen(name)) {
      if (arrays.containsKey(name)) {
        throw new OpenArgument(name);
      }
      return new Value.Open(name);
    }
    List<String> texts = checking() ? List.of() : arguments.texts(name);
    if (texts.isEmpty()) {
      return new Value.Undefined(name);
    }
    ParameterType element = arrays.get(name);
    if (element != null) {
      return converted(elements(texts, element), element);
    }
    return Value.of(texts.size() == 1 ? texts.getFirst() : String.join(",", texts));
  }

  /// The texts of the elements of an array parameter.
  static List<String> elements(List<String> texts, ParameterType element) {
    if (texts.size() > 1 && element instanceof ParameterType.Words) {
      return texts;
    }
    List<String> elements = new ArrayList<>();
    for (String text : texts) {
      elements.addAll(List.of(text.split(",", -1)));
      Limits.items(elements.size());
    }
    return elements;
  }

  private static Value converted(List<String> texts, ParameterType element) {
    List<Value> values = new ArrayList<>(texts.size());
    for (String text : texts) {
      values.add(element.parse(text).map(Value::plain).orElseGet(() -> Value.of(text)));
    }
    return Value.Items.of(values);
  }

  private Value dict(Expression.DictOf dict) {
    Map<Value, Value> values = new LinkedHashMap<>();
    for (int i = 0; i < dict.keys().size(); i++) {
      values.put(Value.Dict.key(evaluate(dict.keys().get(i))), evaluate(dict.values().get(i)));
    }
    return Value.Dict.of(values);
  }

  private Value comprehension(Expression.Comprehension loop) {
    List<Value> values = new ArrayList<>();
    Map<String, Optional<Value>> hidden = new HashMap<>();
    loop.targets().forEach(name -> hidden.put(name, Optional.ofNullable(variables.get(name))));
    for (Value element : iterated(evaluate(loop.source()))) {
      set(loop.targets(), element);
      boolean wanted =
          loop.condition().isEmpty() || Operations.truth(evaluate(loop.condition().get()));
      if (wanted) {
        values.add(evaluate(loop.element()));
      }
    }
    hidden.forEach((name, value) ->
        value.ifPresentOrElse(known -> variables.put(name, known), () -> variables.remove(name)));
    return Value.Items.of(values);
  }

  /// What a loop goes over; a placeholder has three elements.
  List<Value> iterated(Value value) {
    if (checking() && value.absent()) {
      Value element = new Value.Undefined("element");
      return List.of(element, element, element);
    }
    List<Value> elements = Operations.elements(value);
    charge(elements.size());
    return elements;
  }

  private Value sign(Expression.Sign sign) {
    Value value = evaluate(sign.operand()).plain();
    if (checking() && value.absent()) {
      return Value.of(0);
    }
    if (value instanceof Value.Real(double number)) {
      return new Value.Real(sign.negative() ? -number : number);
    }
    if (!Operations.isNumber(value)) {
      throw TemplateFailures.evaluation(
          "bad operand type for unary "
              + (sign.negative() ? "-" : "+")
              + ": '"
              + value.typeName()
              + "'");
    }
    var number = Operations.whole(value);
    return new Value.Int(sign.negative() ? number.negate() : number);
  }

  private Value arithmetic(Expression.Arithmetic arithmetic) {
    Value left = closed(evaluate(arithmetic.left()));
    Value right = closed(evaluate(arithmetic.right()));
    if (checking() && (left.absent() || right.absent())) {
      return left.absent() ? right : left;
    }
    Value result = Operations.arithmetic(arithmetic.operator(), left, right);
    charge(size(result));
    return result;
  }

  private Value charged(Value value) {
    charge(size(value));
    return value;
  }

  /// How much work it is to look at a value once.
  static long size(Value value) {
    return value.open() ? 0 : plainSize(value);
  }

  private static long plainSize(Value value) {
    return switch (value.plain()) {
      case Value.Text(String text) -> text.length() / 64;
      case Value.Items(_, var extent) -> extent.elements();
      case Value.Pair(_, var extent) -> extent.elements();
      case Value.Dict(_, var extent) -> extent.elements();
      case Value.Int(var number) -> number.bitLength() / 64;
      default -> 0;
    };
  }

  private Value comparison(Expression.Comparison comparison) {
    Expression leftExpression = comparison.first();
    Value left = closed(evaluate(leftExpression));
    for (int i = 0; i < comparison.operators().size(); i++) {
      Expression rightExpression = comparison.operands().get(i);
      Value right = closed(evaluate(rightExpression));
      charge(size(left.plain()) + size(right.plain()));
      if (!compare(comparison.operators().get(i), left, right, leftExpression, rightExpression)) {
        return Value.of(false);
      }
      left = right;
      leftExpression = rightExpression;
    }
    return Value.of(true);
  }

  private boolean compare(
      ComparisonOperator operator, Value left, Value right, Expression a, Expression b) {
    return switch (operator) {
      case EQUAL, IS -> Operations.equal(left, right);
      case NOT_EQUAL, IS_NOT -> !Operations.equal(left, right);
      case IN, NOT_IN -> contains(left, right) == (operator == ComparisonOperator.IN);
      case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> {
        if (!Operations.comparable(left.plain(), right.plain())) {
          checkTyped(operator, left, right, a, b);
          yield false;
        }
        int order = Operations.compare(left, right, operator.sign);
        yield order != 2
            && switch (operator) {
              case LESS -> order < 0;
              case LESS_OR_EQUAL -> order <= 0;
              case GREATER -> order > 0;
              default -> order >= 0;
            };
      }
    };
  }

  private boolean contains(Value wanted, Value container) {
    if (checking() && (container.absent() || wanted.absent())) {
      return false;
    }
    return Operations.contains(container, wanted);
  }

  /// Values without an order: an error, unless they only stand for values while checking.
  private void checkTyped(
      ComparisonOperator operator, Value left, Value right, Expression a, Expression b) {
    boolean leftParameter = isParameter(a, left);
    boolean rightParameter = isParameter(b, right);
    boolean derived = left.absent() && !leftParameter || right.absent() && !rightParameter;
    if (checking() && derived) {
      return;
    }
    throw TemplateFailures.evaluation(
        "'"
            + operator.sign
            + "' not supported between instances of '"
            + (leftParameter ? "Placeholder" : left.typeName())
            + "' and '"
            + (rightParameter ? "Placeholder" : right.typeName())
            + "'"
            + (leftParameter || rightParameter ? UNTYPED_HINT : ""));
  }

  /// Whether the value is a parameter as the call gave it, without a type.
  private boolean isParameter(Expression expression, Value value) {
    if (!(expression instanceof Expression.Name(String name))) {
      return false;
    }
    return value instanceof Value.Undefined
        || !arguments.texts(name).isEmpty() && value.equals(parameter(name));
  }

  private Value index(Expression.Index index) {
    Value target = evaluate(index.target()).plain();
    Value key = evaluate(index.index()).plain();
    if (checking() && (target.absent() || key.absent())) {
      return new Value.Undefined("element");
    }
    Value element = Operations.element(target, key);
    if (element != null) {
      return element;
    }
    if (checking()) {
      return new Value.Undefined("element");
    }
    throw TemplateFailures.evaluation(
        switch (target) {
          case Value.Text _ -> "String index out of range. Check the length of the text with len()";
          case Value.Dict _ ->
              "key not found: " + PythonText.repr(key) + ". Use .get() with a default";
          default -> target.typeName() + " index out of range";
        });
  }

  private Value slice(Expression.Slice slice) {
    Value target = evaluate(slice.target()).plain();
    if (checking() && target.absent()) {
      return target;
    }
    Optional<Integer> from = slice.from().flatMap(this::bound);
    Optional<Integer> to = slice.to().flatMap(this::bound);
    int step = slice.step().flatMap(this::bound).orElse(1);
    return switch (target) {
      case Value.Text(String text) -> {
        int[] points = text.codePoints().toArray();
        StringBuilder part = new StringBuilder();
        Slices.indexes(points.length, from, to, step).forEach(i -> part.appendCodePoint(points[i]));
        yield Value.of(part.toString());
      }
      case Value.Items(List<Value> values, _) -> Value.Items.of(Slices.of(values, from, to, step));
      case Value.Pair(List<Value> values, _) -> Value.Pair.of(Slices.of(values, from, to, step));
      default ->
          throw TemplateFailures.evaluation(
              "'" + target.typeName() + "' object is not subscriptable");
    };
  }

  private Optional<Integer> bound(Expression expression) {
    Value value = evaluate(expression).plain();
    if (value.absent()) {
      return Optional.empty();
    }
    if (!Operations.isNumber(value) || value instanceof Value.Real) {
      throw TemplateFailures.evaluation("slice indices must be integers or None");
    }
    var number = Operations.whole(value);
    return Optional.of(
        number.bitLength() < 31 ? number.intValue() : number.signum() * (Integer.MAX_VALUE - 1));
  }

  private Value method(Expression.MethodCall call) {
    Value target = closed(evaluate(call.target()));
    List<Value> values = all(call.arguments());
    Map<String, Value> keywords = all(call.keywords());
    values.forEach(Evaluator::closed);
    keywords.values().forEach(Evaluator::closed);
    charge(size(target.plain()));
    if (checking() && target.absent()) {
      return target;
    }
    boolean unknown =
        checking() && !call.method().equals("get") && values.stream().anyMatch(Value::absent);
    return unknown
        ? new Value.Undefined("result")
        : Methods.call(target.plain(), call.method(), values, keywords);
  }
}
