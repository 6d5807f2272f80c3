// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kinglet.error.PlatformException;
import kinglet.expression.Expression.Call;
import kinglet.expression.Expression.Lambda;
import kinglet.type.DataType;
import kinglet.value.Slot;

/// The arguments of a call while it is bound.
final class Arguments {
  private final Call call;
  private final List<Optional<Compiled>> compiled;
  private final Scope scope;

  /// @param compiled empty for a lambda
  Arguments(Call call, List<Optional<Compiled>> compiled, Scope scope) {
    this.call = call;
    this.compiled = compiled;
    this.scope = scope;
  }

  /// The same call for values of other types.
  Arguments with(List<Compiled> changed) {
    return new Arguments(call, changed.stream().map(Optional::of).toList(), scope);
  }

  int size() {
    return compiled.size();
  }

  String function() {
    return call.function();
  }

  Scope scope() {
    return scope;
  }

  boolean isLambda(int index) {
    present(index);
    return compiled.get(index).isEmpty();
  }

  boolean hasLambda() {
    return compiled.stream().anyMatch(Optional::isEmpty);
  }

  private void present(int index) {
    if (index >= size()) {
      throw failure(function() + " takes more than " + size() + " arguments");
    }
  }

  Compiled get(int index) {
    present(index);
    return compiled
        .get(index)
        .orElseThrow(() -> failure(index, "A lambda is no value: " + ordinal(index) + " argument"));
  }

  List<Compiled> all() {
    return Stream.iterate(0, i -> i < size(), i -> i + 1).map(this::get).toList();
  }

  /// The type without `Nullable` and `LowCardinality`.
  DataType type(int index) {
    return Types.bare(get(index).type());
  }

  /// The body of a lambda over elements of these types.
  LambdaBody lambda(int index, List<DataType> elements) {
    if (!(call.arguments().get(index) instanceof Lambda lambda)) {
      throw failure(index, "Expected a lambda such as x -> x + 1");
    }
    if (lambda.parameters().size() != elements.size()) {
      throw failure(
          index,
          "The lambda takes "
              + lambda.parameters().size()
              + " parameters, but there are "
              + elements.size()
              + " arrays");
    }
    return scope.lambda(lambda, elements);
  }

  void count(int least, int most) {
    if (size() < least || size() > most) {
      String wanted =
          least == most
              ? Integer.toString(least)
              : most == Integer.MAX_VALUE ? least + " or more" : least + " to " + most;
      throw SourceRange.of(call)
          .failure(
              ExpressionError.WRONG_ARGUMENT,
              function() + " takes " + wanted + " arguments, not " + size());
    }
  }

  /// Intervals are no values that others could hold.
  void refuseIntervals() {
    for (int i = 0; i < size(); i++) {
      if (Intervals.unit(type(i)).isPresent()) {
        throw wrongType(i, "values other than intervals");
      }
    }
  }

  void count(int exactly) {
    count(exactly, exactly);
  }

  /// The constant text of an argument.
  String text(int index) {
    Optional<Slot> value = get(index).constant();
    if (value.isEmpty() || value.get().isNull() || !Types.isText(type(index))) {
      throw failure(index, "Expected a constant text as the " + ordinal(index) + " argument");
    }
    return value.get().text();
  }

  /// The constant whole number of an argument.
  long whole(int index) {
    Optional<Slot> value = get(index).constant();
    if (value.isEmpty()
        || value.get().isNull()
        || !(type(index) instanceof DataType.Int(int bits, boolean _))
        || bits > 64) {
      throw failure(
          index, "Expected a constant whole number as the " + ordinal(index) + " argument");
    }
    return value.get().whole();
  }

  PlatformException wrongType(int index, String wanted) {
    return failure(
        index,
        function()
            + " takes "
            + wanted
            + " as the "
            + ordinal(index)
            + " argument, not "
            + get(index).type().sql());
  }

  PlatformException failure(int index, String message) {
    return SourceRange.of(call.arguments().get(index))
        .failure(ExpressionError.WRONG_ARGUMENT, message);
  }

  /// A failure of the whole call.
  PlatformException failure(String message) {
    return SourceRange.of(call).failure(ExpressionError.WRONG_ARGUMENT, message);
  }

  PlatformException noCommonType(List<DataType> types) {
    return failure(
        function()
            + " has no common type for "
            + types.stream().map(DataType::sql).collect(Collectors.joining(", "))
            + ": convert one with CAST");
  }

  private static String ordinal(int index) {
    return switch (index) {
      case 0 -> "first";
      case 1 -> "second";
      case 2 -> "third";
      default -> (index + 1) + "th";
    };
  }
}
