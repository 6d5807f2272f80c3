// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import kinglet.error.Nearest;
import kinglet.error.PlatformException;
import kinglet.expression.Columns.Column;
import kinglet.expression.Expression.Asterisk;
import kinglet.expression.Expression.Call;
import kinglet.expression.Expression.Constant;
import kinglet.expression.Expression.Lambda;
import kinglet.expression.Expression.Name;
import kinglet.expression.Function.NullRule;
import kinglet.type.DataType;
import kinglet.value.Slot;

/// Gives expressions their types and makes them ready to run.
///
/// @param zone the zone of times whose type names none
/// @param now the column that holds the time `now` means, a `DateTime64(6)`; without it `now` is
///   refused
public record Compiler(ZoneId zone, Optional<Name> now) {
  /// A compiler of texts in which time stands still: `now` is refused.
  public static Compiler in(ZoneId zone) {
    return new Compiler(zone, Optional.empty());
  }

  /// The expression over a row of these columns, or a failure that says where it is wrong.
  public Compiled compile(Expression expression, Columns columns) {
    return compile(expression, new Scope(this, columns));
  }

  Compiled compile(Expression expression, Scope scope) {
    return switch (expression) {
      case Constant constant -> Constants.of(constant);
      case Name name -> name(name, scope);
      case Call call -> call(call, scope);
      case Lambda _ ->
          throw SourceRange.of(expression)
              .failure(
                  ExpressionError.WRONG_ARGUMENT,
                  "A lambda stands only in a function of arrays such as arrayMap");
      case Asterisk _ ->
          throw SourceRange.of(expression)
              .failure(ExpressionError.WRONG_ARGUMENT, "'*' stands only in count(*)");
    };
  }

  private Compiled name(Name name, Scope scope) {
    Columns columns = scope.columns();
    OptionalInt found = columns.find(name.table(), name.column());
    if (found.isEmpty() && name.table().isPresent()) {
      found = columns.find(Optional.empty(), name.table().get() + "." + name.column());
    }
    if (found.isPresent()) {
      return column(found.getAsInt(), columns);
    }
    if (name.table().isPresent()
        && columns.find(Optional.empty(), name.table().get()).isPresent()) {
      return element(name, scope);
    }
    throw unknownColumn(name, columns);
  }

  private static Compiled column(int place, Columns columns) {
    return Compiled.of(
        Types.read(columns.columns().get(place).type()), () -> (row, out) -> row.get(place, out));
  }

  /// `column.element` of a tuple.
  private Compiled element(Name name, Scope scope) {
    Expression tuple =
        new Name(Optional.empty(), name.table().orElseThrow(), name.start(), name.end());
    for (String part : name.column().split("\\.", -1)) {
      Constant element =
          new Constant(new kinglet.value.Literal.Text(part), name.start(), name.end());
      tuple =
          new Call(
              "tupleElement",
              List.of(),
              false,
              List.of(tuple, element),
              Optional.empty(),
              name.start(),
              name.end());
    }
    return compile(tuple, scope);
  }

  private static PlatformException unknownColumn(Name name, Columns columns) {
    String wanted = name.table().map(table -> table + ".").orElse("") + name.column();
    Stream<String> names =
        columns.columns().stream()
            .map(Column::name)
            .filter(column -> !column.isEmpty() && !column.startsWith("__"));
    return SourceRange.of(name)
        .failure(
            ExpressionError.UNKNOWN_COLUMN,
            "There is no column '" + wanted + "'" + Nearest.hint(wanted, names));
  }

  private Compiled call(Call call, Scope scope) {
    Function function =
        Functions.find(call.function())
            .orElseThrow(() ->
                SourceRange.of(call)
                    .failure(
                        ExpressionError.UNKNOWN_FUNCTION,
                        "Features have no function '"
                            + call.function()
                            + "'; a materialized view may use all functions of ClickHouse"
                            + Nearest.hint(call.function(), Functions.names())));
    if (call.window().isPresent() || call.distinct() || !call.parameters().isEmpty()) {
      throw SourceRange.of(call)
          .failure(
              ExpressionError.WRONG_ARGUMENT,
              function.name() + " is no aggregation: it takes no OVER, DISTINCT or parameters");
    }
    List<Optional<Compiled>> compiled = new ArrayList<>();
    for (Expression argument : call.arguments()) {
      compiled.add(
          argument instanceof Lambda ? Optional.empty() : Optional.of(compile(argument, scope)));
    }
    return bind(function, new Arguments(call, compiled, scope));
  }

  private static Compiled bind(Function function, Arguments arguments) {
    if (function.binder() instanceof Function.Special special) {
      Compiled bound = special.bind(arguments);
      boolean constant =
          !arguments.hasLambda() && allConstant(arguments.all()) && arguments.size() > 0;
      return constant ? bound.folded() : bound;
    }
    Function.Plain plain = (Function.Plain) function.binder();
    List<Compiled> all = arguments.all();
    if (function.nulls() != NullRule.PROPAGATES) {
      return made(plain.bind(arguments), all, false);
    }
    if (all.stream().anyMatch(argument -> Types.isNothing(argument.type()))) {
      return Constants.NULL;
    }
    List<Compiled> bare = all.stream().map(a -> a.as(Types.bare(a.type()))).toList();
    Bound bound = plain.bind(arguments.with(bare));
    boolean nullable = all.stream().anyMatch(argument -> argument.type().nullable());
    DataType type = nullable ? Types.nullable(bound.type()) : bound.type();
    if (nullable && !Types.canBeNullable(bound.type())) {
      throw arguments.failure(
          function.name()
              + " gives "
              + bound.type().sql()
              + ", which is never NULL: use assumeNotNull or ifNull for its arguments");
    }
    if (bound.dictionary() && Types.isDictionary(all) && Types.canBeInDictionary(bound.type())) {
      type = new DataType.LowCardinality(type);
    }
    return made(new Bound(type, bound.operations()), all, true);
  }

  private static boolean allConstant(List<Compiled> all) {
    return all.stream().allMatch(argument -> argument.constant().isPresent());
  }

  private static Compiled made(Bound bound, List<Compiled> all, boolean propagates) {
    Compiled compiled =
        Compiled.of(
            bound.type(),
            () -> {
              Operation operation = bound.operations().get();
              Evaluator[] arguments =
                  all.stream().map(Compiled::evaluator).toArray(Evaluator[]::new);
              return new Applied(arguments, operation, propagates);
            });
    return allConstant(all) ? compiled.folded() : compiled;
  }

  /// An operation with the values of its arguments.
  private static final class Applied implements Evaluator {
    private final Evaluator[] arguments;
    private final Operation operation;

    /// Whether the result is NULL as soon as one argument is.
    private final boolean propagates;

    private final Slot[] values;

    Applied(Evaluator[] arguments, Operation operation, boolean propagates) {
      this.arguments = arguments;
      this.operation = operation;
      this.propagates = propagates;
      this.values = Slot.array(arguments.length);
    }

    @Override
    public void evaluate(Row row, Slot out) {
      for (int i = 0; i < arguments.length; i++) {
        arguments[i].evaluate(row, values[i]);
        if (propagates && values[i].isNull()) {
          out.setNull();
          return;
        }
      }
      operation.apply(values, out);
    }
  }
}
