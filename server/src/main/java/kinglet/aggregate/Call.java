// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Collectors;
import kinglet.error.PlatformException;
import kinglet.type.DataType;
import kinglet.value.Literal;
import kinglet.value.Shape;

/// A call of an aggregation function that is being bound: its parameters and argument types, which
/// it checks on being asked for.
record Call(AggregateFunction function, List<Literal> parameters, List<DataType> written) {
  /// How many arguments there are.
  int arguments() {
    return written.size();
  }

  void argumentCount(int least, int most) {
    if (written.size() < least || written.size() > most) {
      String wanted =
          least == most
              ? String.valueOf(least)
              : most == Integer.MAX_VALUE ? least + " or more" : least + " to " + most;
      throw refusedArguments("takes " + wanted + " arguments, not " + written.size());
    }
  }

  void parameterCount(int least, int most) {
    if (parameters.size() < least || parameters.size() > most) {
      String wanted =
          least == most
              ? String.valueOf(least)
              : most == Integer.MAX_VALUE ? least + " or more" : least + " to " + most;
      throw refusedParameters("takes " + wanted + " parameters, not " + parameters.size());
    }
  }

  /// The type of an argument without the wrappers that do not change how it is aggregated.
  DataType argument(int index) {
    return plain(written.get(index));
  }

  static DataType plain(DataType type) {
    return switch (type) {
      case DataType.NullableOf(DataType inner) -> plain(inner);
      case DataType.LowCardinality(DataType inner) -> plain(inner);
      case DataType.SimpleAggregateFunction(String _, DataType inner) -> plain(inner);
      case DataType.Geo(String _, DataType inner) -> inner;
      case DataType.Nested nested -> nested.wire();
      default -> type;
    };
  }

  /// The type of a result that has no value for the empty state, as ClickHouse has it.
  static DataType orNull(DataType type) {
    return type instanceof DataType.Array || type instanceof DataType.MapOf
        ? type
        : new DataType.NullableOf(type);
  }

  DataType known(int index) {
    DataType type = argument(index);
    if (type instanceof DataType.AggregateFunction || type instanceof DataType.Other) {
      throw refusedType(index, "a type whose values features know");
    }
    return type;
  }

  /// Integers and floats, with [DataType.Bool].
  static boolean isNumber(DataType type) {
    return type instanceof DataType.Int
        || type instanceof DataType.Float
        || type instanceof DataType.Bool;
  }

  static boolean isUnsigned(DataType type) {
    return switch (type) {
      case DataType.Int(int _, boolean signed) -> !signed;
      case DataType.Bool _, DataType.Date _, DataType.DateTime _, DataType.Ipv4 _ -> true;
      default -> false;
    };
  }

  static boolean isComparable(DataType type) {
    return switch (Shape.of(type)) {
      case WHOLE, FLOAT, BIG -> true;
      case BYTES -> !(type instanceof DataType.Json);
      case LIST, MAP, TUPLE -> false;
    };
  }

  DataType comparable(int index) {
    DataType type = known(index);
    if (!isComparable(type)) {
      throw refusedType(index, "a number, a string or a time");
    }
    return type;
  }

  /// An argument that is true or false.
  void condition(int index) {
    if (!(argument(index) instanceof DataType.Bool
        || argument(index).equals(new DataType.Int(8, false)))) {
      throw refusedType(index, "a condition, a Bool or UInt8,");
    }
  }

  /// How the keys of an argument are held.
  Holder key(int index, DataType key) {
    if (!isComparable(plain(key))) {
      throw refusedType(index, "keys that are numbers, strings or times");
    }
    return new Holder(key);
  }

  /// The function that a combinator applies to parts of its arguments.
  Aggregate inner(AggregateFunction inner, List<DataType> types) {
    return inner.binder().apply(new Call(inner, parameters, types));
  }

  /// The type of an inner result: only where NULLs can leave its state empty it is Nullable.
  static DataType innerType(Aggregate inner, DataType argument) {
    return argument.nullable() ? inner.type() : plain(inner.type());
  }

  /// A number parameter.
  BigDecimal number(int index) {
    if (parameters.get(index) instanceof Literal.Number(String text)) {
      try {
        return new BigDecimal(text);
      } catch (NumberFormatException e) {
        // Hexadecimal, inf and nan are no numbers a function takes.
      }
    }
    throw refusedParameters("takes a number as parameter " + (index + 1));
  }

  int whole(int index, int least, int most) {
    BigDecimal value = number(index);
    if (value.stripTrailingZeros().scale() > 0
        || value.compareTo(BigDecimal.valueOf(least)) < 0
        || value.compareTo(BigDecimal.valueOf(most)) > 0) {
      throw refusedParameters(
          "takes a whole number from "
              + least
              + " to "
              + most
              + " as parameter "
              + (index + 1)
              + ", not "
              + value.toPlainString());
    }
    return value.intValue();
  }

  PlatformException refusedType(int index, String wanted) {
    return refusedArguments(
        "takes " + wanted + " as argument " + (index + 1) + ", not " + written.get(index).sql());
  }

  PlatformException refusedArguments(String what) {
    return refused(AggregateError.AGGREGATE_ARGUMENTS, what);
  }

  PlatformException refusedParameters(String what) {
    return refused(AggregateError.AGGREGATE_PARAMETERS, what);
  }

  private PlatformException refused(AggregateError code, String what) {
    return new PlatformException(
        code, function.name() + " " + what + "; it is " + function.signature());
  }

  @Override
  public String toString() {
    return function.name()
        + written.stream().map(DataType::sql).collect(Collectors.joining(", ", "(", ")"));
  }
}
