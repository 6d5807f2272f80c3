// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
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
      use(expression);
      return new Computed(compiled.type(), compiled::evaluator);
    } catch (PlatformException e) {
      throw new DefinitionProblem(
          SourceRange.of(e).map(SourceRange::start).orElse(expression.start()), e.text());
    }
  }

  /// A lambda's parameter may hide a column, which is then read for nothing.
  private void use(Expression expression) {
    switch (expression) {
      case Expression.Name(Optional<String> table, String name, int _, int _) -> {
        find(table, name).ifPresent(used::set);
        // `column.element` of a tuple, or of a nested column.
        table.ifPresent(column -> {
          find(Optional.empty(), column).ifPresent(used::set);
          find(Optional.empty(), column + "." + name).ifPresent(used::set);
        });
      }
      case Expression.Call call -> {
        call.parameters().forEach(this::use);
        call.arguments().forEach(this::use);
      }
      case Expression.Lambda lambda -> use(lambda.body());
      case Expression.Constant _, Expression.Asterisk _ -> {}
    }
  }
}
