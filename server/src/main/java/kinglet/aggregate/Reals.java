// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.math.BigInteger;
import kinglet.type.DataType;
import kinglet.value.Shape;
import kinglet.value.Slot;

/// Reads the numbers of a type as doubles.
record Reals(Shape shape, boolean unsigned, double unit) {
  /// The numbers of an argument, which must be of a numeric type.
  static Reals of(Call call, int index) {
    DataType type = call.argument(index);
    return switch (type) {
      case DataType.Int _, DataType.Float _, DataType.Bool _, DataType.Decimal _ -> of(type);
      default -> throw call.refusedType(index, "a number");
    };
  }

  static Reals of(DataType type) {
    boolean unsigned =
        type instanceof DataType.Int(int bits, boolean signed) && bits == 64 && !signed;
    double unit =
        type instanceof DataType.Decimal decimal ? Double.parseDouble("1e" + decimal.scale()) : 1;
    return new Reals(Shape.of(type), unsigned, unit);
  }

  /// The type of what is made of arguments: that of Float32 alone is Float32.
  static DataType.Float result(DataType... arguments) {
    for (DataType argument : arguments) {
      if (!argument.equals(new DataType.Float(32))) {
        return new DataType.Float(64);
      }
    }
    return new DataType.Float(32);
  }

  double of(Slot slot) {
    return switch (shape) {
      case FLOAT -> slot.real();
      case BIG -> ((BigInteger) slot.object()).doubleValue() / unit;
      default -> unsigned ? unsigned(slot.whole()) : unit == 1 ? slot.whole() : slot.whole() / unit;
    };
  }

  static double unsigned(long bits) {
    if (bits >= 0) {
      return bits;
    }
    // Half of it, rounded to odd so that doubling rounds once.
    return (double) ((bits >>> 1) | (bits & 1)) * 2;
  }
}
