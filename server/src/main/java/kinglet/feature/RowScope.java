// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import kinglet.error.PlatformException;
import kinglet.expression.Columns;
import kinglet.expression.Compiled;
import kinglet.expression.Compiler;
import kinglet.expression.Expression;
import kinglet.expression.SourceRange;
import kinglet.feature.definition.DefinitionProblem;
import kinglet.type.DataType;

/// The columns that expressions of one kind may name, and which of them were named.
final class RowScope {
  /// No column of a data source is called so.
  private static final String NOW = "\u0000now";

  private final List<Columns.Column> columns = new ArrayList<>();
  private final BitSet used = new BitSet();
  private Compiler compiler = Compiler.in(ZoneOffset.UTC);

  /// @param table what may stand before the name
  void add(String table, String name, DataType type) {
    columns.add(new Columns.Column(Optional.of(table), name, type));
  }

  /// Adds the time that `now` means, at the end; without it `now` is refused.
  void addNow() {
    add("", NOW, new DataType.DateTime64(6, "UTC"));
    compiler =
        new Compiler(ZoneOffset.UTC, Optional.of(new Expression.Name(Optional.empty(), NOW, 0, 0)));
  }

  int size() {
    return columns.size();
  }

  DataType type(int place) {
    return columns.get(place).type();
  }

  /// The columns that expressions have named.
  BitSet used() {
    return (BitSet) used.clone();
  }

  OptionalInt find(Optional<String> table, String name) {
    return new Columns(columns).find(table, name);
  }

  Computed compile(Expression expression) {
    try {
      Compiled compiled = compiler.compile(expression, new Columns(columns));
      used.or(named(expression));
      return new Computed(compiled.type(), compiled::evaluator);
    } catch (PlatformException e) {
      throw new DefinitionProblem(
          SourceRange.of(e).map(SourceRange::start).orElse(expression.start()), e.text());
    }
  }

  /// The columns that an expression names, by their places. A lambda's parameter may hide one of
  /// them.
  BitSet named(Expression expression) {
    BitSet named = new BitSet();
    visit(
        expression,
        name -> {
          find(name.table(), name.column()).ifPresent(named::set);
          // `column.element` of a tuple, or of a nested column.
          name.table()
              .ifPresent(column -> {
                find(Optional.empty(), column).ifPresent(named::set);
                find(Optional.empty(), column + "." + name.column()).ifPresent(named::set);
              });
        });
    return named;
  }

  /// The names without a table that an expression has.
  static Set<String> names(Expression expression) {
    Set<String> names = new LinkedHashSet<>();
    visit(
        expression,
        name -> {
          if (name.table().isEmpty()) {
            names.add(name.column());
          }
        });
    return names;
  }

  private static void visit(Expression expression, Consumer<Expression.Name> names) {
    switch (expression) {
      case Expression.Name name -> names.accept(name);
      case Expression.Call call -> {
        call.parameters().forEach(one -> visit(one, names));
        call.arguments().forEach(one -> visit(one, names));
      }
      case Expression.Lambda lambda -> visit(lambda.body(), names);
      case Expression.Constant _, Expression.Asterisk _ -> {}
    }
  }
}
