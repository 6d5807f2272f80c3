// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import kinglet.type.Bytes;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.MapValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import kinglet.value.TupleValue;
import org.jspecify.annotations.Nullable;

/// Values as Java objects: a `Long` has the bits of a whole number, others are a `Double`, a
/// `String`, a `BigInteger` or a list.
final class Values {
  private Values() {}

  static void put(DataType type, @Nullable Object value, Slot into) {
    switch (value) {
      case null -> into.setNull();
      case Long whole -> into.setWhole(whole);
      case Double real -> into.setReal(real);
      case String text -> into.setText(text);
      default -> throw new IllegalArgumentException("no event has a " + type.sql());
    }
  }

  static @Nullable Object of(DataType type, Slot slot) {
    if (slot.isNull()) {
      return null;
    }
    return switch (Shape.of(type)) {
      case WHOLE -> slot.whole();
      case FLOAT -> slot.real();
      case BYTES -> slot.text();
      case BIG -> slot.object();
      case LIST -> list(bare(type), (ListValue) slot.object());
      case MAP -> {
        MapValue map = (MapValue) slot.object();
        DataType.MapOf of = (DataType.MapOf) bare(type);
        yield List.of(elements(of.key(), map.keys()), elements(of.value(), map.values()));
      }
      case TUPLE -> {
        List<DataType.TupleElement> types = ((DataType.Tuple) bare(type)).elements();
        List<ListValue> values = ((TupleValue) slot.object()).elements();
        List<@Nullable Object> tuple = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
          tuple.add(elements(types.get(i).type(), values.get(i)).getFirst());
        }
        yield tuple;
      }
    };
  }

  private static List<@Nullable Object> list(DataType type, ListValue values) {
    if (type instanceof DataType.Array(DataType element)) {
      return elements(element, values);
    }
    throw new IllegalArgumentException("no list: " + type.sql());
  }

  private static List<@Nullable Object> elements(DataType type, ListValue values) {
    List<@Nullable Object> list = new ArrayList<>();
    Slot slot = new Slot();
    for (int i = 0; i < values.size(); i++) {
      values.get(i, slot);
      list.add(of(type, slot));
    }
    return list;
  }

  /// The type without what only says how it is stored or that it may be NULL.
  static DataType bare(DataType type) {
    return switch (type) {
      case DataType.NullableOf(DataType inner) -> bare(inner);
      case DataType.LowCardinality(DataType inner) -> bare(inner);
      case DataType.Array(DataType element) -> new DataType.Array(bare(element));
      default -> type;
    };
  }

  static boolean isUnsigned(DataType type) {
    return switch (bare(type)) {
      case DataType.Int(int _, boolean signed) -> !signed;
      case DataType.Bool _, DataType.Date _, DataType.DateTime _, DataType.Ipv4 _ -> true;
      default -> false;
    };
  }

  /// The order of values that are not NULL; strings by their bytes.
  static int compare(DataType type, Object one, Object other) {
    return switch (one) {
      case Long whole ->
          isUnsigned(type)
              ? Long.compareUnsigned(whole, (Long) other)
              : Long.compare(whole, (Long) other);
      case Double real -> Double.compare(real + 0.0, (Double) other + 0.0);
      case String text ->
          Arrays.compareUnsigned(
              text.getBytes(StandardCharsets.UTF_8),
              ((String) other).getBytes(StandardCharsets.UTF_8));
      default -> throw new IllegalArgumentException("no order: " + type.sql());
    };
  }

  /// Writes a value in ClickHouse's format `RowBinary`.
  static void write(DataType type, @Nullable Object value, Bytes to) {
    switch (type) {
      case DataType.NullableOf(DataType inner) -> {
        to.putByte(value == null ? 1 : 0);
        if (value != null) {
          write(inner, value, to);
        }
      }
      case DataType.LowCardinality(DataType inner) -> write(inner, value, to);
      case DataType.StringType _ -> {
        byte[] text = ((String) present(value)).getBytes(StandardCharsets.UTF_8);
        to.putString(text, 0, text.length);
      }
      case DataType.Float(int bits) -> {
        double real = (Double) present(value);
        if (bits == Float.SIZE) {
          to.putInt(Float.floatToRawIntBits((float) real));
        } else {
          to.putLong(Double.doubleToRawLongBits(real));
        }
      }
      default -> {
        long whole = (Long) present(value);
        for (int i = 0; i < type.width(); i++) {
          to.putByte((int) (whole >>> (8 * i)));
        }
      }
    }
  }

  private static Object present(@Nullable Object value) {
    if (value == null) {
      throw new IllegalArgumentException("NULL in a column that is not Nullable");
    }
    return value;
  }

  /// Whether a value is what a model expects.
  static boolean same(@Nullable Object actual, @Nullable Object expected, double tolerance) {
    return switch (expected) {
      case null -> actual == null;
      case Double wanted -> actual instanceof Double given && isNear(given, wanted, tolerance);
      case Long wanted when tolerance > 0 ->
          actual instanceof Long given && Math.abs((double) (given - wanted)) <= tolerance;
      case List<?> wanted when Double.isInfinite(tolerance) ->
          actual instanceof List<?> given && given.size() <= wanted.size();
      case List<?> wanted -> actual instanceof List<?> given && areSame(given, wanted, tolerance);
      default -> expected.equals(actual);
    };
  }

  private static boolean areSame(List<?> actual, List<?> expected, double tolerance) {
    if (actual.size() != expected.size()) {
      return false;
    }
    for (int i = 0; i < expected.size(); i++) {
      if (!same(actual.get(i), expected.get(i), tolerance)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isNear(double actual, double expected, double tolerance) {
    return actual == expected
        || (Double.isNaN(actual) && Double.isNaN(expected))
        || Math.abs(actual - expected) <= tolerance;
  }

  /// A whole number wrapped to the width of a type.
  static long wrap(BigInteger value, DataType.Int type) {
    long bits = value.longValue();
    int unused = Long.SIZE - type.bits();
    return type.signed() ? bits << unused >> unused : bits << unused >>> unused;
  }

  /// The whole number that the bits mean.
  static BigInteger whole(long bits, DataType type) {
    BigInteger value = BigInteger.valueOf(bits);
    return isUnsigned(type) && bits < 0 ? value.add(BigInteger.ONE.shiftLeft(Long.SIZE)) : value;
  }
}
