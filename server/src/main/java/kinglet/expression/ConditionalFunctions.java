// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import kinglet.expression.Function.NullRule;
import kinglet.expression.Function.Plain;
import kinglet.type.DataType;
import kinglet.value.Slot;

/// Choices between values, and what stands for NULL.
final class ConditionalFunctions {
  private ConditionalFunctions() {}

  static FunctionGroup group() {
    return new FunctionGroup("Choices and NULL")
        .special(
            "~if",
            "if(condition, a, b)",
            "`a` if the condition is true, else `b`, also for NULL; of the type common to both.",
            "if(1 > 2, 'yes', 'no')",
            ConditionalFunctions::multiIf)
        .special(
            "multiIf",
            "multiIf(condition, a, ..., otherwise)",
            "The value behind the first condition that is true. `CASE WHEN ... END` is written with"
                + " it.",
            "CASE WHEN 1 > 2 THEN 'a' WHEN 2 > 1 THEN 'b' END",
            ConditionalFunctions::multiIf)
        .special(
            "caseWithExpression",
            "CASE x WHEN a THEN b ... ELSE c END",
            "The value behind the first that `x` equals.",
            "CASE 2 WHEN 1 THEN 'one' WHEN 2 THEN 'two' ELSE 'more' END",
            ConditionalFunctions::caseOf)
        .special(
            "~coalesce",
            "coalesce(a, b, ...)",
            "The first value that is not NULL.",
            "coalesce(NULL, 2)",
            ConditionalFunctions::coalesce)
        .special(
            "~ifNull",
            "ifNull(a, b)",
            "`a`, or `b` if `a` is NULL.",
            "ifNull(NULL, 2)",
            arguments -> {
              arguments.count(2);
              return coalesce(arguments);
            })
        .special(
            "~nullIf",
            "nullIf(a, b)",
            "NULL if the values are equal, else `a`.",
            "nullIf(1, 1)",
            ConditionalFunctions::nullIf)
        .add(
            "~isNull",
            "x IS NULL",
            "1 if the value is NULL.",
            NullRule.NEVER,
            "NULL IS NULL",
            (Function.Plain) arguments -> isNull(arguments, true))
        .add(
            "isNotNull",
            "x IS NOT NULL",
            "1 if the value is not NULL.",
            NullRule.NEVER,
            "NULL IS NOT NULL",
            (Function.Plain) arguments -> isNull(arguments, false))
        .special(
            "toNullable",
            "toNullable(x)",
            "The same value with a `Nullable` type.",
            "toNullable(1)",
            arguments -> {
              arguments.count(1);
              if (!Types.canBeNullable(arguments.type(0))) {
                throw arguments.wrongType(0, "a value that can be NULL");
              }
              return arguments.get(0).as(Types.nullable(arguments.get(0).type()));
            })
        .add(
            "assumeNotNull",
            "assumeNotNull(x)",
            "The value with a type that is not `Nullable`; for NULL 0 or an empty value.",
            NullRule.NEVER,
            "assumeNotNull(toNullable(1))",
            (Plain)
                arguments -> {
                  arguments.count(1);
                  DataType type = notNull(arguments.get(0).type());
                  Defaults absent = new Defaults(type);
                  return Bound.of(
                      type,
                      (in, out) -> {
                        if (in[0].isNull()) {
                          absent.put(out);
                        } else {
                          out.set(in[0]);
                        }
                      });
                })
        .special(
            "~greatest",
            "greatest(a, b, ...)",
            "The greatest value, of the type common to all.",
            "greatest(1, 2.5)",
            arguments -> extreme(arguments, 1))
        .special(
            "~least",
            "least(a, b, ...)",
            "The least value, of the type common to all.",
            "least(1, 2.5)",
            arguments -> extreme(arguments, -1));
  }

  private static DataType notNull(DataType type) {
    return switch (type) {
      case DataType.NullableOf(DataType inner) -> inner;
      case DataType.LowCardinality(DataType inner) -> new DataType.LowCardinality(notNull(inner));
      default -> type;
    };
  }

  /// The value as one of the type common to all branches.
  static Compiled converted(Arguments arguments, Compiled value, DataType type) {
    if (Types.bare(value.type()).equals(Types.bare(type))) {
      return value.as(type);
    }
    ZoneId zone = arguments.scope().zone();
    Supplier<Converter> converter =
        Converter.of(value.type(), type, zone)
            .orElseThrow(() -> arguments.noCommonType(List.of(value.type(), type)));
    return Compiled.of(
        type,
        () -> {
          Evaluator evaluator = value.evaluator();
          Converter own = converter.get();
          Slot slot = new Slot();
          return (row, out) -> {
            evaluator.evaluate(row, slot);
            own.convert(slot, out);
          };
        });
  }

  static DataType common(Arguments arguments, List<Compiled> values) {
    List<DataType> types = values.stream().map(Compiled::type).toList();
    return Types.common(types).orElseThrow(() -> arguments.noCommonType(types));
  }

  private static Compiled multiIf(Arguments arguments) {
    arguments.count(3, arguments.function().equalsIgnoreCase("if") ? 3 : Integer.MAX_VALUE);
    int size = arguments.size();
    if (size % 2 == 0) {
      throw arguments.failure("multiIf takes pairs of a condition and a value, and one value more");
    }
    List<Compiled> conditions = new ArrayList<>();
    List<Numbers.Real> truths = new ArrayList<>();
    List<Compiled> values = new ArrayList<>();
    for (int i = 0; i + 1 < size; i += 2) {
      conditions.add(arguments.get(i));
      truths.add(LogicFunctions.condition(arguments, i));
      values.add(arguments.get(i + 1));
    }
    values.add(arguments.get(size - 1));
    return choice(arguments, conditions, truths, values);
  }

  private static Compiled choice(
      Arguments arguments,
      List<Compiled> conditions,
      List<Numbers.Real> truths,
      List<Compiled> values) {
    DataType type = Types.plain(common(arguments, values));
    List<Compiled> branches =
        values.stream().map(value -> converted(arguments, value, type)).toList();
    Numbers.Real[] isTrue = truths.toArray(Numbers.Real[]::new);
    return Compiled.of(
        type,
        () -> {
          Evaluator[] when = conditions.stream().map(Compiled::evaluator).toArray(Evaluator[]::new);
          Evaluator[] then = branches.stream().map(Compiled::evaluator).toArray(Evaluator[]::new);
          Slot slot = new Slot();
          return (row, out) -> {
            int branch = 0;
            while (branch < when.length) {
              when[branch].evaluate(row, slot);
              if (!slot.isNull() && isTrue[branch].read(slot) != 0) {
                break;
              }
              branch++;
            }
            then[branch].evaluate(row, out);
          };
        });
  }

  private static Compiled caseOf(Arguments arguments) {
    int size = arguments.size();
    if (size < 4 || size % 2 != 0) {
      throw arguments.failure(
          "CASE takes a value, pairs of a case and a value, and one value more");
    }
    Compiled value = arguments.get(0);
    ZoneId zone = arguments.scope().zone();
    List<Compiled> cases = new ArrayList<>();
    List<Compiled> values = new ArrayList<>();
    for (int i = 1; i + 1 < size; i += 2) {
      cases.add(arguments.get(i));
      values.add(arguments.get(i + 1));
    }
    values.add(arguments.get(size - 1));
    List<Compiled> conditions = new ArrayList<>();
    List<Numbers.Real> truths = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      Compiled wanted = cases.get(i);
      if (Orders.of(value.type(), wanted.type(), zone).isEmpty()) {
        throw arguments.noCommonType(List.of(value.type(), wanted.type()));
      }
      conditions.add(equal(value, wanted, zone, true));
      truths.add(Slot::whole);
    }
    return choice(arguments, conditions, truths, values);
  }

  /// @param nulls whether NULL equals NULL
  private static Compiled equal(Compiled one, Compiled other, ZoneId zone, boolean nulls) {
    return Compiled.of(
        Types.UINT8,
        () -> {
          Evaluator left = one.evaluator();
          Evaluator right = other.evaluator();
          Orders.Order order = Orders.of(one.type(), other.type(), zone).orElseThrow();
          Slot slot = new Slot();
          Slot second = new Slot();
          return (row, out) -> {
            left.evaluate(row, slot);
            right.evaluate(row, second);
            boolean unknown = slot.isNull() || second.isNull();
            out.setBool(
                unknown
                    ? nulls && slot.isNull() && second.isNull()
                    : order.compare(slot, second) == 0);
          };
        });
  }

  private static Compiled coalesce(Arguments arguments) {
    arguments.count(1, Integer.MAX_VALUE);
    List<Compiled> values = new ArrayList<>();
    for (Compiled value : arguments.all()) {
      if (!Types.isNothing(value.type())) {
        values.add(value);
      }
      if (!value.type().nullable()) {
        break;
      }
    }
    if (values.isEmpty()) {
      return Constants.NULL;
    }
    List<DataType> types = new ArrayList<>();
    boolean nullable = true;
    for (Compiled value : values) {
      nullable &= value.type().nullable();
      types.add(notNull(value.type()));
    }
    if (values.size() == 1) {
      return values.getFirst().as(Types.plain(values.getFirst().type()));
    }
    DataType common =
        Types.plain(Types.common(types).orElseThrow(() -> arguments.noCommonType(types)));
    DataType type = Types.nullableIf(common, nullable);
    List<Compiled> branches =
        values.stream().map(value -> converted(arguments, value, type)).toList();
    return Compiled.of(
        type,
        () -> {
          Evaluator[] evaluators =
              branches.stream().map(Compiled::evaluator).toArray(Evaluator[]::new);
          return (row, out) -> {
            for (Evaluator evaluator : evaluators) {
              evaluator.evaluate(row, out);
              if (!out.isNull()) {
                return;
              }
            }
          };
        });
  }

  private static Compiled nullIf(Arguments arguments) {
    arguments.count(2);
    Compiled value = arguments.get(0);
    Compiled other = arguments.get(1);
    ZoneId zone = arguments.scope().zone();
    if (Orders.of(value.type(), other.type(), zone).isEmpty()) {
      throw arguments.noCommonType(List.of(value.type(), other.type()));
    }
    Compiled same = equal(value, other, zone, false);
    return Compiled.of(
        Types.nullable(Types.plain(value.type())),
        () -> {
          Evaluator equal = same.evaluator();
          Evaluator evaluator = value.evaluator();
          Slot slot = new Slot();
          return (row, out) -> {
            equal.evaluate(row, slot);
            if (slot.whole() != 0) {
              out.setNull();
            } else {
              evaluator.evaluate(row, out);
            }
          };
        });
  }

  private static Bound isNull(Arguments arguments, boolean wanted) {
    arguments.count(1);
    return Bound.of(Types.UINT8, (in, out) -> out.setBool(in[0].isNull() == wanted));
  }

  /// NULLs are passed over.
  private static Compiled extreme(Arguments arguments, int direction) {
    arguments.count(1, Integer.MAX_VALUE);
    List<Compiled> values = arguments.all();
    if (values.size() == 1) {
      return values.getFirst();
    }
    DataType type = Types.plain(extremeType(arguments, values));
    ZoneId zone = arguments.scope().zone();
    if (Orders.of(type, type, zone).isEmpty()) {
      throw arguments.wrongType(0, "values that can be compared");
    }
    List<Compiled> converted =
        values.stream().map(value -> converted(arguments, value, type)).toList();
    return Compiled.of(
        type,
        () -> {
          Evaluator[] evaluators =
              converted.stream().map(Compiled::evaluator).toArray(Evaluator[]::new);
          Orders.Order order = Orders.of(type, type, zone).orElseThrow();
          Slot slot = new Slot();
          return (row, out) -> {
            out.setNull();
            for (Evaluator evaluator : evaluators) {
              evaluator.evaluate(row, slot);
              if (!slot.isNull() && (out.isNull() || !keeps(order, out, slot, direction))) {
                out.set(slot);
              }
            }
          };
        });
  }

  /// A value stays if it is strictly beyond the next, so that NaN gives way and is taken.
  private static boolean keeps(Orders.Order order, Slot kept, Slot next, int direction) {
    int compared = order.compare(kept, next);
    return compared != Orders.UNORDERED && Integer.signum(compared) == direction;
  }

  /// Two numbers give the type of their difference's width, as in ClickHouse.
  private static DataType extremeType(Arguments arguments, List<Compiled> values) {
    Optional<DataType> common = Types.common(values.stream().map(Compiled::type).toList());
    return common.orElseThrow(
        () -> arguments.noCommonType(values.stream().map(Compiled::type).toList()));
  }
}
