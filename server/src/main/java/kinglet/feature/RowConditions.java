// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.ArrayList;
import java.util.List;
import kinglet.error.PlatformException;
import kinglet.expression.Evaluator;
import kinglet.expression.ExpressionParser;
import kinglet.expression.SourceRange;
import kinglet.feature.definition.DefinitionProblem;
import kinglet.feature.row.BlockRows;
import kinglet.feature.row.RowShape;
import kinglet.type.Block;
import kinglet.type.Column;
import kinglet.type.Schema;
import kinglet.value.Shape;
import kinglet.value.Slot;

/// Conditions on each row of a data source, computed as it comes in. Immutable; safe from any
/// thread.
public final class RowConditions {
  private final RowShape shape;
  private final List<Computed> conditions;

  private RowConditions(RowShape shape, List<Computed> conditions) {
    this.shape = shape;
    this.conditions = conditions;
  }

  /// Hears of each condition that does not hold for a row.
  @FunctionalInterface
  public interface Failures {
    /// @param row its place in the block
    /// @param condition its place among the conditions
    void add(int row, int condition);
  }

  /// @param conditions expressions of its columns
  /// @throws DefinitionProblem with the place in the condition that cannot be computed
  public static RowConditions compile(Schema schema, List<String> conditions) {
    RowScope row = new RowScope();
    for (Column column : schema.columns()) {
      row.add("", column.name(), column.type());
    }
    List<Computed> computed = new ArrayList<>();
    for (String condition : conditions) {
      computed.add(condition(row, condition));
    }
    return new RowConditions(
        new RowShape(schema, row.used(), new ColumnDefaults(schema, row, 0).all()), computed);
  }

  private static Computed condition(RowScope row, String text) {
    Computed computed;
    try {
      computed = row.compile(ExpressionParser.parse(text));
    } catch (PlatformException e) {
      throw new DefinitionProblem(SourceRange.of(e).map(SourceRange::start).orElse(0), e.text());
    }
    if (Shape.of(computed.type()) != Shape.WHOLE) {
      throw new DefinitionProblem(
          0, "A condition is true or false, and this is " + computed.type().sql());
    }
    return computed;
  }

  /// Tells of the rows for which a condition is false; NULL is not.
  public void check(Block block, Failures failures) {
    BlockRows rows = new BlockRows(block, 0, 0, shape);
    List<Evaluator> evaluators = conditions.stream().map(Computed::evaluator).toList();
    Slot slot = new Slot();
    while (rows.next()) {
      for (int condition = 0; condition < evaluators.size(); condition++) {
        evaluators.get(condition).evaluate(rows, slot);
        if (!slot.isNull() && !slot.isTrue()) {
          failures.add((int) rows.seq(), condition);
        }
      }
    }
  }
}
