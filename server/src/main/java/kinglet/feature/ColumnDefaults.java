// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import kinglet.expression.Evaluator;
import kinglet.type.Column;
import kinglet.type.DataType;
import kinglet.type.Schema;
import kinglet.value.ListValue;
import kinglet.value.MapValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import kinglet.value.TupleValue;

/// What the columns of a data source are in rows that do not carry them.
record ColumnDefaults(Schema schema, RowScope row) {
  List<Supplier<Evaluator>> all() {
    List<Supplier<Evaluator>> defaults = new ArrayList<>();
    for (Column column : schema.columns()) {
      defaults.add(() -> (_, out) -> empty(column.type(), out));
    }
    return defaults;
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
