// SPDX-License-Identifier: Apache-2.0
package kinglet.type;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A ClickHouse data type.
public sealed interface DataType {
  /// The type a text such as `Array(Nullable(Decimal(10, 2)))` means, or a [PlatformException] that
  /// says where it is wrong.
  static DataType parse(String text) {
    return new TypeParser(text).parse();
  }

  /// The text ClickHouse prints for this type.
  String sql();

  /// The type a column of this type has in a [Block]: what ClickHouse turns into the column's type
  /// by itself when it is inserted.
  default DataType wire() {
    return this;
  }

  /// How many streams of bytes a column of this type has in a [Block].
  default int streams() {
    return 1;
  }

  /// The bytes of one value where every value has the same, otherwise 0.
  default int width() {
    return 0;
  }

  /// Whether a value of this type may be NULL.
  default boolean nullable() {
    return false;
  }

  /// Whether rows can carry values of this type; the others are filled by ClickHouse alone.
  default boolean writable() {
    return true;
  }

  record StringType() implements DataType {
    @Override
    public String sql() {
      return "String";
    }
  }

  record FixedString(int width) implements DataType {
    public FixedString {
      TypeParser.check(width > 0, "FixedString needs a length above 0");
    }

    @Override
    public String sql() {
      return "FixedString(" + width + ")";
    }
  }

  /// `Int8` to `Int256`, `UInt8` to `UInt256`.
  record Int(int bits, boolean signed) implements DataType {
    @Override
    public String sql() {
      return (signed ? "Int" : "UInt") + bits;
    }

    @Override
    public int width() {
      return bits / 8;
    }
  }

  /// `Float32`, `Float64`.
  record Float(int bits) implements DataType {
    @Override
    public String sql() {
      return "Float" + bits;
    }

    @Override
    public int width() {
      return bits / 8;
    }
  }

  record Decimal(int precision, int scale) implements DataType {
    public static final int PRECISION_MAX = 76;

    public Decimal {
      TypeParser.check(
          precision >= 1 && precision <= PRECISION_MAX,
          "Decimal needs a precision from 1 to 76, not " + precision);
      TypeParser.check(
          scale >= 0 && scale <= precision,
          "Decimal needs a scale from 0 to its precision, not " + scale);
    }

    @Override
    public String sql() {
      return "Decimal(" + precision + ", " + scale + ")";
    }

    @Override
    public int width() {
      return precision <= 9 ? 4 : precision <= 18 ? 8 : precision <= 38 ? 16 : 32;
    }
  }

  record Bool() implements DataType {
    @Override
    public String sql() {
      return "Bool";
    }

    @Override
    public int width() {
      return 1;
    }
  }

  record Date() implements DataType {
    @Override
    public String sql() {
      return "Date";
    }

    @Override
    public int width() {
      return 2;
    }
  }

  record Date32() implements DataType {
    @Override
    public String sql() {
      return "Date32";
    }

    @Override
    public int width() {
      return 4;
    }
  }

  /// Seconds, shown and read in `zone` or else in the server's zone.
  record DateTime(@Nullable String zone) implements DataType {
    @Override
    public String sql() {
      return zone == null ? "DateTime" : "DateTime(" + TypeParser.quote(zone) + ")";
    }

    @Override
    public int width() {
      return 4;
    }
  }

  /// Ticks of 10^-precision seconds.
  record DateTime64(int precision, @Nullable String zone) implements DataType {
    public DateTime64 {
      TypeParser.check(
          precision >= 0 && precision <= 9,
          "DateTime64 needs a precision from 0 to 9, not " + precision);
    }

    @Override
    public String sql() {
      return "DateTime64(" + precision + (zone == null ? "" : ", " + TypeParser.quote(zone)) + ")";
    }

    @Override
    public int width() {
      return 8;
    }
  }

  record Uuid() implements DataType {
    @Override
    public String sql() {
      return "UUID";
    }

    @Override
    public int width() {
      return 16;
    }
  }

  record Ipv4() implements DataType {
    @Override
    public String sql() {
      return "IPv4";
    }

    @Override
    public int width() {
      return 4;
    }
  }

  record Ipv6() implements DataType {
    @Override
    public String sql() {
      return "IPv6";
    }

    @Override
    public int width() {
      return 16;
    }
  }

  /// `Enum8` or `Enum16`.
  record Enum(int bits, List<EnumEntry> entries) implements DataType {
    public Enum {
      entries = List.copyOf(entries);
      TypeParser.checkEnum(bits, entries);
    }

    @Override
    public String sql() {
      return entries.stream()
          .map(entry -> TypeParser.quote(entry.name()) + " = " + entry.value())
          .collect(Collectors.joining(", ", "Enum" + bits + "(", ")"));
    }

    @Override
    public int width() {
      return bits / 8;
    }
  }

  record EnumEntry(String name, int value) {}

  record Array(DataType element) implements DataType {
    @Override
    public String sql() {
      return "Array(" + element.sql() + ")";
    }

    @Override
    public DataType wire() {
      return new Array(element.wire());
    }

    @Override
    public int streams() {
      return 1 + element.streams();
    }

    @Override
    public boolean writable() {
      return element.writable();
    }
  }

  record NullableOf(DataType inner) implements DataType {
    @Override
    public String sql() {
      return "Nullable(" + inner.sql() + ")";
    }

    @Override
    public DataType wire() {
      return new NullableOf(inner.wire());
    }

    @Override
    public int streams() {
      return 1 + inner.streams();
    }

    @Override
    public boolean nullable() {
      return true;
    }
  }

  record LowCardinality(DataType inner) implements DataType {
    @Override
    public String sql() {
      return "LowCardinality(" + inner.sql() + ")";
    }

    @Override
    public DataType wire() {
      return inner.wire();
    }

    @Override
    public int streams() {
      return inner.streams();
    }

    @Override
    public boolean nullable() {
      return inner.nullable();
    }
  }

  record MapOf(DataType key, DataType value) implements DataType {
    @Override
    public String sql() {
      return "Map(" + key.sql() + ", " + value.sql() + ")";
    }

    @Override
    public DataType wire() {
      return new MapOf(key.wire(), value.wire());
    }

    @Override
    public int streams() {
      return 1 + key.streams() + value.streams();
    }
  }

  record Tuple(List<TupleElement> elements) implements DataType {
    public Tuple {
      elements = List.copyOf(elements);
      TypeParser.checkTuple(elements);
    }

    /// Whether the elements have names.
    public boolean named() {
      return !elements.isEmpty() && elements.getFirst().name() != null;
    }

    @Override
    public String sql() {
      return elements.stream()
          .map(TupleElement::sql)
          .collect(Collectors.joining(", ", "Tuple(", ")"));
    }

    @Override
    public DataType wire() {
      return new Tuple(
          elements.stream()
              .map(element -> new TupleElement(element.name(), element.type().wire()))
              .toList());
    }

    @Override
    public int streams() {
      return elements.stream().mapToInt(element -> element.type().streams()).sum();
    }
  }

  /// An element of a tuple or a nested structure.
  record TupleElement(@Nullable String name, DataType type) {
    String sql() {
      return name == null ? type.sql() : TypeParser.identifier(name) + " " + type.sql();
    }
  }

  /// A repeated group of columns, kept by ClickHouse as one array column per element.
  record Nested(List<TupleElement> elements) implements DataType {
    public Nested {
      elements = List.copyOf(elements);
      TypeParser.checkTuple(elements);
    }

    @Override
    public String sql() {
      return elements.stream()
          .map(TupleElement::sql)
          .collect(Collectors.joining(", ", "Nested(", ")"));
    }

    @Override
    public DataType wire() {
      return new Array(new Tuple(elements).wire());
    }

    @Override
    public int streams() {
      return wire().streams();
    }
  }

  /// `JSON`, with its arguments as written; its values travel as text.
  record Json(@Nullable String arguments) implements DataType {
    @Override
    public String sql() {
      return arguments == null ? "JSON" : "JSON(" + arguments + ")";
    }

    @Override
    public DataType wire() {
      return new StringType();
    }
  }

  /// The state of an aggregation; filled by materialized views, never by rows.
  record AggregateFunction(String arguments) implements DataType {
    @Override
    public String sql() {
      return "AggregateFunction(" + arguments + ")";
    }

    @Override
    public boolean writable() {
      return false;
    }
  }

  record SimpleAggregateFunction(String function, DataType inner) implements DataType {
    @Override
    public String sql() {
      return "SimpleAggregateFunction(" + function + ", " + inner.sql() + ")";
    }

    @Override
    public DataType wire() {
      return inner.wire();
    }

    @Override
    public int streams() {
      return inner.streams();
    }

    @Override
    public boolean nullable() {
      return inner.nullable();
    }
  }

  /// A named geometric type, such as `Point`, and the type it stands for.
  record Geo(String name, DataType inner) implements DataType {
    @Override
    public String sql() {
      return name;
    }

    @Override
    public DataType wire() {
      return inner;
    }

    @Override
    public int streams() {
      return inner.streams();
    }
  }

  /// Any other type of ClickHouse; its values travel as text, which ClickHouse reads itself.
  record Other(String text) implements DataType {
    @Override
    public String sql() {
      return text;
    }

    @Override
    public DataType wire() {
      return new StringType();
    }
  }
}
