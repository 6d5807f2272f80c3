// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.util.List;
import kinglet.type.DataType;
import kinglet.value.Shape;
import kinglet.value.Slot;

/// AND, OR, NOT, XOR with three values.
final class LogicFunctions {
  private LogicFunctions() {}

  static FunctionGroup group() {
    return new FunctionGroup("Logic")
        .special(
            "and",
            "a AND b",
            "1 if all are true. 0 if one is false, else NULL if one is NULL. `Bool` if one is.",
            "1 AND NULL",
            arguments -> chain(arguments, false))
        .special(
            "or",
            "a OR b",
            "1 if one is true, else NULL if one is NULL, else 0.",
            "1 OR NULL",
            arguments -> chain(arguments, true))
        .add(
            "xor",
            "xor(a, b)",
            "1 if an odd number of the values is true.",
            "xor(1, 1)",
            arguments -> {
              arguments.count(2, 100);
              Numbers.Real[] truths = truths(arguments);
              return Bound.of(
                  result(arguments.all()),
                  (in, out) -> {
                    boolean odd = false;
                    for (int i = 0; i < in.length; i++) {
                      odd ^= truths[i].read(in[i]) != 0;
                    }
                    out.setBool(odd);
                  });
            })
        .add(
            "~not",
            "NOT a",
            "1 for 0, and 0 for all other numbers.",
            "NOT 5",
            arguments -> {
              arguments.count(1);
              Numbers.Real truth = truths(arguments)[0];
              return Bound.of(
                  result(arguments.all()), (in, out) -> out.setBool(truth.read(in[0]) == 0));
            });
  }

  private static DataType result(List<Compiled> arguments) {
    boolean bool = arguments.stream().anyMatch(a -> Types.bare(a.type()) instanceof DataType.Bool);
    return bool ? new DataType.Bool() : Types.UINT8;
  }

  private static Numbers.Real[] truths(Arguments arguments) {
    Numbers.Real[] truths = new Numbers.Real[arguments.size()];
    for (int i = 0; i < truths.length; i++) {
      truths[i] = truth(arguments, i);
    }
    return truths;
  }

  /// What `if` takes: `UInt8` or `Bool`.
  static Numbers.Real condition(Arguments arguments, int index) {
    DataType type = arguments.type(index);
    if (!type.equals(Types.UINT8) && !(type instanceof DataType.Bool) && !Types.isNothing(type)) {
      throw arguments.wrongType(index, "a condition (UInt8 or Bool)");
    }
    return truth(arguments, index);
  }

  /// Not 0 is true.
  static Numbers.Real truth(Arguments arguments, int index) {
    DataType type = arguments.type(index);
    if (Types.isNothing(type)) {
      return slot -> 0;
    }
    if (!Types.isInt(type) || Shape.of(type) == Shape.BIG) {
      throw arguments.wrongType(index, "a condition (an integer of at most 64 bits)");
    }
    return slot -> slot.whole() != 0 ? 1 : 0;
  }

  private static Compiled chain(Arguments arguments, boolean decisive) {
    arguments.count(2, Integer.MAX_VALUE);
    Numbers.Real[] truths = truths(arguments);
    List<Compiled> all = arguments.all();
    boolean nullable = all.stream().anyMatch(argument -> argument.type().nullable());
    return Compiled.of(
        Types.nullableIf(result(all), nullable),
        () -> {
          Evaluator[] evaluators = all.stream().map(Compiled::evaluator).toArray(Evaluator[]::new);
          Slot slot = new Slot();
          return (row, out) -> {
            boolean unknown = false;
            for (int i = 0; i < evaluators.length; i++) {
              evaluators[i].evaluate(row, slot);
              if (slot.isNull()) {
                unknown = true;
              } else if (truths[i].read(slot) != 0 == decisive) {
                out.setBool(decisive);
                return;
              }
            }
            if (unknown) {
              out.setNull();
            } else {
              out.setBool(!decisive);
            }
          };
        });
  }
}
