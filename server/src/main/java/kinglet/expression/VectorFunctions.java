// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.util.List;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.Slot;

/// Arrays of numbers as vectors.
final class VectorFunctions {
  private VectorFunctions() {}

  /// What is summed up over the places of two vectors.
  private enum Kind {
    DOT("dotProduct", "The sum of the products.", "[1, 2], [3, 4]"),
    COSINE(
        "cosineDistance", "1 less the cosine of the angle between the vectors.", "[1, 2], [2, 3]"),
    L1("L1Distance", "The sum of the differences.", "[1, 2], [2, 4]"),
    L2("L2Distance", "The distance between the points.", "[1, 2], [2, 4]"),
    L2_SQUARED("L2SquaredDistance", "The square of the distance.", "[1, 2], [2, 4]");

    private final String function;
    private final String description;
    private final String example;

    Kind(String function, String description, String example) {
      this.function = function;
      this.description = description;
      this.example = example;
    }
  }

  static FunctionGroup group() {
    FunctionGroup group = new FunctionGroup("Vectors");
    for (Kind kind : Kind.values()) {
      group.add(
          kind.function,
          kind.function + "(a, b)",
          kind.description
              + " The vectors are arrays of floats; NULL if one is longer, where ClickHouse fails.",
          "round(" + kind.function + "(" + kind.example.replace("[1, 2]", "[1., 2.]") + "), 9)",
          arguments -> distance(arguments, kind));
    }
    group.add(
        "L2Norm",
        "L2Norm(a)",
        "The length of the vector.",
        "L2Norm([3., 4.])",
        arguments -> {
          arguments.count(1);
          Numbers.Real real = vector(arguments, 0);
          return new Bound(
              Types.FLOAT64,
              () -> {
                Slot slot = new Slot();
                return (in, out) -> {
                  ListValue a = (ListValue) in[0].object();
                  double sum = 0;
                  for (int i = 0; i < a.size(); i++) {
                    a.get(i, slot);
                    sum += real.read(slot) * real.read(slot);
                  }
                  out.setReal(Math.sqrt(sum));
                };
              });
        });
    return group;
  }

  private static Numbers.Real vector(Arguments arguments, int index) {
    if (arguments.type(index) instanceof DataType.Array(DataType element)
        && (element.equals(Types.FLOAT64)
            || (element instanceof DataType.Int(int bits, boolean _) && bits <= 64))) {
      return Numbers.real(element);
    }
    throw arguments.wrongType(index, "an array of Float64 or integers");
  }

  private static Bound distance(Arguments arguments, Kind kind) {
    arguments.count(2);
    Numbers.Real x = vector(arguments, 0);
    Numbers.Real y = vector(arguments, 1);
    if (Types.common(List.of(arguments.type(0), arguments.type(1))).isEmpty()) {
      throw arguments.noCommonType(List.of(arguments.type(0), arguments.type(1)));
    }
    boolean whole =
        !arguments.type(0).equals(new DataType.Array(Types.FLOAT64))
            && !arguments.type(1).equals(new DataType.Array(Types.FLOAT64));
    if (kind == Kind.DOT && whole) {
      throw arguments.wrongType(0, "an array of Float64 (or the second argument one)");
    }
    return new Bound(
        Types.FLOAT64,
        () -> {
          Slot slot = new Slot();
          return (in, out) -> {
            ListValue a = (ListValue) in[0].object();
            ListValue b = (ListValue) in[1].object();
            if (a.size() != b.size()) {
              out.setNull();
              return;
            }
            double sum = 0;
            double left = 0;
            double right = 0;
            for (int i = 0; i < a.size(); i++) {
              a.get(i, slot);
              double one = x.read(slot);
              b.get(i, slot);
              double other = y.read(slot);
              double difference = one - other;
              switch (kind) {
                case DOT -> sum += one * other;
                case COSINE -> {
                  sum += one * other;
                  left += one * one;
                  right += other * other;
                }
                case L1 -> sum += Math.abs(difference);
                case L2, L2_SQUARED -> sum += difference * difference;
              }
            }
            out.setReal(
                switch (kind) {
                  case COSINE -> 1 - sum / (Math.sqrt(left) * Math.sqrt(right));
                  case L2 -> Math.sqrt(sum);
                  default -> sum;
                });
          };
        });
  }
}
