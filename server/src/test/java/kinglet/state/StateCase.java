// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kinglet.aggregate.Aggregate;
import kinglet.aggregate.AggregateFunctions;
import kinglet.type.DataType;
import kinglet.value.Literal;
import kinglet.value.Shape;
import kinglet.value.Slot;

/// A random layout and a stream of events for it.
///
/// Argument 0 is a whole number, 1 a real one, 2 bytes; each may be NULL.
record StateCase(StateLayout layout, List<Happening> events) {
  /// One event; a value is NULL where there is none.
  record Happening(
      String key,
      long micros,
      long seq,
      long ingestedMicros,
      Long whole,
      Double real,
      String text,
      List<Boolean> conditions) {
    void fill(Event event) {
      byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
      event.setKey(bytes, 0, bytes.length);
      event.place(micros, seq, ingestedMicros);
      for (int condition = 0; condition < conditions.size(); condition++) {
        event.setCondition(condition, conditions.get(condition));
      }
      Stream.of(0, 1, 2).forEach(argument -> event.argument(argument).setNull());
      if (whole != null) {
        event.argument(0).setWhole(whole);
      }
      if (real != null) {
        event.argument(1).setReal(real);
      }
      if (text != null) {
        event.argument(2).setText(text);
      }
    }

    boolean isNull(int argument) {
      return switch (argument) {
        case 0 -> whole == null;
        case 1 -> real == null;
        default -> text == null;
      };
    }
  }

  static StateCase random(RandomGenerator random, int eventCount) {
    return of(layout(random), random, eventCount);
  }

  static StateCase of(StateLayout layout, RandomGenerator random, int eventCount) {
    List<Happening> events = new ArrayList<>();
    long now = 1_000_000;
    long pace = 1L << random.nextInt(12);
    int keys = random.nextInt(4) == 0 ? 1 : 1 + random.nextInt(8);
    for (int i = 0; i < eventCount; i++) {
      now += random.nextInt(20) == 0 ? random.nextLong(pace * 500 + 1) : random.nextLong(pace + 1);
      boolean heavy = random.nextBoolean();
      List<Boolean> conditions =
          Stream.generate(random::nextBoolean).limit(layout.conditions()).toList();
      events.add(
          new Happening(
              "key" + (heavy ? 0 : random.nextInt(keys)),
              time(random, now, pace),
              i + 1L,
              now,
              random.nextInt(6) == 0 ? null : whole(random),
              random.nextInt(6) == 0 ? null : random.nextGaussian(),
              random.nextInt(6) == 0 ? null : "text" + random.nextInt(100),
              conditions));
    }
    return new StateCase(layout, events);
  }

  private static long whole(RandomGenerator random) {
    return switch (random.nextInt(20)) {
      case 0 -> Long.MAX_VALUE;
      case 1 -> Long.MIN_VALUE;
      default -> random.nextInt(1_000);
    };
  }

  private static long time(RandomGenerator random, long now, long pace) {
    return switch (random.nextInt(30)) {
      case 0 -> now + random.nextLong(pace * 100 + 1);
      case 1 -> now - random.nextLong(pace * 1_000 + 1);
      case 2, 3, 4 -> now - random.nextLong(pace * 30 + 1);
      case 5 -> -random.nextLong(1_000_000);
      case 6, 7 -> now / 64 * 64;
      default -> now;
    };
  }

  static StateLayout layout(RandomGenerator random) {
    List<Shape> arguments = List.of(Shape.WHOLE, Shape.FLOAT, Shape.BYTES);
    int conditions = random.nextInt(3);
    OptionalLong ttl =
        random.nextInt(3) == 0 ? OptionalLong.of(width(random)) : OptionalLong.empty();
    long reach = random.nextInt(3) == 0 ? 0 : random.nextLong(5_000);
    if (random.nextInt(10) == 0) {
      return new StateLayout(
          arguments, conditions, List.of(), List.of(), List.of(), true, ttl, reach);
    }
    List<AggregateUse> aggregates = new ArrayList<>();
    List<Window> windows = new ArrayList<>();
    List<FeatureUse> features = new ArrayList<>();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      aggregates.add(aggregate(random, conditions));
    }
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      windows.add(window(random));
    }
    for (int i = 1 + random.nextInt(10); i > 0; i--) {
      features.add(
          new FeatureUse(random.nextInt(aggregates.size()), random.nextInt(windows.size())));
    }
    return new StateLayout(arguments, conditions, aggregates, windows, features, false, ttl, reach);
  }

  private static AggregateUse aggregate(RandomGenerator random, int conditions) {
    OptionalInt condition =
        conditions > 0 && random.nextBoolean()
            ? OptionalInt.of(random.nextInt(conditions))
            : OptionalInt.empty();
    Aggregate aggregate =
        switch (random.nextInt(9)) {
          case 0 -> new WholeSum(true);
          case 1 -> new WholeSum(false);
          case 2 -> new RealSum();
          case 3 -> new EventList(true);
          case 4, 5, 6, 7 -> real(random.nextInt(REAL.size()));
          default -> new EventList(false);
        };
    List<Integer> arguments =
        switch (aggregate) {
          case WholeSum sum when sum.counts() -> List.of();
          case WholeSum _ -> List.of(0);
          case RealSum _ -> List.of(1);
          case EventList _ -> random.nextBoolean() ? List.of() : List.of(random.nextInt(3));
          default -> argumentsOf(aggregate);
        };
    return new AggregateUse(aggregate, arguments, condition);
  }

  /// A function of the product with the argument it takes here.
  private record Real(String name, List<Literal> parameters, int argument) {}

  private static final List<Real> REAL =
      List.of(
          new Real("deltaSum", List.of(), 0),
          new Real("avg", List.of(), 1),
          new Real("count", List.of(), 1),
          new Real("sum", List.of(), 0),
          new Real("sum", List.of(), 1),
          new Real("avg", List.of(), 0),
          new Real("min", List.of(), 0),
          new Real("max", List.of(), 1),
          new Real("any", List.of(), 0),
          new Real("anyLast", List.of(), 1),
          new Real("max", List.of(), 2),
          new Real("anyLast", List.of(), 2),
          new Real("uniqExact", List.of(), 2),
          new Real("uniq", List.of(), 0),
          new Real("groupArrayLast", List.of(new Literal.Number("5")), 0),
          new Real("quantileExact", List.of(new Literal.Number("0.5")), 1),
          new Real("topK", List.of(new Literal.Number("3")), 2));

  private static final List<DataType> TYPES =
      List.of(DataType.parse("Int64"), DataType.parse("Float64"), DataType.parse("String"));

  private static final Map<Aggregate, Real> BOUND =
      REAL.stream()
          .collect(
              Collectors.toMap(
                  one ->
                      AggregateFunctions.bind(
                          one.name(), one.parameters(), List.of(TYPES.get(one.argument()))),
                  one -> one,
                  (one, _) -> one,
                  IdentityHashMap::new));

  private static Aggregate real(int index) {
    return BOUND.entrySet().stream()
        .filter(entry -> entry.getValue().equals(REAL.get(index)))
        .findFirst()
        .orElseThrow()
        .getKey();
  }

  private static List<Integer> argumentsOf(Aggregate aggregate) {
    return List.of(BOUND.get(aggregate).argument());
  }

  /// Whether late events inside a tile are left out of a value.
  static boolean needsOrder(Aggregate aggregate) {
    return BOUND.containsKey(aggregate) && BOUND.get(aggregate).name().equals("deltaSum");
  }

  private static Window window(RandomGenerator random) {
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> new Window.Range(width(random), false);
      case 3 -> new Window.Range(width(random), true);
      case 4, 5 -> new Window.Tiled(width(random), 1 + random.nextLong(3_000));
      case 6 -> new Window.Unbounded();
      default -> new Window.Rows(random.nextInt(random.nextBoolean() ? 5 : 300));
    };
  }

  private static long width(RandomGenerator random) {
    return 1 + (random.nextLong(1L << (1 + random.nextInt(22))));
  }

  static Slot[] slots(StateLayout layout) {
    return Stream.generate(Slot::new).limit(layout.values()).toArray(Slot[]::new);
  }
}
