// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kinglet.clickhouse.Answer;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.error.PlatformException;
import kinglet.testkit.Seed;
import kinglet.testkit.TestEngine;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.MapValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import kinglet.value.TupleValue;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Random expressions over all functions and types, evaluated by us and by ClickHouse: the same
/// types and the same values.
final class ExpressionConformanceIT {
  private static final int ROWS = 200;
  private static final int ROUNDS = Integer.getInteger("test.rounds", 3);
  private static final int BATCH = 40;
  private static final int VALUES_MIN = 100_000;
  private static final double TOLERANCE = 1e-12;

  /// What is left of 1 - 1 after other roundings.
  private static final double NOISE = 1e-15;

  private static final ClickHouse CLICK_HOUSE = TestEngine.shared().client();
  private static final String TABLE = TestEngine.shared().newDatabase() + ".sample";
  private static final Columns COLUMNS = SampleTable.columns();
  private static final List<Slot[]> SAMPLE = new ArrayList<>();
  private static final Compiler COMPILER = Compiler.in(ZoneId.of("UTC"));
  private static final Seed SEED = Seed.next();

  private static final String ONLY = System.getProperty("test.function", ".*");

  /// Those of H3 are called by themselves: what is drawn of the others does not depend on them.
  private static final Predicate<Function> CELLS =
      function -> function.name().matches("geoToH3|h3.*");

  /// What their pages say to differ.
  private static final Set<String> OTHER =
      Set.of("greatCircleDistance", "toDateTime64OrNull", "toDateTime64OrZero", "unhex");

  /// ClickHouse fails to compare decimals with what their machine type can't hold, and evaluates
  /// the empty entry of a dictionary even where no row has it: we do neither.
  private static final Pattern FAILS_ELSEWHERE =
      Pattern.compile("Can't compare decimal number due to overflow|const Integer|`lcn?`");

  private static final Pattern MOVE =
      Pattern.compile("\\b(add[A-Z]|subtract|plus|minus|date(Add|Sub)|[a-z]+Hash)");

  private final TreeMap<String, String> failures = new TreeMap<>();

  /// What agrees for all rows.
  private final Set<String> clean = new TreeSet<>();

  private long compared;

  @BeforeAll
  static void fill() throws IOException {
    CLICK_HOUSE.execute(Statement.of(Role.ADMIN, SampleTable.create(TABLE)));
    CLICK_HOUSE.execute(statement(SampleTable.insert(TABLE, ROWS, SEED.random())));
    RowBinary rows = query("SELECT * EXCEPT __row FROM " + TABLE + " ORDER BY __row");
    while (rows.hasNext()) {
      Slot[] row = new Slot[COLUMNS.columns().size()];
      for (int i = 0; i < row.length; i++) {
        row[i] = new Slot();
        rows.read(COLUMNS.columns().get(i).type(), row[i]);
      }
      SAMPLE.add(row);
    }
    assertThat(SAMPLE).hasSize(ROWS);
  }

  private static Statement statement(String sql) {
    return Statement.of(Role.ADMIN, sql)
        .withSetting("max_query_size", "100000000")
        .withSetting("session_timezone", "UTC")
        .withSetting("short_circuit_function_evaluation", "force_enable")
        .withSetting("max_ast_elements", "1000000")
        .withSetting("max_expanded_ast_elements", "1000000")
        .withFormat("RowBinaryWithNamesAndTypes");
  }

  private static RowBinary query(String sql) throws IOException {
    try (Answer answer = CLICK_HOUSE.query(statement(sql))) {
      return new RowBinary(answer.body().readAllBytes());
    }
  }

  @Test
  void cellsAreThoseOfClickHouse() throws IOException {
    compareCalls(Functions.all().stream().filter(CELLS).toList());
  }

  @Test
  void everyFunctionGivesTheSameAsClickHouse() throws IOException {
    List<Function> functions = Functions.all().stream().filter(CELLS.negate()).toList();
    Set<String> met = compareCalls(functions);
    if (ONLY.equals(".*")) {
      assertThat(met).hasSizeGreaterThan(functions.size() * 19 / 20);
      assertThat(compared).isGreaterThan(VALUES_MIN);
    }
  }

  /// Compares random calls; answers of which functions there were some.
  private Set<String> compareCalls(List<Function> functions) throws IOException {
    RandomCalls calls = new RandomCalls(SEED.random(), COLUMNS, COMPILER);
    Set<String> met = new TreeSet<>();
    for (int round = 0; round < ROUNDS; round++) {
      List<String> batch = new ArrayList<>();
      for (Function function : functions) {
        if (function.name().matches(ONLY) && !OTHER.contains(function.name())) {
          Optional<String> call = calls.call(function);
          call.ifPresent(sql -> met.add(function.name()));
          call.ifPresent(batch::add);
        }
      }
      for (int from = 0; from < batch.size(); from += BATCH) {
        List<String> part = batch.subList(from, Math.min(batch.size(), from + BATCH));
        compare(part, new BitSet());
        part.stream().filter(clean::contains).forEach(calls::keep);
      }
    }
    assertThat(failures.values()).as("%s: %d different", SEED, failures.size()).isEmpty();
    return met;
  }

  /// @param without rows that are left out
  private void compare(List<String> expressions, BitSet without) throws IOException {
    List<Integer> rows = IntStream.range(0, ROWS).filter(row -> !without.get(row)).boxed().toList();
    if (rows.isEmpty() || expressions.isEmpty()) {
      return;
    }
    RowBinary answer;
    try {
      answer = query(expressions, without);
    } catch (PlatformException refused) {
      apart(expressions, without, refused);
      return;
    }
    List<String> right = new ArrayList<>();
    for (int i = 0; i < expressions.size(); i++) {
      String sql = expressions.get(i);
      String ours = compile(sql).type().sql();
      String theirs = answer.types().get(i);
      if (ours.equals(theirs) || withoutDictionaries(ours).equals(withoutDictionaries(theirs))) {
        right.add(sql);
      } else {
        failures.put(sql, sql + " is " + ours + " to us, " + theirs + " to ClickHouse");
      }
    }
    if (right.size() < expressions.size()) {
      compare(right, without);
      return;
    }
    compareValues(expressions, rows, answer);
    if (without.isEmpty()) {
      expressions.stream()
          .filter(sql -> !failures.containsKey(sql) && !(moves(sql) && !lost(sql).isEmpty()))
          .forEach(clean::add);
    }
  }

  private void compareValues(List<String> expressions, List<Integer> rows, RowBinary answer)
      throws IOException {
    List<Compiled> compiled = expressions.stream().map(ExpressionConformanceIT::compile).toList();
    List<Evaluator> evaluators = compiled.stream().map(Compiled::evaluator).toList();
    Slot theirs = new Slot();
    Slot ours = new Slot();
    for (int row : rows) {
      for (int i = 0; i < expressions.size(); i++) {
        String sql = expressions.get(i);
        DataType type = compiled.get(i).type();
        answer.read(type, theirs);
        evaluators.get(i).evaluate(row(row), ours);
        compared++;
        if (!same(ours, theirs, type) && !(moves(sql) && lost(sql).get(row))) {
          failures.putIfAbsent(
              sql,
              "%s\n    row %d of %s\n    gives %s, ClickHouse %s"
                  .formatted(
                      sql,
                      row,
                      used(sql, SAMPLE.get(row)),
                      shown(ours, type),
                      shown(theirs, type)));
        }
      }
    }
  }

  /// Which functions ClickHouse carries dictionaries through is a matter of storage, not of values.
  private static String withoutDictionaries(String type) {
    return type.replaceAll("LowCardinality\\(((?:[^()]|\\([^()]*\\))*)\\)", "$1");
  }

  private static Row row(int row) {
    Slot[] values = SAMPLE.get(row);
    return (column, into) -> into.set(values[column]);
  }

  private static RowBinary query(List<String> expressions, BitSet without) throws IOException {
    String where = without.stream().mapToObj(Integer::toString).collect(Collectors.joining(", "));
    return query(
        "SELECT "
            + String.join(", ", named(expressions))
            + " FROM "
            + TABLE
            + (without.isEmpty() ? "" : " WHERE __row NOT IN (" + where + ")")
            + " ORDER BY __row");
  }

  private static List<String> named(List<String> expressions) {
    return IntStream.range(0, expressions.size())
        .mapToObj(i -> expressions.get(i) + " AS __e" + i)
        .toList();
  }

  /// Finds the expression a query fails for. Where ClickHouse fails for a row, some call in the
  /// expression is NULL to us: it must not fail for the other rows.
  private void apart(List<String> expressions, BitSet without, PlatformException refused)
      throws IOException {
    if (expressions.size() > 1) {
      int half = expressions.size() / 2;
      compare(expressions.subList(0, half), without);
      compare(expressions.subList(half, expressions.size()), without);
      return;
    }
    String sql = expressions.getFirst();
    if (FAILS_ELSEWHERE.matcher(refused.text() + sql).find()) {
      return;
    }
    BitSet lost = lost(sql);
    if (!without.isEmpty() || lost.isEmpty()) {
      failures.put(sql, sql + " is refused by ClickHouse: " + refused.text());
      return;
    }
    compare(expressions, lost);
  }

  /// Whether NaN is hashed, or dates are moved, where ClickHouse's result is not defined beyond the
  /// type's range.
  private static boolean moves(String sql) {
    return MOVE.matcher(sql).find();
  }

  private static BitSet lost(String sql) {
    BitSet lost = new BitSet();
    lose(ExpressionParser.parse(sql), lost);
    return lost;
  }

  /// Marks the rows for which a call is NULL, or NaN, whose bits differ between machines.
  private static void lose(Expression expression, BitSet lost) {
    if (!(expression instanceof Expression.Call call)) {
      return;
    }
    Compiled compiled = COMPILER.compile(expression, COLUMNS);
    DataType type = compiled.type();
    Evaluator evaluator = compiled.evaluator();
    Slot slot = new Slot();
    for (int row = 0; row < ROWS; row++) {
      evaluator.evaluate(row(row), slot);
      boolean nan = Types.isFloat(Types.bare(type)) && Double.isNaN(slot.real());
      if (slot.isNull() || nan) {
        lost.set(row);
      }
    }
    call.arguments().forEach(argument -> lose(argument, lost));
  }

  private static Compiled compile(String sql) {
    return COMPILER.compile(ExpressionParser.parse(sql), COLUMNS);
  }

  private static String used(String sql, Slot[] values) {
    return IntStream.range(0, values.length)
        .filter(i -> sql.contains("`" + COLUMNS.columns().get(i).name() + "`"))
        .mapToObj(i ->
            COLUMNS.columns().get(i).name()
                + " = "
                + shown(values[i], COLUMNS.columns().get(i).type()))
        .collect(Collectors.joining(", "));
  }

  private static String shown(Slot value, DataType type) {
    if (value.isNull()) {
      return "NULL";
    }
    ByteText text = new ByteText();
    if (type instanceof DataType.Other) {
      text.number(value.whole());
    } else {
      Printer.of(type, ZoneId.of("UTC")).print(value, text);
    }
    Slot out = new Slot();
    text.into(out);
    return "'" + out.text() + "'";
  }

  static boolean same(Slot ours, Slot theirs, DataType type) {
    if (ours.isNull() || theirs.isNull()) {
      return ours.isNull() && theirs.isNull();
    }
    DataType bare = Types.bare(type);
    if (bare instanceof DataType.Other) {
      return ours.whole() == theirs.whole();
    }
    return switch (Shape.of(bare)) {
      case WHOLE -> ours.whole() == theirs.whole();
      case FLOAT -> close(ours.real(), theirs.real());
      case BYTES -> java.util.Arrays.equals(ours.copyBytes(), theirs.copyBytes());
      case BIG -> ours.object().equals(theirs.object());
      case LIST ->
          same(
              (ListValue) ours.object(),
              (ListValue) theirs.object(),
              ((DataType.Array) bare).element());
      case MAP ->
          same(
                  ((MapValue) ours.object()).keys(),
                  ((MapValue) theirs.object()).keys(),
                  ((DataType.MapOf) bare).key())
              && same(
                  ((MapValue) ours.object()).values(),
                  ((MapValue) theirs.object()).values(),
                  ((DataType.MapOf) bare).value());
      case TUPLE -> {
        List<DataType.TupleElement> elements = ((DataType.Tuple) bare).elements();
        boolean same = true;
        for (int i = 0; i < elements.size(); i++) {
          same &=
              same(
                  ((TupleValue) ours.object()).elements().get(i),
                  ((TupleValue) theirs.object()).elements().get(i),
                  elements.get(i).type());
        }
        yield same;
      }
    };
  }

  private static boolean same(ListValue ours, ListValue theirs, DataType element) {
    boolean same = ours.size() == theirs.size();
    Slot left = new Slot();
    Slot right = new Slot();
    for (int i = 0; same && i < ours.size(); i++) {
      ours.get(i, left);
      theirs.get(i, right);
      same = same(left, right, element);
    }
    return same;
  }

  private static boolean close(double ours, double theirs) {
    return Double.doubleToLongBits(ours) == Double.doubleToLongBits(theirs)
        || Math.abs(ours - theirs) <= Math.max(NOISE, TOLERANCE * Math.abs(theirs));
  }
}
