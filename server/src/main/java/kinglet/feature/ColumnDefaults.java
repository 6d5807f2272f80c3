// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import kinglet.error.PlatformException;
import kinglet.expression.Evaluator;
import kinglet.expression.Expression;
import kinglet.expression.ExpressionParser;
import kinglet.feature.definition.DefinitionProblem;
import kinglet.type.Column;
import kinglet.type.DataType;
import kinglet.type.Schema;
import kinglet.value.ListValue;
import kinglet.value.Literal;
import kinglet.value.MapValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import kinglet.value.TupleValue;

/// What the columns of a data source are in rows that do not carry them.
final class ColumnDefaults {
  private final Schema schema;
  private final RowScope row;
  private final int problemOffset;
  private final List<Supplier<Evaluator>> defaults = new ArrayList<>();

  /// @param problemOffset where the data source is named
  ColumnDefaults(Schema schema, RowScope row, int problemOffset) {
    this.schema = schema;
    this.row = row;
    this.problemOffset = problemOffset;
    for (Column column : schema.columns()) {
      defaults.add(() -> (_, out) -> empty(column.type(), out));
    }
  }

  /// For each column; those that are named, also by the DEFAULT of another, as their DEFAULT says.
  List<Supplier<Evaluator>> all() {
    BitSet done = new BitSet();
    BitSet left = left(done);
    while (!left.isEmpty()) {
      left.stream().forEach(this::compile);
      done.or(left);
      left = left(done);
    }
    return defaults;
  }

  private BitSet left(BitSet done) {
    BitSet left = row.used();
    left.clear(schema.size(), Math.max(schema.size(), left.length()));
    left.andNot(done);
    return left;
  }

  private void compile(int place) {
    Column column = schema.column(place);
    String text = column.defaultExpression();
    if (text == null) {
      return;
    }
    try {
      Expression expression = ExpressionParser.parse(text);
      Expression type =
          new Expression.Constant(new Literal.Text(column.type().sql()), 0, text.length());
      Computed computed =
          row.compile(
              new Expression.Call(
                  "CAST",
                  List.of(),
                  false,
                  List.of(expression, type),
                  Optional.empty(),
                  0,
                  text.length()));
      defaults.set(place, computed.evaluators());
    } catch (PlatformException e) {
      throw refused(column, e.text());
    } catch (DefinitionProblem e) {
      throw refused(column, e.text());
    }
  }

  private DefinitionProblem refused(Column column, String why) {
    return new DefinitionProblem(
        problemOffset,
        "Features cannot compute the DEFAULT of '"
            + column.name()
            + "' for rows without it: "
            + why);
  }

  /// The value of a type when nothing is said.
  static void empty(DataType type, Slot out) {
    if (type.nullable()) {
      out.setNull();
      return;
    }
    switch (type) {
      case DataType.FixedString(int width) -> out.setBytes(new byte[width]);
      case DataType.Uuid _, DataType.Ipv6 _ -> out.setBytes(new byte[16]);
      case DataType.Enum(int _, List<DataType.EnumEntry> entries) ->
          out.setWhole(entries.getFirst().value());
      case DataType.LowCardinality(DataType inner) -> empty(inner, out);
      case DataType.SimpleAggregateFunction(String _, DataType inner) -> empty(inner, out);
      case DataType.Geo(String _, DataType inner) -> empty(inner, out);
      case DataType.Array(DataType element) ->
          out.setObject(ListValue.builder(Shape.of(element), 0).build());
      case DataType.Nested _ -> empty(type.wire(), out);
      case DataType.MapOf(DataType key, DataType value) ->
          out.setObject(
              new MapValue(
                  ListValue.builder(Shape.of(key), 0).build(),
                  ListValue.builder(Shape.of(value), 0).build()));
      case DataType.Tuple(List<DataType.TupleElement> elements) -> {
        List<ListValue> values = new ArrayList<>();
        Slot slot = new Slot();
        for (DataType.TupleElement element : elements) {
          empty(element.type(), slot);
          values.add(ListValue.builder(Shape.of(element.type()), 1).add(slot).build());
        }
        out.setObject(new TupleValue(values));
      }
      case DataType.Json _ -> out.setText("{}");
      default -> {
        switch (Shape.of(type)) {
          case WHOLE -> out.setWhole(0);
          case FLOAT -> out.setReal(0);
          case BIG -> out.setObject(BigInteger.ZERO);
          case BYTES -> out.setText("");
          case LIST, MAP, TUPLE -> throw new IllegalStateException("no empty " + type.sql());
        }
      }
    }
  }
}
