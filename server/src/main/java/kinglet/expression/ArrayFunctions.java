// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import kinglet.expression.Function.NullRule;
import kinglet.expression.Function.Plain;
import kinglet.expression.Orders.Order;
import kinglet.type.DataType;
import kinglet.type.DataType.TupleElement;
import kinglet.value.ListValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import kinglet.value.TupleValue;

/// Functions of arrays and tuples.
final class ArrayFunctions {
  private static final int SIZE_MAX = 1 << 20;
  private static final long FAR = 1L << 40;

  private ArrayFunctions() {}

  /// What is done with the values a lambda gives for the elements of arrays.
  @FunctionalInterface
  private interface Fold {
    /// @param arrays the arrays the lambda went over
    void fold(ListValue[] arrays, ListValue results, Slot out);
  }

  static FunctionGroup group() {
    FunctionGroup group = new FunctionGroup("Arrays and tuples");
    group.add(
        "array",
        "[a, b, ...]",
        "An array of the values, of the type common to all.",
        NullRule.OWN,
        "[1, 2.5]",
        (Plain) ArrayFunctions::array);
    group.add(
        "tuple",
        "(a, b, ...)",
        "A tuple of the values.",
        NullRule.OWN,
        "(1, 'a')",
        (Plain) ArrayFunctions::tuple);
    group.special(
        "tupleElement",
        "x.1, x.name",
        "An element of a tuple, by its place, counted from 1, or its name.",
        "(1, 'a').2",
        ArrayFunctions::tupleElement);
    group.add(
        "arrayElement",
        "x[n]",
        "An element, counted from 1, or from the end with -1. Outside of the array 0, an empty"
            + " value or NULL, by the element's type. Of a map the value of a key.",
        NullRule.OWN,
        "[5, 7][-1]",
        (Plain) ArrayFunctions::element);
    group.add(
        "has",
        "has(array, x)",
        "1 if an element equals `x`.",
        NullRule.OWN,
        "has([1, 2], 2)",
        (Plain) arguments -> search(arguments, Types.UINT8));
    group.add(
        "indexOf",
        "indexOf(array, x)",
        "The place of the first element that equals `x`, or 0.",
        NullRule.OWN,
        "indexOf(['a', 'b'], 'b')",
        (Plain) arguments -> search(arguments, Types.UINT64));
    group.add(
        "countEqual",
        "countEqual(array, x)",
        "How many elements equal `x`.",
        NullRule.OWN,
        "countEqual([1, 2, 1], 1)",
        (Plain) arguments -> search(arguments, Types.UINT64));
    group.add(
        "hasAny",
        "hasAny(a, b)",
        "1 if the arrays share an element.",
        "hasAny([1, 2], [2, 3])",
        arguments -> sets(arguments, false));
    group.add(
        "hasAll",
        "hasAll(a, b)",
        "1 if `a` has all elements of `b`.",
        "hasAll([1, 2], [2, 3])",
        arguments -> sets(arguments, true));
    group.add(
        "arraySlice",
        "arraySlice(array, offset[, length])",
        "The elements from a place on, counted from 1 or from the end with -1; a negative length"
            + " leaves out as many at the end.",
        "arraySlice([1, 2, 3, 4], 2, 2)",
        ArrayFunctions::slice);
    group.add(
        "arrayConcat",
        "arrayConcat(a, b, ...)",
        "The arrays one after the other.",
        "arrayConcat([1], [2, 3])",
        ArrayFunctions::concat);
    group.add(
        "arrayReverse",
        "arrayReverse(array)",
        "The elements from the last to the first.",
        "arrayReverse([1, 2, 3])",
        arguments -> rebuilt(arguments, ArrayFunctions::reversed));
    group.add(
        "arrayDistinct",
        "arrayDistinct(array)",
        "Every value once, at its first place; NULLs are left out.",
        "arrayDistinct([1, 2, 1])",
        arguments -> rebuilt(arguments, ArrayFunctions::distinct));
    group.add(
        "arraySort",
        "arraySort(array)",
        "The elements in ascending order, then NaN, then NULL.",
        "arraySort([3, 1, 2])",
        arguments -> rebuilt(arguments, (list, order) -> sorted(list, order, 1)));
    group.add(
        "arrayReverseSort",
        "arrayReverseSort(array)",
        "The elements in descending order, then NaN, then NULL.",
        "arrayReverseSort([3, 1, 2])",
        arguments -> rebuilt(arguments, (list, order) -> sorted(list, order, -1)));
    group.add(
        "arrayUniq",
        "arrayUniq(array)",
        "How many different values there are.",
        "arrayUniq([1, 2, 1])",
        ArrayFunctions::uniq);
    group.add(
        "range",
        "range([from, ]to[, step])",
        "The numbers from `from` (default 0) up to, but without, `to`. NULL for more than a"
            + " million, where ClickHouse fails.",
        "range(5)",
        ArrayFunctions::range);
    group.special(
        "arrayMap",
        "arrayMap(x -> ..., array, ...)",
        "The lambda's values for the elements.",
        "arrayMap(x -> x * 2, [1, 2])",
        arguments ->
            higher(
                arguments,
                type -> new DataType.Array(type),
                false,
                type -> (arrays, results, out) -> out.setObject(results)));
    group.special(
        "arrayFilter",
        "arrayFilter(x -> ..., array, ...)",
        "The elements of the first array for which the lambda is true.",
        "arrayFilter(x -> x > 1, [1, 2, 3])",
        arguments -> higherOfFirst(arguments));
    group.special(
        "arrayExists",
        "arrayExists(x -> ..., array, ...)",
        "1 if the lambda is true for an element.",
        "arrayExists(x -> x > 1, [1, 2])",
        arguments ->
            condition(arguments, Types.UINT8, (results, out) -> out.setBool(count(results) > 0)));
    group.special(
        "arrayAll",
        "arrayAll(x -> ..., array, ...)",
        "1 if the lambda is true for all elements.",
        "arrayAll(x -> x > 1, [1, 2])",
        arguments ->
            condition(
                arguments,
                Types.UINT8,
                (results, out) -> out.setBool(count(results) == results.size())));
    group.special(
        "arrayCount",
        "arrayCount(x -> ..., array, ...)",
        "For how many elements the lambda is true.",
        "arrayCount(x -> x > 1, [1, 2, 3])",
        arguments ->
            condition(arguments, Types.UINT32, (results, out) -> out.setWhole(count(results))));
    group.special(
        "arrayFirstIndex",
        "arrayFirstIndex(x -> ..., array, ...)",
        "The place of the first element for which the lambda is true, or 0.",
        "arrayFirstIndex(x -> x > 1, [1, 2, 3])",
        arguments ->
            condition(
                arguments,
                Types.UINT32,
                (results, out) -> {
                  int at = 0;
                  while (at < results.size() && !isTrue(results, at)) {
                    at++;
                  }
                  out.setWhole(at == results.size() ? 0 : at + 1);
                }));
    aggregates(group);
    return group;
  }

  private static void aggregates(FunctionGroup group) {
    group.special(
        "arraySum",
        "arraySum([x -> ..., ]array)",
        "The sum of the elements, or of the lambda's values, 64 bits wide.",
        "arraySum([1, 2, 3])",
        arguments ->
            higher(arguments, type -> sumType(arguments, type), true, ArrayFunctions::sum));
    group.special(
        "arrayAvg",
        "arrayAvg([x -> ..., ]array)",
        "The mean of the elements, or of the lambda's values; 0 without any.",
        "arrayAvg([1, 2])",
        arguments ->
            higher(
                arguments,
                type -> {
                  number(arguments, type);
                  return Types.FLOAT64;
                },
                true,
                ArrayFunctions::avg));
    group.special(
        "arrayMin",
        "arrayMin([x -> ..., ]array)",
        "The least element, or of the lambda's values; 0 without any.",
        "arrayMin([3, 1, 2])",
        arguments ->
            higher(
                arguments,
                type -> number(arguments, type),
                true,
                type -> extreme(arguments, type, -1)));
    group.special(
        "arrayMax",
        "arrayMax([x -> ..., ]array)",
        "The greatest element, or of the lambda's values; 0 without any.",
        "arrayMax([3, 1, 2])",
        arguments ->
            higher(
                arguments,
                type -> number(arguments, type),
                true,
                type -> extreme(arguments, type, 1)));
  }

  /// The element type of an argument that must be an array.
  @CanIgnoreReturnValue
  static DataType element(Arguments arguments, int index) {
    if (arguments.type(index) instanceof DataType.Array(DataType element)) {
      return element;
    }
    throw arguments.wrongType(index, "an array");
  }

  private static Bound array(Arguments arguments) {
    arguments.refuseIntervals();
    DataType type = ConditionalFunctions.common(arguments, arguments.all());
    ZoneId zone = arguments.scope().zone();
    List<Supplier<Converter>> converters = new ArrayList<>();
    for (Compiled value : arguments.all()) {
      converters.add(
          Converter.of(value.type(), type, zone)
              .orElseThrow(() -> arguments.noCommonType(List.of(value.type(), type))));
    }
    Shape shape = Shape.of(type);
    return new Bound(
        new DataType.Array(type),
        () -> {
          Converter[] own = converters.stream().map(Supplier::get).toArray(Converter[]::new);
          Slot slot = new Slot();
          return (in, out) -> {
            ListValue.Builder list = ListValue.builder(shape, in.length);
            for (int i = 0; i < in.length; i++) {
              own[i].convert(in[i], slot);
              list.add(slot);
            }
            out.setObject(list.build());
          };
        });
  }

  private static Bound tuple(Arguments arguments) {
    arguments.refuseIntervals();
    List<TupleElement> elements =
        arguments.all().stream().map(value -> new TupleElement(null, value.type())).toList();
    List<Shape> shapes = elements.stream().map(element -> Shape.of(element.type())).toList();
    return Bound.of(
        new DataType.Tuple(elements),
        (in, out) -> {
          List<ListValue> values = new ArrayList<>(in.length);
          for (int i = 0; i < in.length; i++) {
            values.add(ListValue.builder(shapes.get(i), 1).add(in[i]).build());
          }
          out.setObject(new TupleValue(values));
        });
  }

  private static Compiled tupleElement(Arguments arguments) {
    arguments.count(2);
    Compiled value = arguments.get(0);
    if (!(arguments.type(0) instanceof DataType.Tuple(List<TupleElement> elements))) {
      throw arguments.wrongType(0, "a tuple");
    }
    int place = place(arguments, elements);
    return Compiled.of(
        elements.get(place).type(),
        () -> {
          Evaluator evaluator = value.evaluator();
          Slot slot = new Slot();
          return (row, out) -> {
            evaluator.evaluate(row, slot);
            if (slot.isNull()) {
              out.setNull();
            } else {
              ((TupleValue) slot.object()).get(place, out);
            }
          };
        });
  }

  private static int place(Arguments arguments, List<TupleElement> elements) {
    if (Types.isText(arguments.type(1))) {
      String name = arguments.text(1);
      for (int i = 0; i < elements.size(); i++) {
        if (name.equals(elements.get(i).name())) {
          return i;
        }
      }
      throw arguments.failure(1, "The tuple has no element '" + name + "'");
    }
    long place = arguments.whole(1);
    if (place < 1 || place > elements.size()) {
      throw arguments.failure(1, "The tuple has the elements 1 to " + elements.size());
    }
    return (int) place - 1;
  }

  private static Bound element(Arguments arguments) {
    arguments.count(2);
    if (arguments.type(0) instanceof DataType.MapOf) {
      return MapFunctions.value(arguments);
    }
    DataType element = element(arguments, 0);
    if (!Types.isInt(arguments.type(1)) || Shape.of(arguments.type(1)) == Shape.BIG) {
      throw arguments.wrongType(1, "an integer");
    }
    if (arguments.get(1).constant().filter(n -> !n.isNull() && n.whole() == 0).isPresent()) {
      throw arguments.failure(1, "Elements are counted from 1, or from the end with -1");
    }
    DataType type = Types.nullableIf(element, arguments.get(1).type().nullable());
    Defaults absent = new Defaults(element);
    Defaults unknown = new Defaults(type);
    boolean high = Numbers.isUnsigned64(arguments.type(1));
    return Bound.of(
        type,
        (in, out) -> {
          if (in[0].isNull() || in[1].isNull()) {
            unknown.put(out);
            return;
          }
          ListValue list = (ListValue) in[0].object();
          long index = in[1].whole();
          long place = index > 0 || high ? index - 1 : list.size() + index;
          if (index == 0 || place < 0 || place >= list.size()) {
            absent.put(out);
          } else {
            list.get((int) place, out);
          }
        });
  }

  private static Bound search(Arguments arguments, DataType result) {
    arguments.count(2);
    if (arguments.type(0) instanceof DataType.MapOf && arguments.function().equals("has")) {
      return MapFunctions.contains(arguments);
    }
    DataType element = element(arguments, 0);
    DataType wanted = arguments.get(1).type();
    ZoneId zone = arguments.scope().zone();
    boolean inexact = Types.common(List.of(element, wanted)).isEmpty();
    if (inexact || Orders.of(element, wanted, zone).isEmpty()) {
      throw arguments.noCommonType(List.of(element, wanted));
    }
    boolean count = arguments.function().equals("countEqual");
    boolean place = arguments.function().equals("indexOf");
    return new Bound(
        result,
        () -> {
          Order order = Orders.of(element, wanted, zone).orElseThrow();
          Slot slot = new Slot();
          return (in, out) -> {
            if (in[0].isNull()) {
              out.setNull();
              return;
            }
            ListValue list = (ListValue) in[0].object();
            long found = 0;
            for (int i = 0; i < list.size(); i++) {
              list.get(i, slot);
              if (Orders.nullable(slot, in[1], order) == 0) {
                found = place ? i + 1 : found + 1;
                if (!count) {
                  break;
                }
              }
            }
            out.setWhole(found);
          };
        });
  }

  private static Bound sets(Arguments arguments, boolean all) {
    arguments.count(2);
    DataType one = element(arguments, 0);
    DataType other = element(arguments, 1);
    ZoneId zone = arguments.scope().zone();
    if (Orders.of(one, other, zone).isEmpty() || (Types.common(List.of(one, other)).isEmpty())) {
      throw arguments.noCommonType(List.of(one, other));
    }
    return new Bound(
        Types.UINT8,
        () -> {
          Order order = Orders.of(one, other, zone).orElseThrow();
          Slot left = new Slot();
          Slot right = new Slot();
          return (in, out) -> {
            ListValue list = (ListValue) in[0].object();
            ListValue wanted = (ListValue) in[1].object();
            boolean result = all;
            for (int i = 0; i < wanted.size() && result == all; i++) {
              wanted.get(i, right);
              boolean found = false;
              for (int j = 0; j < list.size() && !found; j++) {
                list.get(j, left);
                found = Orders.nullable(left, right, order) == 0;
              }
              result = found;
            }
            out.setBool(result);
          };
        });
  }

  private static Bound slice(Arguments arguments) {
    arguments.count(2, 3);
    DataType element = element(arguments, 0);
    for (int i = 1; i < arguments.size(); i++) {
      if (!Types.isInt(arguments.type(i)) || Shape.of(arguments.type(i)) == Shape.BIG) {
        throw arguments.wrongType(i, "an integer");
      }
    }
    Shape shape = Shape.of(element);
    return new Bound(
        arguments.type(0),
        () -> {
          Slot slot = new Slot();
          return (in, out) -> {
            ListValue list = (ListValue) in[0].object();
            long size = list.size();
            long offset = Math.clamp(in[1].whole(), -FAR, FAR);
            long from = offset > 0 ? offset - 1 : size + offset;
            long length = in.length == 3 ? Math.clamp(in[2].whole(), -FAR, FAR) : size - from;
            long to = length >= 0 ? Math.min(size, from + length) : size + length;
            if (offset == 0) {
              to = 0;
            }
            from = Math.max(0, from);
            ListValue.Builder part = ListValue.builder(shape, (int) Math.clamp(to - from, 0, size));
            for (long i = from; i < to; i++) {
              list.get((int) i, slot);
              part.add(slot);
            }
            out.setObject(part.build());
          };
        });
  }

  private static Bound concat(Arguments arguments) {
    arguments.count(1, Integer.MAX_VALUE);
    for (int i = 0; i < arguments.size(); i++) {
      element(arguments, i);
    }
    DataType type = ConditionalFunctions.common(arguments, arguments.all());
    DataType element = ((DataType.Array) type).element();
    ZoneId zone = arguments.scope().zone();
    List<Supplier<Converter>> converters =
        arguments.all().stream()
            .map(value ->
                Converter.of(((DataType.Array) value.type()).element(), element, zone)
                    .orElseThrow(() -> arguments.noCommonType(List.of(value.type()))))
            .toList();
    return new Bound(
        type,
        () -> {
          Converter[] own = converters.stream().map(Supplier::get).toArray(Converter[]::new);
          Slot slot = new Slot();
          Slot converted = new Slot();
          return (in, out) -> {
            ListValue.Builder all = ListValue.builder(Shape.of(element), 8);
            for (int i = 0; i < in.length; i++) {
              ListValue list = (ListValue) in[i].object();
              for (int j = 0; j < list.size(); j++) {
                list.get(j, slot);
                own[i].convert(slot, converted);
                all.add(converted);
              }
            }
            out.setObject(all.build());
          };
        });
  }

  /// Puts together a list of the same type.
  @FunctionalInterface
  private interface Rebuild {
    ListValue rebuild(ListValue list, Order order);
  }

  private static Bound rebuilt(Arguments arguments, Rebuild rebuild) {
    arguments.count(1);
    DataType element = element(arguments, 0);
    ZoneId zone = arguments.scope().zone();
    if (Orders.of(element, element, zone).isEmpty()) {
      throw arguments.wrongType(0, "an array of values that can be compared");
    }
    boolean dropped = arguments.function().equals("arrayDistinct") && element.nullable();
    DataType type = dropped ? new DataType.Array(Types.bare(element)) : arguments.type(0);
    return new Bound(
        type,
        () -> {
          Order order = Orders.of(element, element, zone).orElseThrow();
          return (in, out) -> out.setObject(rebuild.rebuild((ListValue) in[0].object(), order));
        });
  }

  private static ListValue reversed(ListValue list, Order order) {
    ListValue.Builder reversed = ListValue.builder(list.shape(), list.size());
    Slot slot = new Slot();
    for (int i = list.size() - 1; i >= 0; i--) {
      list.get(i, slot);
      reversed.add(slot);
    }
    return reversed.build();
  }

  private static ListValue distinct(ListValue list, Order order) {
    ListValue.Builder kept = ListValue.builder(list.shape(), list.size());
    for (Slot slot : distinctSlots(list, order)) {
      if (!slot.isNull()) {
        kept.add(slot);
      }
    }
    return kept.build();
  }

  private static List<Slot> distinctSlots(ListValue list, Order order) {
    List<Slot> kept = new ArrayList<>();
    for (Slot slot : slots(list)) {
      if (kept.stream().noneMatch(known -> same(known, slot, order))) {
        kept.add(slot);
      }
    }
    return kept;
  }

  /// As values of a set are: NaN is one value.
  private static boolean same(Slot one, Slot other, Order order) {
    int compared = Orders.nullable(one, other, order);
    return compared == 0 || (compared == Orders.UNORDERED && one.bits() == other.bits());
  }

  private static Slot[] slots(ListValue list) {
    Slot[] slots = new Slot[list.size()];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = new Slot();
      list.get(i, slots[i]);
    }
    return slots;
  }

  private static ListValue sorted(ListValue list, Order order, int direction) {
    Slot[] slots = slots(list);
    Arrays.sort(slots, (one, other) -> direction(one, other, order, direction, list.shape()));
    ListValue.Builder sorted = ListValue.builder(list.shape(), slots.length);
    for (Slot slot : slots) {
      sorted.add(slot);
    }
    return sorted.build();
  }

  private static int direction(Slot one, Slot other, Order order, int direction, Shape shape) {
    int rank = Integer.compare(rank(one, shape), rank(other, shape));
    if (rank != 0 || one.isNull() || rank(one, shape) > 0) {
      return rank;
    }
    return Integer.signum(order.compare(one, other)) * direction;
  }

  private static int rank(Slot slot, Shape shape) {
    if (slot.isNull()) {
      return 2;
    }
    return shape == Shape.FLOAT && Double.isNaN(slot.real()) ? 1 : 0;
  }

  private static Bound uniq(Arguments arguments) {
    arguments.count(1);
    DataType element = element(arguments, 0);
    ZoneId zone = arguments.scope().zone();
    if (Orders.of(element, element, zone).isEmpty()) {
      throw arguments.wrongType(0, "an array of values that can be compared");
    }
    return new Bound(
        Types.UINT32,
        () -> {
          Order order = Orders.of(element, element, zone).orElseThrow();
          return (in, out) -> out.setWhole(distinctSlots((ListValue) in[0].object(), order).size());
        });
  }

  private static Bound range(Arguments arguments) {
    arguments.count(1, 3);
    for (int i = 0; i < arguments.size(); i++) {
      if (!(arguments.type(i) instanceof DataType.Int(int bits, boolean _)) || bits > 64) {
        throw arguments.wrongType(i, "an integer of at most 64 bits");
      }
    }
    DataType element = ConditionalFunctions.common(arguments, arguments.all());
    boolean three = arguments.size() == 3;
    return Bound.of(
        new DataType.Array(element),
        (in, out) -> {
          long from = in.length == 1 ? 0 : in[0].whole();
          long to = in.length == 1 ? in[0].whole() : in[1].whole();
          long step = three ? in[2].whole() : 1;
          long size =
              step > 0 && to > from
                  ? Math.ceilDiv(to - from, step)
                  : step < 0 && to < from ? Math.ceilDiv(from - to, -step) : 0;
          if (size < 0 || size > SIZE_MAX || step == 0 || (in.length == 1 && to < 0)) {
            out.setNull();
            return;
          }
          long[] numbers = new long[(int) size];
          for (int i = 0; i < size; i++) {
            numbers[i] = from + i * step;
          }
          out.setObject(ListValue.ofBits(Shape.WHOLE, numbers));
        });
  }

  /// The type of a result by the type of a lambda's values.
  @FunctionalInterface
  private interface ResultType {
    DataType of(DataType values);
  }

  @FunctionalInterface
  private interface Folds {
    Fold of(DataType values);
  }

  private static Compiled higherOfFirst(Arguments arguments) {
    arguments.count(2, 100);
    DataType first = new DataType.Array(element(arguments, 1));
    return higher(
        arguments,
        type -> {
          checkCondition(arguments, type);
          return first;
        },
        false,
        type ->
            (arrays, results, out) -> {
              ListValue.Builder kept = ListValue.builder(arrays[0].shape(), results.size());
              Slot slot = new Slot();
              for (int i = 0; i < results.size(); i++) {
                if (isTrue(results, i)) {
                  arrays[0].get(i, slot);
                  kept.add(slot);
                }
              }
              out.setObject(kept.build());
            });
  }

  /// What is made of the truths of a lambda.
  @FunctionalInterface
  private interface Truths {
    void put(ListValue results, Slot out);
  }

  private static Compiled condition(Arguments arguments, DataType result, Truths truths) {
    if (arguments.function().equals("arrayFirstIndex")) {
      arguments.count(2, 100);
    }
    return higher(
        arguments,
        type -> {
          checkCondition(arguments, type);
          return result;
        },
        true,
        type -> (arrays, results, out) -> truths.put(results, out));
  }

  private static void checkCondition(Arguments arguments, DataType type) {
    DataType bare = Types.bare(type);
    boolean truth =
        arguments.isLambda(0)
            ? bare.equals(Types.UINT8) || bare instanceof DataType.Bool
            : type.equals(Types.UINT8);
    if (!truth) {
      throw arguments.failure(0, "Expected a condition of type UInt8 or Bool, not " + type.sql());
    }
  }

  private static boolean isTrue(ListValue results, int index) {
    return !results.isNull(index) && results.bits(index) != 0;
  }

  private static int count(ListValue results) {
    int count = 0;
    for (int i = 0; i < results.size(); i++) {
      count += isTrue(results, i) ? 1 : 0;
    }
    return count;
  }

  /// A function of the values a lambda gives, or of the elements where the lambda may be missing.
  private static Compiled higher(
      Arguments arguments, ResultType result, boolean bare, Folds folds) {
    arguments.count(1, 100);
    boolean lambda = arguments.isLambda(0);
    if (!lambda && (!bare || arguments.size() > 1)) {
      throw arguments.failure(0, "Expected a lambda such as x -> x + 1");
    }
    List<DataType> elements = new ArrayList<>();
    List<Compiled> arrays = new ArrayList<>();
    for (int i = lambda ? 1 : 0; i < arguments.size(); i++) {
      elements.add(element(arguments, i));
      arrays.add(arguments.get(i));
    }
    Optional<LambdaBody> body =
        lambda ? Optional.of(arguments.lambda(0, elements)) : Optional.empty();
    DataType values = body.map(LambdaBody::type).orElse(elements.getFirst());
    DataType type = result.of(values);
    Shape shape = Shape.of(values);
    Compiled compiled =
        Compiled.of(
            type,
            () -> {
              Evaluator[] evaluators =
                  arrays.stream().map(Compiled::evaluator).toArray(Evaluator[]::new);
              Fold fold = folds.of(values);
              ListValue[] lists = new ListValue[evaluators.length];
              Slot slot = new Slot();
              Optional<LambdaBody.Call> call = body.map(LambdaBody::evaluator);
              return (row, out) -> {
                for (int i = 0; i < evaluators.length; i++) {
                  evaluators[i].evaluate(row, slot);
                  if (slot.isNull()) {
                    out.setNull();
                    return;
                  }
                  lists[i] = (ListValue) slot.object();
                  if (lists[i].size() != lists[0].size()) {
                    out.setNull();
                    return;
                  }
                }
                ListValue results =
                    call.isPresent() ? mapped(call.get(), row, lists, shape, slot) : lists[0];
                fold.fold(lists, results, out);
              };
            });
    return compiled;
  }

  private static ListValue mapped(
      LambdaBody.Call call, Row row, ListValue[] lists, Shape shape, Slot slot) {
    ListValue.Builder results = ListValue.builder(shape, lists[0].size());
    for (int i = 0; i < lists[0].size(); i++) {
      for (int j = 0; j < lists.length; j++) {
        lists[j].get(i, call.parameter(j));
      }
      call.evaluate(row, slot);
      results.add(slot);
    }
    return results.build();
  }

  @CanIgnoreReturnValue
  private static DataType number(Arguments arguments, DataType type) {
    if (!(type instanceof DataType.Int(int bits, boolean _) && bits <= 64)
        && !(type instanceof DataType.Float)) {
      throw arguments.failure(
          arguments.function() + " takes numbers of at most 64 bits, not " + type.sql());
    }
    return type;
  }

  private static DataType sumType(Arguments arguments, DataType type) {
    return number(arguments, type) instanceof DataType.Int(int _, boolean signed)
        ? new DataType.Int(64, signed)
        : Types.FLOAT64;
  }

  private static Fold sum(DataType type) {
    if (Types.isFloat(type)) {
      return (arrays, results, out) -> {
        double sum = 0;
        for (int i = 0; i < results.size(); i++) {
          sum += results.real(i);
        }
        out.setReal(sum);
      };
    }
    return (arrays, results, out) -> {
      long sum = 0;
      for (int i = 0; i < results.size(); i++) {
        sum += results.bits(i);
      }
      out.setWhole(sum);
    };
  }

  private static Fold avg(DataType type) {
    Numbers.Real real = Numbers.real(type);
    Fold sum = sum(type);
    DataType sumType =
        type instanceof DataType.Int(int _, boolean signed)
            ? new DataType.Int(64, signed)
            : Types.FLOAT64;
    Numbers.Real total = Numbers.real(sumType);
    return (arrays, results, out) -> {
      sum.fold(arrays, results, out);
      out.setReal(results.size() == 0 ? 0 : total.read(out) / results.size());
    };
  }

  private static Fold extreme(Arguments arguments, DataType type, int direction) {
    Order order = Orders.of(type, type, arguments.scope().zone()).orElseThrow();
    Slot slot = new Slot();
    Defaults absent = new Defaults(type);
    return (arrays, results, out) -> {
      absent.put(out);
      for (int i = 0; i < results.size(); i++) {
        results.get(i, slot);
        int compared = order.compare(slot, out);
        boolean better = compared != Orders.UNORDERED && Integer.signum(compared) == direction;
        boolean replaces =
            out.isNull() || better || (type instanceof DataType.Float && Double.isNaN(out.real()));
        if (i == 0 || replaces) {
          out.set(slot);
        }
      }
    };
  }
}
