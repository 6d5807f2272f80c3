// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.MapValue;
import kinglet.value.Slot;
import kinglet.value.TupleValue;

/// What slots hold, compared and shown by tests.
final class Texts {
  private Texts() {}

  /// Whether two values are equal, floats within a share of the larger one, or of `scale`.
  static boolean same(DataType type, Slot one, Slot other, double tolerance, double scale) {
    if (one.isNull() || other.isNull()) {
      return one.isNull() == other.isNull();
    }
    return switch (Call.plain(type)) {
      case DataType.Float _ -> same(one.real(), other.real(), tolerance, scale);
      case DataType.Array(DataType element) ->
          sameList(element, (ListValue) one.object(), (ListValue) other.object(), tolerance, scale);
      case DataType.MapOf(DataType key, DataType value) -> {
        MapValue a = (MapValue) one.object();
        MapValue b = (MapValue) other.object();
        yield sameList(key, a.keys(), b.keys(), tolerance, scale)
            && sameList(value, a.values(), b.values(), tolerance, scale);
      }
      case DataType.Tuple(List<DataType.TupleElement> elements) -> {
        boolean same = true;
        for (int i = 0; i < elements.size(); i++) {
          same &=
              sameList(
                  elements.get(i).type(),
                  ((TupleValue) one.object()).elements().get(i),
                  ((TupleValue) other.object()).elements().get(i),
                  tolerance,
                  scale);
        }
        yield same;
      }
      default -> show(type, one).equals(show(type, other));
    };
  }

  private static boolean same(double one, double other, double tolerance, double scale) {
    if (Double.isNaN(one) || Double.isNaN(other) || Double.isInfinite(one)) {
      return Double.compare(one, other) == 0;
    }
    return Math.abs(one - other)
        <= tolerance * Math.max(scale, Math.max(Math.abs(one), Math.abs(other)));
  }

  private static boolean sameList(
      DataType element, ListValue one, ListValue other, double tolerance, double scale) {
    if (one.size() != other.size()) {
      return false;
    }
    Slot a = new Slot();
    Slot b = new Slot();
    for (int i = 0; i < one.size(); i++) {
      one.get(i, a);
      other.get(i, b);
      if (!same(element, a, b, tolerance, scale)) {
        return false;
      }
    }
    return true;
  }

  /// A value as ClickHouse writes it in TSV.
  static String tsv(DataType type, Slot slot) {
    return Call.plain(type) instanceof DataType.StringType && !slot.isNull()
        ? slot.text()
        : nested(type, slot);
  }

  private static String nested(DataType type, Slot slot) {
    if (slot.isNull()) {
      return "NULL";
    }
    return switch (Call.plain(type)) {
      case DataType.Float(int bits) -> {
        String text =
            bits == 32 ? String.valueOf((float) slot.real()) : String.valueOf(slot.real());
        yield text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
      }
      case DataType.Array(DataType element) ->
          "[" + String.join(",", nestedAll(element, (ListValue) slot.object())) + "]";
      case DataType.MapOf(DataType key, DataType value) -> {
        List<String> keys = nestedAll(key, ((MapValue) slot.object()).keys());
        List<String> values = nestedAll(value, ((MapValue) slot.object()).values());
        StringJoiner pairs = new StringJoiner(",", "{", "}");
        for (int i = 0; i < keys.size(); i++) {
          pairs.add(keys.get(i) + ":" + values.get(i));
        }
        yield pairs.toString();
      }
      case DataType.Tuple(List<DataType.TupleElement> elements) -> {
        StringJoiner joiner = new StringJoiner(",", "(", ")");
        for (int i = 0; i < elements.size(); i++) {
          joiner.add(
              nestedAll(elements.get(i).type(), ((TupleValue) slot.object()).elements().get(i))
                  .getFirst());
        }
        yield joiner.toString();
      }
      default -> show(type, slot);
    };
  }

  private static List<String> nestedAll(DataType element, ListValue list) {
    Slot slot = new Slot();
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      list.get(i, slot);
      texts.add(nested(element, slot));
    }
    return texts;
  }

  private static final Pattern NUMBER = Pattern.compile("-?\\d+(?:\\.\\d+)?(?:[eE]-?\\d+)?");

  /// Whether two texts are equal but for the last digits of the numbers in them.
  static boolean sameText(String one, String other) {
    List<Double> ones = numbers(one);
    List<Double> others = numbers(other);
    if (!NUMBER.matcher(one).replaceAll("0").equals(NUMBER.matcher(other).replaceAll("0"))) {
      return false;
    }
    for (int i = 0; i < ones.size(); i++) {
      if (!same(ones.get(i), others.get(i), 1e-12, 0)) {
        return false;
      }
    }
    return true;
  }

  private static List<Double> numbers(String text) {
    return NUMBER.matcher(text).results().map(found -> Double.valueOf(found.group())).toList();
  }

  /// A value as text; not that of any format.
  static String show(DataType type, Slot slot) {
    if (slot.isNull()) {
      return "NULL";
    }
    return switch (Call.plain(type)) {
      case DataType.Float _ -> String.valueOf(slot.real());
      case DataType.StringType _ -> "'" + slot.text() + "'";
      case DataType.Array(DataType element) -> list(element, (ListValue) slot.object());
      case DataType.MapOf(DataType key, DataType value) ->
          list(key, ((MapValue) slot.object()).keys())
              + "->"
              + list(value, ((MapValue) slot.object()).values());
      case DataType.Tuple(List<DataType.TupleElement> elements) -> {
        StringJoiner joiner = new StringJoiner(",", "(", ")");
        for (int i = 0; i < elements.size(); i++) {
          joiner.add(list(elements.get(i).type(), ((TupleValue) slot.object()).elements().get(i)));
        }
        yield joiner.toString();
      }
      default ->
          switch (kinglet.value.Shape.of(type)) {
            case WHOLE ->
                Call.isUnsigned(Call.plain(type))
                    ? Long.toUnsignedString(slot.whole())
                    : String.valueOf(slot.whole());
            case BYTES ->
                new String(slot.copyBytes(), StandardCharsets.US_ASCII)
                    + HexFormat.of().formatHex(slot.copyBytes());
            default -> slot.object().toString();
          };
    };
  }

  private static String list(DataType element, ListValue list) {
    Slot slot = new Slot();
    StringJoiner joiner = new StringJoiner(",", "[", "]");
    for (int i = 0; i < list.size(); i++) {
      list.get(i, slot);
      joiner.add(show(element, slot));
    }
    return joiner.toString();
  }
}
