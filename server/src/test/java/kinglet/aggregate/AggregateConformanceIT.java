// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import kinglet.clickhouse.Answer;
import kinglet.clickhouse.InsertBody;
import kinglet.clickhouse.InsertTarget;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.error.PlatformException;
import kinglet.testkit.Seed;
import kinglet.testkit.TestEngine;
import kinglet.type.Bytes;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.Literal;
import kinglet.value.MapValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import kinglet.value.XxHash64;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Every function over random rows: in one pass, in pieces that are written, read and merged, and
/// by ClickHouse itself.
final class AggregateConformanceIT {
  private static final Seed SEED = Seed.next();
  private static final int ROWS = 6_000;
  private static final int GROUPS = 60;
  private static final long START = 1_767_225_600_000_000L;
  private static final String TABLE = "rows";

  /// The columns, and how a random value of each is made.
  private static final Map<String, Column> COLUMNS = columns();

  private static final List<Row> EVENTS = new ArrayList<>();
  private static String database = "";

  private record Column(DataType type, BiConsumer<RandomGenerator, Slot> maker) {}

  private record Row(int group, long micros, long seq, Map<String, Slot> values) {}

  /// A call and how close it must be.
  private record Expectation(
      String name, List<String> parameters, List<String> arguments, double tolerance) {
    /// What the tolerance is a share of at least: shapes of distributions, near 0, are differences
    /// of numbers near 1.
    double scale() {
      return name.startsWith("skew") || name.startsWith("kurt") || name.equals("corr") ? 1 : 0;
    }

    String sql() {
      if (tolerance == SINGLE) {
        return "CAST("
            + sql(arguments.stream().map("toFloat64(%s)"::formatted).toList())
            + ", 'Nullable(Float32)')";
      }
      // A count of nothing is 0, of this kind of count too.
      return name.equals("uniqCombined") ? "ifNull(" + sql(arguments) + ", 0)" : sql(arguments);
    }

    private String sql(List<String> taken) {
      return name
          + (parameters.isEmpty() ? "" : "(" + String.join(", ", parameters) + ")")
          + "("
          + String.join(", ", taken)
          + ")";
    }

    Aggregate bind() {
      return AggregateFunctions.bind(
          name,
          parameters.stream()
              .<Literal>map(text ->
                  text.startsWith("'")
                      ? new Literal.Text(text.substring(1, text.length() - 1))
                      : new Literal.Number(text))
              .toList(),
          arguments.stream().map(argument -> COLUMNS.get(argument).type()).toList());
    }
  }

  private static Map<String, Column> columns() {
    Map<String, Column> columns = new LinkedHashMap<>();
    for (int bits : new int[] {8, 16, 32, 64, 128, 256}) {
      whole(columns, "i" + bits, "Int" + bits, bits, true);
      whole(columns, "u" + bits, "UInt" + bits, bits, false);
    }
    column(columns, "b", "Bool", (random, slot) -> slot.setBool(random.nextBoolean()));
    column(columns, "c1", "UInt8", (random, slot) -> slot.setBool(random.nextInt(4) == 0));
    column(columns, "c2", "UInt8", (random, slot) -> slot.setBool(random.nextInt(3) == 0));
    column(columns, "c3", "Bool", (random, slot) -> slot.setBool(random.nextInt(3) == 0));
    // These two are made from the event's time and place.
    column(columns, "at", "DateTime", (random, slot) -> slot.setNull());
    column(columns, "tick", "UInt32", (random, slot) -> slot.setNull());
    column(columns, "few", "Int16", (random, slot) -> slot.setWhole(random.nextInt(-5, 6)));
    column(
        columns,
        "f32",
        "Float32",
        (random, slot) -> slot.setReal((float) (random.nextInt(1, 10_000) / 8.0)));
    column(
        columns,
        "f64",
        "Float64",
        (random, slot) -> slot.setReal(random.nextDouble() * random.nextInt(1, 1000) + 0.001));
    column(
        columns,
        "fx",
        "Float64",
        (random, slot) ->
            slot.setReal(
                switch (random.nextInt(8)) {
                  case 0 -> Double.NaN;
                  case 1 -> Double.POSITIVE_INFINITY;
                  case 2 -> Double.NEGATIVE_INFINITY;
                  case 3 -> Double.MAX_VALUE;
                  case 4 -> Double.MIN_VALUE;
                  default -> random.nextGaussian();
                }));
    decimal(columns, "d9", "Decimal(9, 2)", 9);
    decimal(columns, "d18", "Decimal(18, 4)", 18);
    decimal(columns, "d38", "Decimal(38, 6)", 30);
    decimal(columns, "d76", "Decimal(76, 10)", 60);
    column(columns, "d", "Date", (random, slot) -> slot.setWhole(random.nextInt(65_536)));
    column(
        columns, "d32", "Date32", (random, slot) -> slot.setWhole(random.nextInt(-20_000, 90_000)));
    column(columns, "dt", "DateTime", (random, slot) -> slot.setWhole(random.nextLong(1L << 32)));
    column(
        columns,
        "dt64",
        "DateTime64(3)",
        (random, slot) -> slot.setWhole(random.nextLong(4_000_000_000_000L)));
    column(
        columns,
        "uuid",
        "UUID",
        (random, slot) -> {
          byte[] bytes = new byte[16];
          random.nextBytes(bytes);
          slot.setBytes(bytes);
        });
    column(columns, "ip4", "IPv4", (random, slot) -> slot.setWhole(random.nextLong(1L << 32)));
    column(
        columns,
        "ip6",
        "IPv6",
        (random, slot) -> {
          byte[] bytes = new byte[16];
          random.nextBytes(bytes);
          slot.setBytes(bytes);
        });
    column(
        columns,
        "e",
        "Enum8('a' = -3, 'b' = 1, 'c' = 7)",
        (random, slot) -> slot.setWhole(new int[] {-3, 1, 7}[random.nextInt(3)]));
    column(columns, "s", "String", AggregateConformanceIT::text);
    column(columns, "lc", "LowCardinality(String)", AggregateConformanceIT::text);
    column(
        columns,
        "fs",
        "FixedString(3)",
        (random, slot) ->
            slot.setText(String.format(java.util.Locale.ROOT, "%03d", random.nextInt(1000))));
    column(
        columns,
        "ni",
        "Nullable(Int32)",
        nullable((random, slot) -> slot.setWhole(random.nextInt())));
    column(
        columns,
        "nf",
        "Nullable(Float64)",
        nullable((random, slot) -> slot.setReal(random.nextDouble())));
    column(columns, "ns", "Nullable(String)", nullable(AggregateConformanceIT::text));
    column(
        columns, "lcn", "LowCardinality(Nullable(String))", nullable(AggregateConformanceIT::text));
    column(
        columns,
        "arr",
        "Array(Float64)",
        (random, slot) -> {
          int size = random.nextInt(5);
          long[] bits = new long[size];
          Arrays.setAll(bits, i -> Double.doubleToRawLongBits(random.nextDouble()));
          slot.setObject(ListValue.ofBits(Shape.FLOAT, bits));
        });
    column(
        columns,
        "keys",
        "Array(UInt16)",
        (random, slot) -> slot.setObject(ListValue.ofBits(Shape.WHOLE, distinct(random))));
    column(
        columns,
        "an",
        "Array(Nullable(Int32))",
        (random, slot) -> {
          ListValue.Builder list = ListValue.builder(Shape.WHOLE, 4);
          Slot inner = new Slot();
          for (int i = random.nextInt(4); i > 0; i--) {
            inner.setWhole(random.nextInt(100));
            if (random.nextInt(3) == 0) {
              inner.setNull();
            }
            list = list.add(inner);
          }
          slot.setObject(list.build());
        });
    column(
        columns,
        "m",
        "Map(String, UInt32)",
        (random, slot) -> {
          Slot inner = new Slot();
          long[] numbers = distinct(random);
          ListValue.Builder keys = ListValue.builder(Shape.BYTES, 4);
          long[] values = new long[numbers.length];
          for (int i = 0; i < numbers.length; i++) {
            inner.setText("k" + numbers[i]);
            keys = keys.add(inner);
            values[i] = random.nextLong(1L << 32);
          }
          slot.setObject(new MapValue(keys.build(), ListValue.ofBits(Shape.WHOLE, values)));
        });
    return columns;
  }

  /// Rising numbers, as the keys of a map that ClickHouse makes.
  private static long[] distinct(RandomGenerator random) {
    return random.longs(random.nextInt(4), 0, 12).distinct().sorted().toArray();
  }

  private static BiConsumer<RandomGenerator, Slot> nullable(
      BiConsumer<RandomGenerator, Slot> maker) {
    return (random, slot) -> {
      if (random.nextInt(3) == 0) {
        slot.setNull();
      } else {
        maker.accept(random, slot);
      }
    };
  }

  private static void text(RandomGenerator random, Slot slot) {
    slot.setText(
        random.nextInt(10) == 0 ? "" : "wörd" + random.nextInt(40) + "x".repeat(random.nextInt(3)));
  }

  private static void column(
      Map<String, Column> columns,
      String name,
      String type,
      BiConsumer<RandomGenerator, Slot> maker) {
    columns.put(name, new Column(DataType.parse(type), maker));
  }

  private static void whole(
      Map<String, Column> columns, String name, String type, int bits, boolean signed) {
    column(
        columns,
        name,
        type,
        (random, slot) -> {
          BigInteger value = new BigInteger(bits, asRandom(random));
          if (random.nextInt(10) == 0) {
            value =
                random.nextBoolean()
                    ? BigInteger.ZERO
                    : BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE);
          }
          if (signed && value.testBit(bits - 1)) {
            value = value.subtract(BigInteger.ONE.shiftLeft(bits));
          }
          if (bits <= 64) {
            slot.setWhole(value.longValue());
          } else {
            slot.setObject(value);
          }
        });
  }

  private static void decimal(Map<String, Column> columns, String name, String type, int digits) {
    column(
        columns,
        name,
        type,
        (random, slot) -> {
          BigInteger bound = BigInteger.TEN.pow(digits);
          BigInteger value = new BigInteger(bound.bitLength() + 8, asRandom(random)).mod(bound);
          value = random.nextBoolean() ? value : value.negate();
          if (digits <= 18) {
            slot.setWhole(value.longValueExact());
          } else {
            slot.setObject(value);
          }
        });
  }

  private static java.util.Random asRandom(RandomGenerator random) {
    return java.util.Random.from(random);
  }

  @BeforeAll
  static void insertRows() {
    RandomGenerator random = SEED.random();
    database = TestEngine.shared().newDatabase();
    long micros = START;
    long[] seqs = IntStream.range(0, ROWS).asLongStream().toArray();
    for (int i = ROWS - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      long held = seqs[i];
      seqs[i] = seqs[other];
      seqs[other] = held;
    }
    for (int i = 0; i < ROWS; i++) {
      if (random.nextInt(5) > 0) {
        micros += random.nextInt(1, 20_000_000);
      }
      Map<String, Slot> values = new LinkedHashMap<>();
      for (var column : COLUMNS.entrySet()) {
        Slot slot = new Slot();
        column.getValue().maker().accept(random, slot);
        values.put(column.getKey(), slot);
      }
      // Large groups and small ones, but no empty one.
      int drawn = random.nextInt(1 + random.nextInt(GROUPS));
      int last = i - (ROWS - GROUPS);
      boolean missing = last >= 0 && EVENTS.stream().noneMatch(row -> row.group() == last);
      int group = missing ? last : drawn;
      if (group == 0) {
        // Of this group nullable columns have no value at all.
        COLUMNS.forEach((name, column) -> {
          if (column.type().nullable()) {
            values.get(name).setNull();
          }
        });
      }
      EVENTS.add(new Row(group, micros, seqs[i], values));
    }
    EVENTS.sort(Comparator.comparingLong(Row::micros).thenComparingLong(Row::seq));
    for (int i = 0; i < ROWS; i++) {
      EVENTS.get(i).values().get("at").setWhole(EVENTS.get(i).micros() / 1_000_000);
      EVENTS.get(i).values().get("tick").setWhole(i);
    }
    store();
  }

  private static void store() {
    String list =
        COLUMNS.entrySet().stream()
            .map(column -> column.getKey() + " " + column.getValue().type().sql())
            .collect(Collectors.joining(", "));
    TestEngine.shared()
        .client()
        .execute(
            Statement.of(
                Role.ADMIN,
                "CREATE TABLE "
                    + database
                    + ".rows (g UInt16, ts DateTime64(6), seq UInt64, "
                    + list
                    + ") ENGINE = MergeTree ORDER BY (ts, seq) SETTINGS"
                    + " allow_suspicious_indices = 1"));
    Bytes rows = new Bytes(1 << 20);
    for (Row row : EVENTS) {
      rows.putShort(row.group());
      rows.putLong(row.micros());
      rows.putLong(row.seq());
      COLUMNS.forEach(
          (name, column) -> RowBinary.write(column.type(), row.values().get(name), rows));
    }
    List<String> names =
        Stream.concat(Stream.of("g", "ts", "seq"), COLUMNS.keySet().stream()).toList();
    long written =
        TestEngine.shared()
            .client()
            .insert(
                InsertTarget.of(database, TABLE, names, "RowBinary"),
                InsertBody.of(rows.toArray()));
    assertThat(written).isEqualTo(ROWS);
  }

  /// A function of one argument over all columns that it takes.
  private static List<Expectation> overAll(String name, List<String> parameters, double tolerance) {
    List<Expectation> calls = new ArrayList<>();
    for (String column : COLUMNS.keySet()) {
      Expectation call = new Expectation(name, parameters, List.of(column), tolerance);
      try {
        assertThat(call.bind()).isNotNull();
        calls.add(call);
      } catch (PlatformException e) {
        assertThat(e.code()).isEqualTo(AggregateError.AGGREGATE_ARGUMENTS);
      }
    }
    return calls;
  }

  private static List<Expectation> without(List<Expectation> calls, String... columns) {
    return calls.stream()
        .filter(call -> !List.of(columns).contains(call.arguments().getFirst()))
        .toList();
  }

  private static Expectation call(
      String name, List<String> parameters, double tolerance, String... arguments) {
    return new Expectation(name, parameters, List.of(arguments), tolerance);
  }

  private static final double FLOAT = 1e-12;

  /// Of Float32 ClickHouse sums powers in Float32; it is asked for the same in Float64, rounded.
  private static final double SINGLE = 1e-6;

  @Test
  void countsAndSums() throws IOException {
    List<Expectation> calls = new ArrayList<>(overAll("count", List.of(), 0));
    calls.add(call("count", List.of(), 0));
    calls.addAll(without(overAll("sum", List.of(), FLOAT), "fx"));
    calls.addAll(without(overAll("sumKahan", List.of(), FLOAT), "fx"));
    calls.addAll(without(overAll("avg", List.of(), FLOAT), "fx"));
    compare(calls);
  }

  @Test
  void valuesOfEvents() throws IOException {
    List<Expectation> calls = new ArrayList<>();
    for (String name : List.of("min", "max", "any", "anyLast", "first_value", "last_value")) {
      calls.addAll(overAll(name, List.of(), 0));
    }
    for (String by : List.of("few", "s", "fx", "u64", "i64", "d38", "dt", "ni", "e", "uuid")) {
      for (String value : List.of("s", "i32", "arr", "m", "ns", "u64", "d76", "lcn")) {
        calls.add(call("argMin", List.of(), 0, value, by));
        calls.add(call("argMax", List.of(), 0, value, by));
      }
    }
    compare(calls);
  }

  @Test
  void arraysAndDifferentValues() throws IOException {
    List<Expectation> calls = new ArrayList<>();
    calls.addAll(overAll("groupArray", List.of("7"), 0));
    calls.addAll(overAll("uniqExact", List.of(), 0));
    // Exact, as there are few; of 128 bits ClickHouse takes 0 and -1 for the same.
    calls.addAll(without(overAll("uniq", List.of(), 0), "i128", "u128"));
    calls.addAll(without(overAll("uniqCombined", List.of("14"), 0), "i128", "u128"));
    calls.add(call("uniqExact", List.of(), 0, "few", "s"));
    calls.add(call("uniq", List.of(), 0, "few", "b", "arr"));
    compare(calls);
  }

  @Test
  void statistics() throws IOException {
    List<Expectation> calls = new ArrayList<>();
    for (String name : List.of("varPop", "varSamp", "stddevPop", "stddevSamp")) {
      calls.addAll(without(overAll(name, List.of(), 1e-11), "fx", "f32"));
      calls.add(call(name, List.of(), SINGLE, "f32"));
    }
    for (String name : List.of("skewPop", "skewSamp", "kurtPop", "kurtSamp")) {
      calls.addAll(without(overAll(name, List.of(), 1e-9), "fx", "f32", "i256", "u256"));
      calls.add(call(name, List.of(), SINGLE, "f32"));
    }
    for (String name : List.of("covarPop", "covarSamp", "corr")) {
      for (String x : List.of("few", "f64", "u8", "nf", "i32")) {
        for (String y : List.of("f32", "u16", "ni")) {
          calls.add(call(name, List.of(), 1e-9, x, y));
        }
      }
    }
    for (String name : List.of("covarPop", "covarSamp", "corr")) {
      calls.add(call(name, List.of(), SINGLE, "f32", "f32"));
    }
    calls.add(call("simpleLinearRegression", List.of(), 1e-9, "few", "f64"));
    calls.add(call("simpleLinearRegression", List.of(), 1e-9, "nf", "u8"));
    calls.add(call("boundingRatio", List.of(), FLOAT, "f64", "few"));
    calls.add(call("boundingRatio", List.of(), FLOAT, "few", "f64"));
    // NaNs are one value here.
    calls.addAll(without(overAll("entropy", List.of(), FLOAT), "fx"));
    compare(calls);
  }

  @Test
  void quantiles() throws IOException {
    List<Expectation> calls = new ArrayList<>();
    for (String name : List.of("quantileExact", "quantileExactLow", "quantileExactHigh")) {
      for (String level : List.of("0", "0.3", "0.5", "0.99", "1")) {
        calls.addAll(overAll(name, List.of(level), FLOAT));
      }
      // Of NaNs alone ClickHouse gives zeros.
      calls.addAll(
          without(
              overAll(name.replace("quantile", "quantiles"), List.of("0.1", "0.9"), FLOAT), "fx"));
    }
    // Between infinities ClickHouse finds NaNs.
    calls.addAll(without(overAll("median", List.of(), FLOAT), "fx"));
    for (String name : List.of("quantile", "quantileExactInclusive", "quantileExactExclusive")) {
      for (String level : List.of("0.01", "0.37", "0.5", "0.99")) {
        calls.addAll(without(overAll(name, List.of(level), FLOAT), "fx"));
      }
    }
    for (String column : List.of("f64", "f32", "u8", "few", "nf")) {
      calls.add(call("quantileDD", List.of("0.01", "0.9"), 0.021, column));
      calls.add(call("quantilesDD", List.of("0.01", "0.1", "0.5"), 0.021, column));
    }
    compare(calls);
  }

  @Test
  void categories() throws IOException {
    List<Expectation> calls = new ArrayList<>();
    for (String name : List.of("sumMap", "minMap", "maxMap", "avgMap", "countMap", "anyLastMap")) {
      calls.add(call(name, List.of(), FLOAT, "m"));
    }
    for (String name : List.of("sumForEach", "avgForEach", "minForEach", "maxForEach")) {
      for (String column : List.of("arr", "keys", "an")) {
        calls.add(call(name, List.of(), FLOAT, column));
      }
    }
    calls.add(call("groupArrayForEach", List.of("3"), 0, "arr"));
    compare(calls);
  }

  @Test
  void timesAndSequencesAndBits() throws IOException {
    List<Expectation> calls = new ArrayList<>();
    for (String name : List.of("groupBitAnd", "groupBitOr", "groupBitXor")) {
      calls.addAll(overAll(name, List.of(), 0));
    }
    calls.addAll(without(overAll("deltaSum", List.of(), FLOAT), "fx"));
    calls.add(call("retention", List.of(), 0, "c1", "c2", "c3"));
    for (String window : List.of("0", "30", "200", "3000")) {
      calls.add(call("windowFunnel", List.of(window), 0, "at", "c1", "c2"));
      calls.add(call("windowFunnel", List.of(window), 0, "tick", "c2", "c3", "c1", "b"));
    }
    for (String pattern :
        List.of(
            "'(?1)(?2)'",
            "'(?1).*(?2)'",
            "'(?1)(?t<=60)(?2)'",
            "'(?1)(?t>40)(?2)(?3)'",
            "'(?1)(?t>=20).*(?t<500)(?3).(?2)'",
            "'(?2).(?2)'",
            "'(?1)(?1)(?1)(?1)(?2)(?3)(?2)(?2)(?2)(?1)'")) {
      calls.add(call("sequenceMatch", List.of(pattern), 0, "tick", "c1", "c2", "c3"));
      calls.add(call("sequenceCount", List.of(pattern), 0, "tick", "c1", "c2", "c3"));
    }
    calls.add(call("exponentialMovingAverage", List.of("50"), FLOAT, "f64", "tick"));
    calls.add(call("exponentialMovingAverage", List.of("0.5"), FLOAT, "few", "tick"));
    compare(calls);
  }

  /// In ClickHouse these are window functions, and the current row is the read.
  @Test
  void decays() throws IOException {
    List<Expectation> calls = new ArrayList<>();
    for (String name : List.of("Sum", "Avg", "Max")) {
      for (String value : List.of("f64", "few", "u8")) {
        calls.add(call("exponentialTimeDecayed" + name, List.of("700"), 1e-11, value, "at"));
      }
    }
    calls.add(call("exponentialTimeDecayedCount", List.of("0.5"), 1e-11, "at"));
    calls.add(call("exponentialTimeDecayedCount", List.of("7000"), 1e-11, "at"));
    List<String> differences = new ArrayList<>();
    for (Expectation call : calls) {
      Input answer =
          query(
              "SELECT anyLast(v) FROM (SELECT g, "
                  + call.sql()
                  + " OVER (PARTITION BY g ORDER BY ts, seq ROWS BETWEEN UNBOUNDED PRECEDING AND"
                  + " CURRENT ROW) AS v FROM rows) GROUP BY g ORDER BY g");
      List<DataType> types = header(answer, List.of(call), differences);
      Slot theirs = new Slot();
      Slot ours = new Slot();
      for (int group = 0; group < GROUPS; group++) {
        int number = group;
        List<Row> rows = EVENTS.stream().filter(row -> row.group() == number).toList();
        long read = rows.getLast().values().get("at").whole() * 1_000_000;
        RowBinary.read(types.getFirst(), answer, theirs);
        onePass(call, rows, read, ours);
        check(call, group, ours, theirs, differences);
        inPieces(call, rows, read, SEED.round(group).random(), theirs);
        check(call, group, theirs, ours, differences);
      }
    }
    assertThat(differences).as("%s", SEED).isEmpty();
  }

  /// What the functions' page says, ClickHouse says too, of all that it has and does not estimate.
  @Test
  void examplesAreThoseOfClickHouse() {
    List<String> others =
        List.of(
            "groupUniqArray",
            "groupUniqArrayLast",
            "groupArrayLast",
            "timeSinceFirst",
            "timeSinceLast",
            "sessions",
            "uniqTheta",
            "histogram",
            "quantileTDigest",
            "quantilesTDigest");
    for (AggregateFunction function : AggregateFunctions.all()) {
      if (others.contains(function.name())) {
        continue;
      }
      String sql =
          function.name().startsWith("exponentialTimeDecayed")
              ? "SELECT "
                  + function.example()
                  + " OVER (ORDER BY ts ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM "
                  + Examples.sql()
                  + " ORDER BY ts DESC LIMIT 1"
              : "SELECT " + function.example() + " FROM " + Examples.sql();
      String given = TestEngine.shared().client().text(Statement.of(Role.ADMIN, sql));
      assertThat(Texts.sameText(given, function.gives()))
          .as("%s gives %s and not %s", function.example(), given, function.gives())
          .isTrue();
    }
  }

  @Test
  void hashesAreThoseOfClickHouse() {
    for (int length = 0; length < 100; length++) {
      String text = "x".repeat(length / 2) + "ab".repeat(length - length / 2);
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      String theirs =
          TestEngine.shared()
              .client()
              .text(Statement.of(Role.ADMIN, "SELECT xxHash64('" + text + "')"));
      assertThat(Long.toUnsignedString(XxHash64.hash(bytes, 0, bytes.length, 0))).isEqualTo(theirs);
    }
  }

  /// Every synonym is one of ClickHouse's, and is taken in any case where ClickHouse's is.
  @Test
  void namesAreThoseOfClickHouse() {
    for (AggregateFunction function : AggregateFunctions.all()) {
      for (String name : function.names()) {
        String known =
            TestEngine.shared()
                .client()
                .text(
                    Statement.of(
                        Role.ADMIN,
                        "SELECT case_insensitive, alias_to FROM system.functions WHERE is_aggregate"
                            + " AND name = '"
                            + name
                            + "'"));
        if (known.isEmpty()) {
          continue;
        }
        assertThat(AggregateFunctions.has(name.toUpperCase(java.util.Locale.ROOT)))
            .as(name)
            .isEqualTo(
                known.startsWith("1") || name.equals(name.toUpperCase(java.util.Locale.ROOT)));
        String aliasOf = known.substring(known.indexOf('\t') + 1);
        assertThat(List.of("", function.name())).as(name).contains(aliasOf);
      }
    }
  }

  private static void check(
      Expectation call, int group, Slot found, Slot wanted, List<String> differences) {
    DataType type = call.bind().type();
    if (!Texts.same(type, found, wanted, call.tolerance(), call.scale())
        && differences.size() < 20) {
      differences.add(
          call.sql()
              + " group "
              + group
              + ": "
              + Texts.show(type, found)
              + " and not "
              + Texts.show(type, wanted));
    }
  }

  /// Compares the calls in all groups and in none.
  private static void compare(List<Expectation> calls) throws IOException {
    List<String> differences = new ArrayList<>();
    for (int from = 0; from < calls.size(); from += 60) {
      List<Expectation> batch = calls.subList(from, Math.min(calls.size(), from + 60));
      compareBatch(batch, differences);
    }
    assertThat(differences).as("%s", SEED).isEmpty();
  }

  private static void compareBatch(List<Expectation> batch, List<String> differences)
      throws IOException {
    String select = batch.stream().map(Expectation::sql).collect(Collectors.joining(", "));
    Input groups = query("SELECT " + select + " FROM " + TABLE + " GROUP BY g ORDER BY g");
    Input empty = query("SELECT " + select + " FROM " + TABLE + " WHERE g = 1000");
    List<DataType> types = header(groups, batch, differences);
    assertThat(header(empty, batch, new ArrayList<>())).isEqualTo(types);
    Slot theirs = new Slot();
    Slot ours = new Slot();
    for (int group = 0; group <= GROUPS; group++) {
      boolean none = group == GROUPS;
      int number = group;
      List<Row> rows =
          none ? List.of() : EVENTS.stream().filter(row -> row.group() == number).toList();
      for (int i = 0; i < batch.size(); i++) {
        Expectation call = batch.get(i);
        RowBinary.read(types.get(i), none ? empty : groups, theirs);
        onePass(call, rows, START, ours);
        if (call.name().startsWith("quantiles") && ((ListValue) ours.object()).size() == 0) {
          // Where there are no rows ClickHouse gives a zero or NaN for each level.
          assertThat(none || call.arguments().getFirst().startsWith("n")).isTrue();
          continue;
        }
        check(call, group, ours, theirs, differences);
        Slot merged = new Slot();
        inPieces(call, rows, START, SEED.round(group).random(), merged);
        check(call, group, merged, ours, differences);
      }
    }
  }

  private static Input query(String sql) throws IOException {
    Statement statement =
        Statement.of(
                Role.ADMIN,
                sql.replace("FROM rows", "FROM " + database + "." + TABLE)
                    + " SETTINGS max_threads = 1, aggregate_functions_null_for_empty = 1")
            .withFormat("RowBinaryWithNamesAndTypes");
    try (Answer answer = TestEngine.shared().client().query(statement)) {
      byte[] bytes = answer.body().readAllBytes();
      return new Input(bytes, 0, bytes.length);
    }
  }

  private static List<DataType> header(
      Input answer, List<Expectation> batch, List<String> differences) {
    int columns = (int) answer.nextVarint();
    for (int i = 0; i < columns; i++) {
      assertThat(answer.nextString()).isNotEmpty();
    }
    List<DataType> types = new ArrayList<>();
    for (int i = 0; i < columns; i++) {
      String type = new String(answer.nextString(), StandardCharsets.UTF_8);
      types.add(DataType.parse(type));
      String ours = batch.get(i).bind().type().sql();
      if (!ours.equals(type)) {
        differences.add(batch.get(i).sql() + " is a " + ours + " and not a " + type);
      }
    }
    return types;
  }

  private static States states(Aggregate aggregate) {
    return new States(aggregate.words(), aggregate.hasObject() ? 1 : 0, 2);
  }

  private static void add(
      Expectation call, Aggregate aggregate, States states, int row, Row event) {
    Slot[] arguments =
        call.arguments().stream().map(name -> event.values().get(name)).toArray(Slot[]::new);
    if (aggregate.skipsNulls() && Arrays.stream(arguments).anyMatch(Slot::isNull)) {
      return;
    }
    aggregate.add(states, row, 0, 0, arguments, event.micros(), event.seq());
  }

  private static void onePass(Expectation call, List<Row> rows, long read, Slot out) {
    Aggregate aggregate = call.bind();
    States states = states(aggregate);
    rows.forEach(event -> add(call, aggregate, states, 0, event));
    aggregate.finish(states, 0, 0, 0, read, out);
  }

  private static void inPieces(
      Expectation call, List<Row> rows, long read, RandomGenerator random, Slot out) {
    Aggregate aggregate = call.bind();
    States all = states(aggregate);
    int at = 0;
    while (at < rows.size()) {
      int end = Math.min(rows.size(), at + random.nextInt(60));
      States piece = states(aggregate);
      for (; at < end; at++) {
        add(call, aggregate, piece, 0, rows.get(at));
      }
      aggregate.merge(all, 0, 0, 0, reread(aggregate, piece), 0);
      if (random.nextInt(8) == 0) {
        all = reread(aggregate, all);
      }
    }
    aggregate.finish(all, 0, 0, 0, read, out);
  }

  /// The same state after it was written and read.
  private static States reread(Aggregate aggregate, States states) {
    States read = states(aggregate);
    read.set(0, states, 0);
    Object held = aggregate.hasObject() ? states.object(0, 0) : null;
    if (held != null) {
      Bytes bytes = new Bytes(64);
      aggregate.writeObject(held, bytes);
      Object again = aggregate.readObject(bytes.array(), 0, bytes.size());
      Bytes twice = new Bytes(64);
      aggregate.writeObject(again, twice);
      assertThat(twice.size()).isEqualTo(bytes.size());
      assertThat(aggregate.objectBytes(again)).isPositive();
      read.setObject(0, 0, again);
    }
    return read;
  }
}
