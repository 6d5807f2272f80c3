// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.time.ZoneId;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import kinglet.expression.Function.NullRule;
import kinglet.expression.Function.Plain;
import kinglet.expression.Orders.Order;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.MapValue;
import kinglet.value.Shape;
import kinglet.value.Slot;

/// Functions of maps.
final class MapFunctions {
  private MapFunctions() {}

  static FunctionGroup group() {
    return new FunctionGroup("Maps")
        .add(
            "map",
            "map(key, value, ...)",
            "A map of the pairs.",
            NullRule.OWN,
            "map('a', 1, 'b', 2)",
            (Plain) MapFunctions::map)
        .add(
            "mapKeys",
            "mapKeys(map)",
            "The keys as an array.",
            "mapKeys(map('a', 1))",
            arguments -> {
              arguments.count(1);
              DataType.MapOf type = type(arguments);
              return Bound.of(
                  new DataType.Array(type.key()),
                  (in, out) -> out.setObject(((MapValue) in[0].object()).keys()));
            })
        .add(
            "mapValues",
            "mapValues(map)",
            "The values as an array.",
            "mapValues(map('a', 1))",
            arguments -> {
              arguments.count(1);
              DataType.MapOf type = type(arguments);
              return Bound.of(
                  new DataType.Array(type.value()),
                  (in, out) -> out.setObject(((MapValue) in[0].object()).values()));
            })
        .add(
            "mapContainsKey mapContains",
            "mapContains(map, key)",
            "1 if the map has the key.",
            NullRule.NEVER,
            "mapContains(map('a', 1), 'b')",
            (Plain) MapFunctions::contains);
  }

  private static DataType.MapOf type(Arguments arguments) {
    if (arguments.type(0) instanceof DataType.MapOf type) {
      return type;
    }
    throw arguments.wrongType(0, "a map");
  }

  private static Bound map(Arguments arguments) {
    arguments.refuseIntervals();
    if (arguments.size() % 2 != 0) {
      throw arguments.failure("map takes pairs of a key and a value");
    }
    List<Compiled> all = arguments.all();
    List<Compiled> keys = IntStream.range(0, all.size() / 2).mapToObj(i -> all.get(2 * i)).toList();
    List<Compiled> values =
        IntStream.range(0, all.size() / 2).mapToObj(i -> all.get(2 * i + 1)).toList();
    DataType key = ConditionalFunctions.common(arguments, keys);
    DataType value = ConditionalFunctions.common(arguments, values);
    if (key.nullable() || Types.isFloat(key)) {
      throw arguments.failure("The keys of a map are not " + key.sql());
    }
    ZoneId zone = arguments.scope().zone();
    List<Supplier<Converter>> converters =
        IntStream.range(0, all.size())
            .mapToObj(i ->
                Converter.of(all.get(i).type(), i % 2 == 0 ? key : value, zone)
                    .orElseThrow(() -> arguments.noCommonType(List.of(all.get(i).type()))))
            .toList();
    return new Bound(
        new DataType.MapOf(key, value),
        () -> {
          Converter[] own = converters.stream().map(Supplier::get).toArray(Converter[]::new);
          Slot slot = new Slot();
          return (in, out) -> {
            ListValue.Builder left = ListValue.builder(Shape.of(key), in.length / 2);
            ListValue.Builder right = ListValue.builder(Shape.of(value), in.length / 2);
            for (int i = 0; i < in.length; i++) {
              own[i].convert(in[i], slot);
              ListValue.Builder side = i % 2 == 0 ? left : right;
              side.add(slot);
            }
            out.setObject(new MapValue(left.build(), right.build()));
          };
        });
  }

  /// The place of a key, or -1.
  private static int find(ListValue keys, Slot key, Order order, Slot slot) {
    for (int i = 0; i < keys.size(); i++) {
      keys.get(i, slot);
      if (Orders.nullable(slot, key, order) == 0) {
        return i;
      }
    }
    return -1;
  }

  private static void checkKey(Arguments arguments, DataType.MapOf type) {
    if (arguments.get(1).type().nullable()) {
      throw arguments.wrongType(1, "a key that is never NULL");
    }
    boolean wide = Types.isInt(arguments.type(1)) && Shape.of(arguments.type(1)) == Shape.BIG;
    if (wide || Orders.of(type.key(), arguments.type(1), arguments.scope().zone()).isEmpty()) {
      throw arguments.wrongType(1, "a key of type " + type.key().sql());
    }
  }

  static Bound contains(Arguments arguments) {
    arguments.count(2);
    DataType.MapOf type = type(arguments);
    checkKey(arguments, type);
    ZoneId zone = arguments.scope().zone();
    return new Bound(
        Types.UINT8,
        () -> {
          Order order = Orders.of(type.key(), arguments.type(1), zone).orElseThrow();
          Slot slot = new Slot();
          return (in, out) ->
              out.setBool(find(((MapValue) in[0].object()).keys(), in[1], order, slot) >= 0);
        });
  }

  /// `map[key]`.
  static Bound value(Arguments arguments) {
    DataType.MapOf type = type(arguments);
    checkKey(arguments, type);
    if (Types.isInt(type.key()) && !Types.isInt(arguments.type(1))) {
      throw arguments.wrongType(1, "an integer");
    }
    ZoneId zone = arguments.scope().zone();
    return new Bound(
        type.value(),
        () -> {
          Order order = Orders.of(type.key(), arguments.type(1), zone).orElseThrow();
          Slot slot = new Slot();
          Defaults absent = new Defaults(type.value());
          return (in, out) -> {
            if (in[0].isNull()) {
              out.setNull();
              return;
            }
            MapValue map = (MapValue) in[0].object();
            int place = find(map.keys(), in[1], order, slot);
            if (place < 0) {
              absent.put(out);
            } else {
              map.values().get(place, out);
            }
          };
        });
  }
}
