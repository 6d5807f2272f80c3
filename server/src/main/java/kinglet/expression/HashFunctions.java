// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import kinglet.type.DataType;
import kinglet.value.Shape;
import kinglet.value.Slot;
import kinglet.value.XxHash64;

/// Hashes with the values ClickHouse has.
final class HashFunctions {
  private HashFunctions() {}

  /// The hash of bytes.
  @FunctionalInterface
  private interface OfBytes {
    long hash(byte[] bytes, int start, int length);
  }

  /// The hash of one value; may own working space.
  @FunctionalInterface
  private interface OfValue {
    long hash(Slot value);
  }

  private enum Kind {
    CITY("cityHash64", "CityHash64 1.0.2", Hashes::city),
    FARM("farmHash64", "FarmHash64", Hashes::farm),
    SIP("sipHash64", "SipHash-2-4", Hashes::sip),
    XX64("xxHash64", "xxHash64", (bytes, start, length) -> XxHash64.hash(bytes, start, length, 0)),
    XX32("xxHash32", "xxHash32", Hashes::xx32);

    private final String function;
    private final String title;
    private final OfBytes bytes;

    Kind(String function, String title, OfBytes bytes) {
      this.function = function;
      this.title = title;
      this.bytes = bytes;
    }

    DataType type() {
      return this == XX32 ? Types.UINT32 : Types.UINT64;
    }

    boolean mixesNumbers() {
      return this == CITY || this == FARM;
    }

    /// How the hashes of several arguments become one.
    long combine(long one, long other, byte[] space) {
      return switch (this) {
        case SIP -> {
          Bits.putLong(space, 0, one);
          Bits.putLong(space, 8, other);
          yield bytes.hash(space, 0, 16);
        }
        case XX32 -> Hashes.half(one) ^ other;
        default -> Hashes.mix(one, other);
      };
    }
  }

  static FunctionGroup group() {
    FunctionGroup group = new FunctionGroup("Hashes");
    for (Kind kind : Kind.values()) {
      group.add(
          kind.function,
          kind.function + "(a, ...)",
          kind.title + " of the values together: numbers, texts, dates, UUIDs.",
          kind.function + "('kinglet', 1)",
          arguments -> hash(arguments, kind));
    }
    group.add(
        "intHash64",
        "intHash64(x)",
        "A hash of an integer, for spreading it over buckets: `intHash64(x) % 100`.",
        "intHash64(1)",
        arguments -> {
          arguments.count(1);
          if (!Types.isInt(arguments.type(0)) || Shape.of(arguments.type(0)) == Shape.BIG) {
            throw arguments.wrongType(0, "an integer of at most 64 bits");
          }
          return Bound.of(Types.UINT64, (in, out) -> out.setWhole(Hashes.whole(in[0].whole())));
        });
    return group;
  }

  private static Bound hash(Arguments arguments, Kind kind) {
    arguments.count(1, 100);
    int size = arguments.size();
    List<Supplier<OfValue>> hashes = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      hashes.add(value(arguments, i, kind));
    }
    return new Bound(
        kind.type(),
        () -> {
          OfValue[] own = hashes.stream().map(Supplier::get).toArray(OfValue[]::new);
          byte[] space = new byte[16];
          return (in, out) -> {
            long hash = own[0].hash(in[0]);
            for (int i = 1; i < own.length; i++) {
              hash = kind.combine(hash, own[i].hash(in[i]), space);
            }
            out.setWhole(hash);
          };
        });
  }

  private static Supplier<OfValue> value(Arguments arguments, int index, Kind kind) {
    DataType type = arguments.type(index);
    OfBytes bytes = kind.bytes;
    return switch (type) {
      case DataType.StringType _, DataType.FixedString _ ->
          () -> value -> bytes.hash(value.bytes(), value.offset(), value.length());
      case DataType.Uuid _ ->
          () -> value -> bytes.hash(value.bytes(), value.offset(), value.length());
      case DataType.Float(int bits) ->
          bits == 32
              ? number(
                  kind, 4, value -> Float.floatToRawIntBits((float) value.real()) & 0xFFFFFFFFL)
              : number(kind, 8, Slot::bits);
      case DataType.DateTime64 _, DataType.Decimal _ when type.width() <= 8 -> {
        int width = type.width();
        yield () -> {
          byte[] space = new byte[8];
          return value -> {
            putNumber(space, 0, value.whole(), width);
            return bytes.hash(space, 0, width);
          };
        };
      }
      default -> {
        DataType.Int whole =
            Types.integer(type)
                .filter(known -> known.bits() <= 64)
                .orElseThrow(
                    () -> arguments.wrongType(index, "a number, a text, a date or a UUID"));
        int width = whole.bits() / 8;
        yield number(kind, width, value -> Numbers.wrap(value.whole(), whole.bits(), false));
      }
    };
  }

  private static Supplier<OfValue> number(Kind kind, int width, OfValue bits) {
    if (kind.mixesNumbers()) {
      return () -> value -> Hashes.whole(bits.hash(value));
    }
    return () -> {
      byte[] space = new byte[8];
      return value -> {
        putNumber(space, 0, bits.hash(value), width);
        return kind.bytes.hash(space, 0, width);
      };
    };
  }

  private static void putNumber(byte[] space, int at, long value, int width) {
    for (int i = 0; i < width; i++) {
      space[at + i] = (byte) (value >>> (8 * i));
    }
  }
}
