// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.MapValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import kinglet.value.TupleValue;

/// How values of two types compare.
final class Orders {
  /// What a comparison with NaN gives.
  static final int UNORDERED = Integer.MIN_VALUE;

  private Orders() {}

  /// Compares two values that are not NULL; may own working space.
  @FunctionalInterface
  interface Order {
    int compare(Slot one, Slot other);
  }

  /// Empty where values of the two types can't be compared.
  static Optional<Order> of(DataType one, DataType other, ZoneId zone) {
    DataType a = Types.bare(one);
    DataType b = Types.bare(other);
    if (a.equals(b) && a instanceof DataType.Enum) {
      return Optional.of((x, y) -> Long.compare(x.whole(), y.whole()));
    }
    if (Types.isNumber(a) && Types.isNumber(b) && !isInexact(a, b)) {
      return Optional.of(numbers(a, b));
    }
    if (Types.isText(a) && Types.isText(b)) {
      return Optional.of(a.equals(b) ? Orders::bytes : Orders::padded);
    }
    if (Types.isDateLike(a) && Types.isDateLike(b)) {
      return Optional.of(dates(a, b, zone));
    }
    return switch (a) {
      case DataType.Uuid _ when b instanceof DataType.Uuid -> Optional.of(Orders::uuids);
      case DataType.Ipv4 _ when b instanceof DataType.Ipv4 ->
          Optional.of((x, y) -> Long.compare(x.whole(), y.whole()));
      case DataType.Ipv6 _ when b instanceof DataType.Ipv6 -> Optional.of(Orders::bytes);
      case DataType.Array(DataType x) when b instanceof DataType.Array(DataType y) ->
          of(x, y, zone).map(order -> lists(order));
      case DataType.Tuple x when b instanceof DataType.Tuple y -> tuples(x, y, zone);
      case DataType.MapOf(DataType k, DataType v)
          when b instanceof DataType.MapOf(DataType l, DataType w) ->
          of(k, l, zone).flatMap(keys -> of(v, w, zone).map(values -> maps(keys, values)));
      default -> nothing(a, b);
    };
  }

  private static Optional<Order> nothing(DataType a, DataType b) {
    boolean nothing = Types.isNothing(a) || Types.isNothing(b);
    return nothing ? Optional.of((x, y) -> UNORDERED) : Optional.empty();
  }

  private static Order numbers(DataType a, DataType b) {
    if (Types.isFloat(a) || Types.isFloat(b)) {
      if (Types.isFloat(a) && Types.isFloat(b)) {
        return (x, y) -> reals(x.real(), y.real());
      }
      if (Types.isDecimal(a) || Types.isDecimal(b) || isSmall(a) || isSmall(b)) {
        Numbers.Real left = Numbers.real(a);
        Numbers.Real right = Numbers.real(b);
        return (x, y) -> reals(left.read(x), right.read(y));
      }
      return mixed(a, b);
    }
    if (Types.isDecimal(a) || Types.isDecimal(b)) {
      return decimals(a, b);
    }
    if (Shape.of(a) == Shape.BIG || Shape.of(b) == Shape.BIG) {
      Numbers.Big left = Numbers.big(a);
      Numbers.Big right = Numbers.big(b);
      return (x, y) -> left.read(x).compareTo(right.read(y));
    }
    boolean leftHigh = Numbers.isUnsigned64(a);
    boolean rightHigh = Numbers.isUnsigned64(b);
    if (leftHigh && rightHigh) {
      return (x, y) -> Long.compareUnsigned(x.whole(), y.whole());
    }
    if (leftHigh) {
      return (x, y) -> x.whole() < 0 ? 1 : Long.compare(x.whole(), y.whole());
    }
    if (rightHigh) {
      return (x, y) -> y.whole() < 0 ? -1 : Long.compare(x.whole(), y.whole());
    }
    return (x, y) -> Long.compare(x.whole(), y.whole());
  }

  /// Integers of more than 64 bits compare with integers alone.
  private static boolean isInexact(DataType a, DataType b) {
    boolean wide =
        (Types.isInt(a) && Shape.of(a) == Shape.BIG)
            || (Types.isInt(b) && Shape.of(b) == Shape.BIG);
    return wide && !(Types.isInt(a) && Types.isInt(b));
  }

  private static boolean isSmall(DataType type) {
    return type instanceof DataType.Int(int bits, boolean _) && bits <= 32;
  }

  /// A wide integer and a float, compared exactly.
  private static Order mixed(DataType a, DataType b) {
    Numbers.Real left = Numbers.real(a);
    Numbers.Real right = Numbers.real(b);
    boolean first = Types.isFloat(a);
    Numbers.Big exact = Numbers.big(first ? b : a);
    return (x, y) -> {
      double one = left.read(x);
      double two = right.read(y);
      int rough = reals(one, two);
      if (rough != 0 || Math.abs(one) < 0x1p53) {
        return rough;
      }
      BigDecimal whole = new BigDecimal(exact.read(first ? y : x));
      BigDecimal real = new BigDecimal(first ? one : two);
      return first ? real.compareTo(whole) : whole.compareTo(real);
    };
  }

  private static Order decimals(DataType a, DataType b) {
    int left = a instanceof DataType.Decimal(int _, int scale) ? scale : 0;
    int right = b instanceof DataType.Decimal(int _, int scale) ? scale : 0;
    if (left == right && Shape.of(a) == Shape.WHOLE && Shape.of(b) == Shape.WHOLE) {
      boolean high = Numbers.isUnsigned64(a) || Numbers.isUnsigned64(b);
      if (!high) {
        return (x, y) -> Long.compare(x.whole(), y.whole());
      }
    }
    Numbers.Big one = Numbers.big(a);
    Numbers.Big two = Numbers.big(b);
    BigInteger scaleOne = BigInteger.TEN.pow(Math.max(0, right - left));
    BigInteger scaleTwo = BigInteger.TEN.pow(Math.max(0, left - right));
    return (x, y) -> one.read(x).multiply(scaleOne).compareTo(two.read(y).multiply(scaleTwo));
  }

  private static int reals(double one, double other) {
    if (one < other) {
      return -1;
    }
    if (one > other) {
      return 1;
    }
    return one == other ? 0 : UNORDERED;
  }

  static int bytes(Slot one, Slot other) {
    return Arrays.compareUnsigned(
        one.bytes(),
        one.offset(),
        one.offset() + one.length(),
        other.bytes(),
        other.offset(),
        other.offset() + other.length());
  }

  /// As if the shorter one were filled up with zero bytes.
  private static int padded(Slot one, Slot other) {
    int common = Math.min(one.length(), other.length());
    int compared =
        Arrays.compareUnsigned(
            one.bytes(),
            one.offset(),
            one.offset() + common,
            other.bytes(),
            other.offset(),
            other.offset() + common);
    if (compared != 0) {
      return compared;
    }
    for (int i = common; i < one.length(); i++) {
      if (one.bytes()[one.offset() + i] != 0) {
        return 1;
      }
    }
    for (int i = common; i < other.length(); i++) {
      if (other.bytes()[other.offset() + i] != 0) {
        return -1;
      }
    }
    return 0;
  }

  /// A block keeps a UUID as two halves, each with its lowest byte first.
  private static int uuids(Slot one, Slot other) {
    int high = Long.compareUnsigned(Bits.longAt(one, 0), Bits.longAt(other, 0));
    return high != 0 ? high : Long.compareUnsigned(Bits.longAt(one, 8), Bits.longAt(other, 8));
  }

  private static Order dates(DataType a, DataType b, ZoneId zone) {
    if (Types.isDay(a) && Types.isDay(b)) {
      return (x, y) -> Long.compare(x.whole(), y.whole());
    }
    Times.Reader left = Times.reader(a, zone);
    Times.Reader right = Times.reader(b, zone);
    int precision = Math.max(Times.precision(a), Times.precision(b));
    long one = Numbers.power(precision - Times.precision(a));
    long two = Numbers.power(precision - Times.precision(b));
    return (x, y) -> Long.compare(left.ticks(x) * one, right.ticks(y) * two);
  }

  private static Order lists(Order order) {
    Slot left = new Slot();
    Slot right = new Slot();
    return (x, y) -> lists((ListValue) x.object(), (ListValue) y.object(), order, left, right);
  }

  private static int lists(ListValue one, ListValue other, Order order, Slot left, Slot right) {
    int common = Math.min(one.size(), other.size());
    for (int i = 0; i < common; i++) {
      one.get(i, left);
      other.get(i, right);
      int compared = nullable(left, right, order);
      if (compared != 0) {
        return compared;
      }
    }
    return Integer.compare(one.size(), other.size());
  }

  /// NULL is equal to NULL and above all others, as inside of arrays.
  static int nullable(Slot left, Slot right, Order order) {
    if (left.isNull() || right.isNull()) {
      return Boolean.compare(left.isNull(), right.isNull());
    }
    return order.compare(left, right);
  }

  private static Order maps(Order keys, Order values) {
    Slot left = new Slot();
    Slot right = new Slot();
    return (x, y) -> {
      MapValue one = (MapValue) x.object();
      MapValue other = (MapValue) y.object();
      int compared = lists(one.keys(), other.keys(), keys, left, right);
      return compared != 0 ? compared : lists(one.values(), other.values(), values, left, right);
    };
  }

  private static Optional<Order> tuples(DataType.Tuple one, DataType.Tuple other, ZoneId zone) {
    if (one.elements().size() != other.elements().size()) {
      return Optional.empty();
    }
    List<Order> orders = new ArrayList<>();
    for (int i = 0; i < one.elements().size(); i++) {
      Optional<Order> order =
          of(one.elements().get(i).type(), other.elements().get(i).type(), zone);
      if (order.isEmpty()) {
        return Optional.empty();
      }
      orders.add(order.get());
    }
    Slot left = new Slot();
    Slot right = new Slot();
    return Optional.of((x, y) -> {
      for (int i = 0; i < orders.size(); i++) {
        ((TupleValue) x.object()).get(i, left);
        ((TupleValue) y.object()).get(i, right);
        int compared = nullable(left, right, orders.get(i));
        if (compared != 0) {
          return compared;
        }
      }
      return 0;
    });
  }
}
