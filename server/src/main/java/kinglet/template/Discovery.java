// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Finds the parameters of a template by walking its tree. Owned by one thread.
final class Discovery {
  private static final Set<String> PLATFORM_NAMES =
      Set.of(
          "token",
          "debug",
          "debug_source_tables",
          "explain",
          "finalize_aggregations",
          "output_format_json_quote_64bit_integers",
          "output_format_json_quote_denormals",
          "output_format_parquet_string_as_string",
          "pipeline",
          "playground",
          "query_id",
          "release_replacements",
          "tag",
          "template_parameters",
          "__tb__semver",
          "job_timestamp");

  private static final BigInteger SAFE_MAX = BigInteger.TWO.pow(53).subtract(BigInteger.ONE);

  private final Map<String, ParameterUses> uses = new LinkedHashMap<>();
  private final Map<String, ParameterType> arrays = new LinkedHashMap<>();

  /// Names the template gives a value itself, by the place that does it.
  private final Set<String> assigned = new HashSet<>();

  private boolean control;

  List<TemplateParameter> parameters() {
    return uses.values().stream().map(ParameterUses::parameter).toList();
  }

  Map<String, ParameterType> arrays() {
    return Map.copyOf(arrays);
  }

  List<String> withoutDefault() {
    return uses.values().stream()
        .filter(ParameterUses::withoutDefault)
        .map(ParameterUses::name)
        .toList();
  }

  List<String> warnings() {
    return uses.keySet().stream()
        .filter(PLATFORM_NAMES::contains)
        .map(name ->
            "The parameter '"
                + name
                + "' has a name the platform uses itself: a call may not be able to set it")
        .toList();
  }

  void walk(List<Part> parts) {
    parts.forEach(this::part);
  }

  /// Walks a template whose variables are not seen by others.
  void walkApart(List<Part> parts) {
    assigned.clear();
    walk(parts);
  }

  private void part(Part part) {
    switch (part) {
      case Part.Literal _, Part.Break _, Part.Continue _ -> {}
      case Part.Write write -> {
        control = false;
        expression(write.expression());
      }
      case Part.Assign(List<String> targets, Expression value, _) -> {
        inControl(value);
        assigned.addAll(targets);
      }
      case Part.Evaluate(Expression expression, _) -> inControl(expression);
      case Part.If(List<Part.Branch> branches, List<Part> otherwise) -> {
        for (Part.Branch branch : branches) {
          inControl(branch.condition());
          walk(branch.body());
        }
        walk(otherwise);
      }
      case Part.For(var targets, Expression source, var body, var otherwise, _) -> {
        inControl(source);
        assigned.addAll(targets);
        walk(body);
        walk(otherwise);
      }
      case Part.While(Expression condition, var body, var otherwise, _) -> {
        inControl(condition);
        walk(body);
        walk(otherwise);
      }
      case Part.Try(var body, var except, _, var otherwise, var last) -> {
        walk(body);
        walk(except);
        walk(otherwise);
        walk(last);
      }
    }
  }

  private void inControl(Expression expression) {
    control = true;
    expression(expression);
  }

  private void expression(Expression expression) {
    switch (expression) {
      case Expression.Constant _ -> {}
      case Expression.Name(String name) -> used(name);
      case Expression.ListOf(var elements) -> elements.forEach(this::expression);
      case Expression.TupleOf(var elements) -> elements.forEach(this::expression);
      case Expression.DictOf(var keys, var values) -> {
        keys.forEach(this::expression);
        values.forEach(this::expression);
      }
      case Expression.Comprehension(var element, var targets, var source, var condition) -> {
        expression(source);
        List<String> fresh = targets.stream().filter(assigned::add).toList();
        expression(element);
        condition.ifPresent(this::expression);
        fresh.forEach(assigned::remove);
      }
      case Expression.Not(var operand) -> expression(operand);
      case Expression.Sign(_, var operand) -> expression(operand);
      case Expression.And(var left, var right) -> both(left, right);
      case Expression.Or(var left, var right) -> both(left, right);
      case Expression.Arithmetic(_, var left, var right) -> both(left, right);
      case Expression.Comparison(var first, _, var operands) -> {
        expression(first);
        operands.forEach(this::expression);
      }
      case Expression.Ternary(var condition, var then, var otherwise) -> {
        expression(condition);
        both(then, otherwise);
      }
      case Expression.Index(var target, var index) -> both(target, index);
      case Expression.Slice(var target, var from, var to, var step) -> {
        expression(target);
        from.ifPresent(this::expression);
        to.ifPresent(this::expression);
        step.ifPresent(this::expression);
      }
      case Expression.Call call -> call(call);
      case Expression.MethodCall(var target, _, var arguments, var keywords) -> {
        expression(target);
        arguments.forEach(this::expression);
        keywords.values().forEach(this::expression);
      }
    }
  }

  private void both(Expression left, Expression right) {
    expression(left);
    expression(right);
  }

  private Optional<ParameterUses> parameter(String name) {
    return assigned.contains(name)
        ? Optional.empty()
        : Optional.of(uses.computeIfAbsent(name, ParameterUses::new));
  }

  private void used(String name) {
    parameter(name).ifPresent(ParameterUses::bare);
  }

  private void call(Expression.Call call) {
    int first = 0;
    boolean named =
        !call.arguments().isEmpty() && call.arguments().getFirst() instanceof Expression.Name;
    if (named) {
      String name = ((Expression.Name) call.arguments().getFirst()).name();
      switch (call.function()) {
        case TYPED,
            BOOLEAN,
            ARRAY,
            JSON,
            COLUMN,
            COLUMNS,
            SYMBOL,
            TABLE,
            SPLIT_TO_ARRAY,
            SQL_UNESCAPE -> {
          typed(name, call);
          first = call.function() == TemplateFunction.ARRAY ? 2 : 1;
        }
        case DEFINED -> {
          parameter(name).ifPresent(ParameterUses::tested);
          first = 1;
        }
        default -> {}
      }
    }
    for (int i = first; i < call.arguments().size(); i++) {
      expression(call.arguments().get(i));
    }
    call.keywords().values().forEach(this::expression);
  }

  private void typed(String name, Expression.Call call) {
    String type = call.name();
    int position = 1;
    if (call.function() == TemplateFunction.ARRAY) {
      String element = elementType(call);
      type = "Array(" + element + ")";
      position = 2;
      ParameterType.named(element)
          .filter(_ -> !assigned.contains(name))
          .ifPresent(known -> arrays.put(name, known));
    } else if (call.function() == TemplateFunction.BOOLEAN) {
      type = "Boolean";
    } else if (call.function() == TemplateFunction.SPLIT_TO_ARRAY) {
      type = "Array(String)";
    }
    if (call.function() == TemplateFunction.SQL_UNESCAPE) {
      type = "String";
      position = Integer.MAX_VALUE;
    }
    String shown = type;
    Optional<Object> fallback = argument(call, position, "default").flatMap(Discovery::constant);
    boolean neverRequired =
        switch (call.function()) {
          case BOOLEAN, JSON, SPLIT_TO_ARRAY -> true;
          default -> keyword(call, "defined").filter(Boolean.FALSE::equals).isPresent();
        };
    parameter(name)
        .ifPresent(use ->
            use.typed(
                new ParameterUses.Use(
                    shown,
                    control,
                    fallback,
                    keyword(call, "description").map(Object::toString),
                    neverRequired ? Optional.of(false) : required(call),
                    keyword(call, "enum"),
                    keyword(call, "example"),
                    keyword(call, "format").map(Object::toString))));
  }

  private static String elementType(Expression.Call call) {
    Optional<Expression> type = argument(call, 1, "type");
    if (type.isPresent() && type.get() instanceof Expression.Name(String name)) {
      return name;
    }
    return type.flatMap(Discovery::constant).map(Object::toString).orElse("String");
  }

  private static Optional<Boolean> required(Expression.Call call) {
    return keyword(call, "required")
        .map(value ->
            !(value.equals(false)
                || value.equals(0L)
                || value.toString().equalsIgnoreCase("false")));
  }

  private static Optional<Expression> argument(Expression.Call call, int position, String name) {
    return position < call.arguments().size()
        ? Optional.of(call.arguments().get(position))
        : Optional.ofNullable(call.keywords().get(name));
  }

  private static Optional<Object> keyword(Expression.Call call, String name) {
    return Optional.ofNullable(call.keywords().get(name)).flatMap(Discovery::constant);
  }

  /// The value of an expression that is the same in every call.
  private static Optional<Object> constant(Expression expression) {
    return switch (expression) {
      case Expression.Constant(Value value) -> plain(value);
      case Expression.Sign(boolean negative, Expression.Constant(Value.Int(BigInteger number))) ->
          plain(new Value.Int(negative ? number.negate() : number));
      case Expression.Sign(boolean negative, Expression.Constant(Value.Real(double number))) ->
          Optional.of(negative ? -number : number);
      case Expression.ListOf(List<Expression> elements) -> list(elements);
      case Expression.TupleOf(List<Expression> elements) -> list(elements);
      default -> Optional.empty();
    };
  }

  private static Optional<Object> list(List<Expression> elements) {
    List<Object> values = new ArrayList<>();
    elements.forEach(element -> constant(element).ifPresent(values::add));
    return values.size() == elements.size() ? Optional.of(values) : Optional.empty();
  }

  private static Optional<Object> plain(Value value) {
    return switch (value) {
      case Value.Bool(boolean truth) -> Optional.of(truth);
      case Value.Int(BigInteger number) ->
          Optional.of(
              number.abs().compareTo(SAFE_MAX) > 0
                  ? (Object) number.toString()
                  : (Object) number.longValue());
      case Value.Real(double number) -> Optional.of(number);
      case Value.Text(String text) -> Optional.of(text);
      default -> Optional.empty();
    };
  }
}
