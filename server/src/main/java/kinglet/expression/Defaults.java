// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.util.List;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.MapValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import kinglet.value.TupleValue;

/// The value ClickHouse takes where a type has none: 0, an empty text, NULL, the first name.
final class Defaults {
  private final Slot value = new Slot();

  Defaults(DataType type) {
    if (type.nullable()) {
      return;
    }
    DataType bare = Types.bare(type);
    switch (bare) {
      case DataType.Enum(int _, List<DataType.EnumEntry> entries) ->
          value.setWhole(entries.stream().mapToInt(DataType.EnumEntry::value).min().orElseThrow());
      case DataType.Tuple(List<DataType.TupleElement> elements) ->
          value.setObject(
              new TupleValue(elements.stream().map(element -> one(element.type())).toList()));
      case DataType.Array(DataType element) ->
          value.setObject(ListValue.builder(Shape.of(element), 0).build());
      case DataType.MapOf(DataType key, DataType values) ->
          value.setObject(
              new MapValue(
                  ListValue.builder(Shape.of(key), 0).build(),
                  ListValue.builder(Shape.of(values), 0).build()));
      default -> value.set(ConversionFunctions.zero(bare));
    }
  }

  private static ListValue one(DataType type) {
    return ListValue.builder(Shape.of(type), 1).add(new Defaults(type).value).build();
  }

  void put(Slot out) {
    out.set(value);
  }
}
