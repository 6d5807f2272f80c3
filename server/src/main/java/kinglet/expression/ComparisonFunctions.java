// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import kinglet.expression.Function.NullRule;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.Slot;
import kinglet.value.TupleValue;

/// `= != < <= > >=`, IN, and comparison that knows NULL.
final class ComparisonFunctions {
  private ComparisonFunctions() {}

  static FunctionGroup group() {
    return new FunctionGroup("Comparison")
        .add(
            "equals",
            "a = b",
            "1 if the values are equal. Numbers of all types compare exactly; a constant text is"
                + " read as the other value's type.",
            "toUInt64(1) = -1",
            arguments -> compare(arguments, sign -> sign == 0))
        .add(
            "notEquals",
            "a != b",
            "1 if the values differ.",
            "'a' != 'b'",
            arguments -> compare(arguments, sign -> sign != 0))
        .add(
            "less",
            "a < b",
            "1 if `a` is less; texts compare by their bytes, NaN is never less.",
            "toDate('2026-01-01') < '2026-02-01'",
            arguments -> compare(arguments, sign -> sign < 0 && sign != Orders.UNORDERED))
        .add(
            "lessOrEquals",
            "a <= b",
            "1 if `a` is less or equal.",
            "1 <= 1.5",
            arguments -> compare(arguments, sign -> sign <= 0 && sign != Orders.UNORDERED))
        .add(
            "greater",
            "a > b",
            "1 if `a` is greater.",
            "[2] > [1, 5]",
            arguments -> compare(arguments, sign -> sign > 0))
        .add(
            "greaterOrEquals",
            "a >= b",
            "1 if `a` is greater or equal. `x BETWEEN a AND b` is `x >= a AND x <= b`.",
            "5 BETWEEN 1 AND 5",
            arguments -> compare(arguments, sign -> sign >= 0))
        .add(
            "isNotDistinctFrom",
            "a <=> b",
            "1 if the values are equal or both NULL.",
            NullRule.NEVER,
            "NULL <=> 1",
            (Function.Plain) arguments -> distinct(arguments, false))
        .add(
            "isDistinctFrom",
            "a IS DISTINCT FROM b",
            "0 if the values are equal or both NULL.",
            NullRule.NEVER,
            "isDistinctFrom(NULL, 1)",
            (Function.Plain) arguments -> distinct(arguments, true))
        .special(
            "in",
            "x IN (a, b, ...)",
            "1 if the value is one of the constants. NULL if `x` is NULL; a NULL in the list is"
                + " never met.",
            "2 IN (1, 2)",
            arguments -> in(arguments, false))
        .special(
            "notIn",
            "x NOT IN (a, b, ...)",
            "1 if the value is none of the constants. NULL if `x` is NULL.",
            "2 NOT IN (1, 2)",
            arguments -> in(arguments, true));
  }

  /// The arguments with a constant text read as the other one's type, where it is one.
  private static Bound compare(Arguments arguments, IntPredicate met) {
    arguments.count(2);
    Compiled one = read(arguments, 0, arguments.type(1));
    Compiled other = read(arguments, 1, arguments.type(0));
    Optional<Orders.Order> order = Orders.of(one.type(), other.type(), arguments.scope().zone());
    if (order.isEmpty()) {
      throw arguments.failure(
          arguments.get(0).type().sql()
              + " and "
              + arguments.get(1).type().sql()
              + " can't be compared: convert one with CAST");
    }
    Optional<Slot> first = replaced(arguments, 0, one);
    Optional<Slot> second = replaced(arguments, 1, other);
    Supplier<Orders.Order> orders =
        () -> Orders.of(one.type(), other.type(), arguments.scope().zone()).orElseThrow();
    return new Bound(
        Types.UINT8,
        () -> {
          Orders.Order own = orders.get();
          return (in, out) ->
              out.setBool(met.test(own.compare(first.orElse(in[0]), second.orElse(in[1]))));
        });
  }

  private static Optional<Slot> replaced(Arguments arguments, int index, Compiled read) {
    return read == arguments.get(index) ? Optional.empty() : read.constant();
  }

  private static Compiled read(Arguments arguments, int index, DataType wanted) {
    Compiled argument = arguments.get(index);
    if (argument.constant().isEmpty()
        || !(arguments.type(index) instanceof DataType.StringType)
        || Types.isText(wanted)
        || !readable(wanted)) {
      return argument;
    }
    Slot value = new Slot();
    TextReader.of(wanted, arguments.scope().zone()).read(argument.constant().orElseThrow(), value);
    if (value.isNull()) {
      throw arguments.failure(
          index, "'" + argument.constant().orElseThrow().text() + "' is no " + wanted.sql());
    }
    return Compiled.constant(wanted, value);
  }

  private static boolean readable(DataType type) {
    return Types.isDateLike(type)
        || type instanceof DataType.Enum
        || type instanceof DataType.Uuid
        || type instanceof DataType.Ipv4
        || Types.isNumber(type);
  }

  private static Bound distinct(Arguments arguments, boolean not) {
    arguments.count(2);
    DataType a = arguments.get(0).type();
    DataType b = arguments.get(1).type();
    ZoneId zone = arguments.scope().zone();
    if (Orders.of(a, b, zone).isEmpty() || Types.common(List.of(a, b)).isEmpty()) {
      throw arguments.failure(a.sql() + " and " + b.sql() + " can't be compared");
    }
    return new Bound(
        Types.UINT8,
        () -> {
          Orders.Order order = Orders.of(a, b, zone).orElseThrow();
          return (in, out) -> out.setBool((Orders.nullable(in[0], in[1], order) == 0) != not);
        });
  }

  private static Compiled in(Arguments arguments, boolean not) {
    arguments.count(2);
    Compiled value = arguments.get(0);
    if (arguments.get(1).constant().isEmpty()) {
      throw arguments.failure(1, "IN takes constants: write has(array, x) for an array");
    }
    if (Types.isNothing(value.type())) {
      return Constants.NULL.as(Types.nullable(Types.UINT8));
    }
    ZoneId zone = arguments.scope().zone();
    if (Orders.of(value.type(), value.type(), zone).isEmpty()) {
      throw arguments.wrongType(0, "a value that can be compared");
    }
    List<Slot> set = constants(arguments);
    DataType type = Types.nullableIf(Types.UINT8, value.type().nullable());
    DataType bare = Types.bare(value.type());
    DataType result =
        value.type() instanceof DataType.LowCardinality ? new DataType.LowCardinality(type) : type;
    return Compiled.of(
        result,
        () -> {
          Evaluator evaluator = value.evaluator();
          Orders.Order order = Orders.of(bare, bare, zone).orElseThrow();
          Slot slot = new Slot();
          Slot[] wanted = set.toArray(Slot[]::new);
          return (row, out) -> {
            evaluator.evaluate(row, slot);
            if (slot.isNull()) {
              out.setNull();
              return;
            }
            boolean found = false;
            for (int i = 0; i < wanted.length && !found; i++) {
              found = order.compare(slot, wanted[i]) == 0;
            }
            out.setBool(found != not);
          };
        });
  }

  /// The set's elements as values of the left type; those it can't hold are left out.
  private static List<Slot> constants(Arguments arguments) {
    Compiled set = arguments.get(1);
    DataType wanted = Types.bare(arguments.get(0).type());
    Slot whole = set.constant().orElseThrow();
    List<Slot> values = new ArrayList<>();
    DataType type = Types.bare(set.type());
    if (type instanceof DataType.Tuple tuple && !(wanted instanceof DataType.Tuple)) {
      for (int i = 0; i < tuple.elements().size(); i++) {
        Slot element = new Slot();
        ((TupleValue) whole.object()).get(i, element);
        addConstant(arguments, tuple.elements().get(i).type(), element, values);
      }
    } else if (type instanceof DataType.Array(DataType element)
        && !(wanted instanceof DataType.Array)) {
      ListValue list = (ListValue) whole.object();
      for (int i = 0; i < list.size(); i++) {
        Slot slot = new Slot();
        list.get(i, slot);
        addConstant(arguments, element, slot, values);
      }
    } else if (type instanceof DataType.Tuple tuple
        && wanted instanceof DataType.Tuple
        && tuple.elements().stream().allMatch(e -> e.type() instanceof DataType.Tuple)) {
      for (int i = 0; i < tuple.elements().size(); i++) {
        Slot element = new Slot();
        ((TupleValue) whole.object()).get(i, element);
        addConstant(arguments, tuple.elements().get(i).type(), element, values);
      }
    } else {
      addConstant(arguments, type, whole, values);
    }
    return values;
  }

  private static void addConstant(
      Arguments arguments, DataType type, Slot value, List<Slot> values) {
    DataType wanted = Types.bare(arguments.get(0).type());
    if (value.isNull()) {
      return;
    }
    ZoneId zone = arguments.scope().zone();
    Optional<Orders.Order> order = Orders.of(type, wanted, zone);
    Optional<Supplier<Converter>> converter = Converter.of(type, wanted, zone);
    boolean fits = order.isPresent() || Types.isText(Types.bare(type));
    if (converter.isEmpty() || !fits) {
      throw arguments.failure(
          1, "A " + type.sql() + " is never one of " + arguments.get(0).type().sql());
    }
    Slot converted = new Slot();
    converter.get().get().convert(value, converted);
    if (converted.isNull() && order.isEmpty()) {
      throw arguments.failure(1, "'" + value.text() + "' is no " + wanted.sql());
    }
    boolean same = order.isEmpty() || order.get().compare(value, converted) == 0;
    if (!converted.isNull() && same) {
      Slot kept = new Slot();
      kept.set(converted);
      values.add(kept);
    }
  }
}
