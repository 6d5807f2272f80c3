// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import kinglet.type.DataType;
import kinglet.type.DataType.TupleElement;
import org.jspecify.annotations.Nullable;

/// ClickHouse's rules about types.
final class Types {
  static final DataType UINT8 = new DataType.Int(8, false);
  static final DataType UINT16 = new DataType.Int(16, false);
  static final DataType UINT32 = new DataType.Int(32, false);
  static final DataType UINT64 = new DataType.Int(64, false);
  static final DataType INT8 = new DataType.Int(8, true);
  static final DataType INT32 = new DataType.Int(32, true);
  static final DataType INT64 = new DataType.Int(64, true);
  static final DataType FLOAT64 = new DataType.Float(64);
  static final DataType STRING = new DataType.StringType();
  static final DataType NONE = new DataType.Other("Nothing");

  /// The type of NULL.
  static final DataType NOTHING = new DataType.NullableOf(NONE);

  private Types() {}

  /// The type as expressions see a column of it.
  static DataType read(DataType type) {
    return switch (type) {
      case DataType.SimpleAggregateFunction(String _, DataType inner) -> read(inner);
      case DataType.Geo(String _, DataType inner) -> inner;
      case DataType.Nested nested -> new DataType.Array(new DataType.Tuple(nested.elements()));
      default -> type;
    };
  }

  /// The type without `Nullable` and `LowCardinality`.
  static DataType bare(DataType type) {
    return switch (type) {
      case DataType.NullableOf(DataType inner) -> bare(inner);
      case DataType.LowCardinality(DataType inner) -> bare(inner);
      default -> type;
    };
  }

  static DataType plain(DataType type) {
    return type instanceof DataType.LowCardinality(DataType inner) ? inner : type;
  }

  static boolean isNothing(DataType type) {
    return bare(type).equals(NONE);
  }

  static boolean canBeNullable(DataType type) {
    return switch (bare(type)) {
      case DataType.Array _, DataType.MapOf _, DataType.Tuple _, DataType.Json _ -> false;
      default -> true;
    };
  }

  /// The type with `Nullable`, where it can have it.
  static DataType nullable(DataType type) {
    if (type.nullable() || !canBeNullable(type)) {
      return type;
    }
    return type instanceof DataType.LowCardinality(DataType inner)
        ? new DataType.LowCardinality(new DataType.NullableOf(inner))
        : new DataType.NullableOf(type);
  }

  static DataType nullableIf(DataType type, boolean condition) {
    return condition ? nullable(type) : type;
  }

  /// Whether one argument alone varies and is `LowCardinality`: then the result is, too.
  static boolean isDictionary(List<Compiled> arguments) {
    boolean any = arguments.stream().anyMatch(a -> a.type() instanceof DataType.LowCardinality);
    long varying = arguments.stream().filter(a -> a.constant().isEmpty()).count();
    boolean ordinary =
        arguments.stream()
            .anyMatch(
                a -> a.constant().isEmpty() && !(a.type() instanceof DataType.LowCardinality));
    return any && varying <= 1 && !ordinary;
  }

  static boolean canBeInDictionary(DataType type) {
    return switch (bare(type)) {
      case DataType.Int(int bits, boolean _) -> bits <= 256;
      case DataType.Float _,
          DataType.StringType _,
          DataType.FixedString _,
          DataType.Date _,
          DataType.DateTime _,
          DataType.Uuid _,
          DataType.Ipv4 _,
          DataType.Ipv6 _,
          DataType.Date32 _ ->
          true;
      case DataType.Bool _ -> true;
      case DataType.Other _ -> Intervals.unit(type).isPresent();
      default -> false;
    };
  }

  static boolean isText(DataType type) {
    return type instanceof DataType.StringType || type instanceof DataType.FixedString;
  }

  static boolean isInt(DataType type) {
    return type instanceof DataType.Int || type instanceof DataType.Bool;
  }

  static boolean isNumber(DataType type) {
    return isInt(type) || type instanceof DataType.Float || type instanceof DataType.Decimal;
  }

  static boolean isDecimal(DataType type) {
    return type instanceof DataType.Decimal;
  }

  static boolean isFloat(DataType type) {
    return type instanceof DataType.Float;
  }

  static boolean isDay(DataType type) {
    return type instanceof DataType.Date || type instanceof DataType.Date32;
  }

  static boolean isTime(DataType type) {
    return type instanceof DataType.DateTime || type instanceof DataType.DateTime64;
  }

  static boolean isDateLike(DataType type) {
    return isDay(type) || isTime(type);
  }

  /// The integer by which ClickHouse keeps a value of a type, if it is one.
  static Optional<DataType.Int> integer(DataType type) {
    return switch (type) {
      case DataType.Int known -> Optional.of(known);
      case DataType.Bool _ -> Optional.of(new DataType.Int(8, false));
      case DataType.Date _ -> Optional.of(new DataType.Int(16, false));
      case DataType.Date32 _ -> Optional.of(new DataType.Int(32, true));
      case DataType.DateTime _ -> Optional.of(new DataType.Int(32, false));
      case DataType.DateTime64 _ -> Optional.of(new DataType.Int(64, true));
      case DataType.Enum(int bits, var _) -> Optional.of(new DataType.Int(bits, true));
      case DataType.Ipv4 _ -> Optional.of(new DataType.Int(32, false));
      default -> Optional.empty();
    };
  }

  /// The smallest type that holds all values of these; empty where ClickHouse has only a Variant.
  static Optional<DataType> common(List<DataType> types) {
    List<DataType> bare = new ArrayList<>();
    boolean nullable = false;
    boolean dictionary = !types.isEmpty();
    for (DataType type : types) {
      nullable |= type.nullable();
      dictionary &= type instanceof DataType.LowCardinality;
      if (!isNothing(type)) {
        bare.add(bare(type));
      }
    }
    if (bare.isEmpty()) {
      return Optional.of(nullable ? NOTHING : NONE);
    }
    Optional<DataType> common = commonBare(bare);
    if (common.isEmpty()) {
      return common;
    }
    if (nullable && !canBeNullable(common.get())) {
      return Optional.empty();
    }
    DataType type = nullable ? nullable(common.get()) : common.get();
    return Optional.of(dictionary ? new DataType.LowCardinality(type) : type);
  }

  private static Optional<DataType> commonBare(List<DataType> types) {
    DataType first = types.getFirst();
    if (types.stream().allMatch(first::equals)) {
      return Optional.of(first);
    }
    if (types.stream().allMatch(DataType.Array.class::isInstance)) {
      return common(types.stream().map(type -> ((DataType.Array) type).element()).toList())
          .map(DataType.Array::new);
    }
    if (types.stream().allMatch(DataType.Tuple.class::isInstance)) {
      return commonTuple(types.stream().map(DataType.Tuple.class::cast).toList());
    }
    if (types.stream().allMatch(DataType.MapOf.class::isInstance)) {
      Optional<DataType> key =
          common(types.stream().map(type -> ((DataType.MapOf) type).key()).toList());
      Optional<DataType> value =
          common(types.stream().map(type -> ((DataType.MapOf) type).value()).toList());
      return key.flatMap(k -> value.map(v -> new DataType.MapOf(k, v)));
    }
    if (types.stream().allMatch(Types::isText)) {
      return Optional.of(STRING);
    }
    if (types.stream().allMatch(Types::isDateLike)) {
      return Optional.of(commonDate(types));
    }
    if (types.stream().allMatch(Types::isNumber)) {
      return commonNumber(types);
    }
    return Optional.empty();
  }

  private static Optional<DataType> commonTuple(List<DataType.Tuple> tuples) {
    int size = tuples.getFirst().elements().size();
    if (tuples.stream().anyMatch(tuple -> tuple.elements().size() != size)) {
      return Optional.empty();
    }
    List<TupleElement> elements = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int place = i;
      Optional<DataType> common =
          common(tuples.stream().map(tuple -> tuple.elements().get(place).type()).toList());
      if (common.isEmpty()) {
        return Optional.empty();
      }
      @Nullable String name = tuples.getFirst().elements().get(i).name();
      boolean same =
          tuples.stream()
              .allMatch(tuple -> Objects.equals(tuple.elements().get(place).name(), name));
      elements.add(new TupleElement(same ? name : null, common.get()));
    }
    return Optional.of(new DataType.Tuple(elements));
  }

  private static DataType commonDate(List<DataType> types) {
    int precision = -1;
    boolean time = false;
    for (DataType type : types) {
      switch (type) {
        case DataType.DateTime _ -> time = true;
        case DataType.DateTime64(int digits, String _) -> {
          time = true;
          precision = Math.max(precision, digits);
        }
        default -> {}
      }
    }
    if (!time) {
      return new DataType.Date32();
    }
    @Nullable String zone =
        types.stream()
            .filter(Types::isTime)
            .findFirst()
            .map(type ->
                type instanceof DataType.DateTime(String name)
                    ? Optional.ofNullable(name)
                    : Optional.ofNullable(((DataType.DateTime64) type).zone()))
            .orElseThrow()
            .orElse(null);
    return precision < 0 ? new DataType.DateTime(zone) : new DataType.DateTime64(precision, zone);
  }

  private static Optional<DataType> commonNumber(List<DataType> types) {
    if (types.stream().anyMatch(Types::isDecimal)) {
      return commonDecimal(types);
    }
    int signed = 0;
    int unsigned = 0;
    int real = 0;
    boolean bool = false;
    for (DataType type : types) {
      switch (type) {
        case DataType.Int(int bits, boolean negative) -> {
          signed = negative ? Math.max(signed, bits) : signed;
          unsigned = negative ? unsigned : Math.max(unsigned, bits);
        }
        case DataType.Float(int bits) -> real = Math.max(real, bits);
        default -> bool = true;
      }
    }
    if (bool) {
      return types.stream().allMatch(Types::isInt) && signed == 0 && unsigned <= 8
          ? Optional.of(new DataType.Bool())
          : Optional.empty();
    }
    if (real > 0) {
      int whole = Math.max(signed, unsigned);
      if (whole > 32) {
        return Optional.empty();
      }
      return Optional.of(new DataType.Float(whole > 16 ? 64 : real));
    }
    if (signed == 0) {
      return Optional.of(new DataType.Int(unsigned, false));
    }
    int bits = Math.max(signed, unsigned == 0 ? 0 : unsigned * 2);
    return bits > 64 && (unsigned == 64 || bits > 256) && unsigned * 2 > signed
        ? Optional.empty()
        : Optional.of(new DataType.Int(bits, true));
  }

  private static Optional<DataType> commonDecimal(List<DataType> types) {
    int scale = 0;
    int digits = 0;
    int widest = 0;
    for (DataType type : types) {
      switch (type) {
        case DataType.Decimal(int precision, int own) -> {
          scale = Math.max(scale, own);
          widest = Math.max(widest, widest(precision));
        }
        case DataType.Int(int bits, boolean signed) when bits <= 64 ->
            digits = Math.max(digits, digits(bits, signed));
        default -> {
          return Optional.empty();
        }
      }
    }
    int precision = Math.max(widest, digits == 0 ? 0 : widest(digits + scale));
    return precision < scale || digits + scale > DataType.Decimal.PRECISION_MAX
        ? Optional.empty()
        : Optional.of(new DataType.Decimal(precision, scale));
  }

  private static int digits(int bits, boolean signed) {
    return switch (bits) {
      case 8 -> 3;
      case 16 -> 5;
      case 32 -> 10;
      default -> signed ? 19 : 20;
    };
  }

  /// The most digits the machine type for a precision has.
  static int widest(int precision) {
    return precision <= 9 ? 9 : precision <= 18 ? 18 : precision <= 38 ? 38 : 76;
  }
}
