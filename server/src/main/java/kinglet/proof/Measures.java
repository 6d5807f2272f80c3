// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kinglet.type.DataType;
import org.jspecify.annotations.Nullable;

/// Makes random [Measure]s over the columns of a case.
final class Measures {
  private static final int KINDS = 43;
  private static final int FIND_TRIES = 20;
  private static final int DISTINCT_EXACT = 512;
  private static final double DISTINCT_ERROR = 0.1;
  private static final int SESSIONS_EXACT = 1_000;
  private static final double DIGEST_RANKS = 0.1;
  private static final double[] LEVELS = {0, 0.1, 0.5, 0.9, 0.99, 1};

  private final RandomGenerator random;
  private final List<Field> fields;
  private final long spanMicros;
  private final long ticksMicros;

  /// @param fields the first of which is the event time
  /// @param spanMicros about how long windows are
  /// @param ticksMicros the unit of the event time
  Measures(RandomGenerator random, List<Field> fields, long spanMicros, long ticksMicros) {
    this.random = random;
    this.fields = fields;
    this.spanMicros = spanMicros;
    this.ticksMicros = ticksMicros;
  }

  Measure next() {
    Measure measure = null;
    while (measure == null) {
      measure = of(random.nextInt(KINDS)).orElse(null);
    }
    return random.nextInt(3) == 0 ? measure.when(Condition.random(random, fields)) : measure;
  }

  /// A sum of small whole numbers or of floats, for use in expressions.
  Measure sum() {
    return term(term -> isModerate(term) && !Values.isUnsigned(term.type()))
        .map(term -> call("sum", term, Folds.sum(term.type())))
        .orElseGet(() -> {
          Term whole = Term.of(fields, CaseMaker.wholeField(fields));
          return call("sum", whole, Folds.sum(whole.type()));
        });
  }

  private Term any() {
    return Term.random(random, fields);
  }

  private Optional<Term> term(Predicate<Term> wanted) {
    for (int i = 0; i < FIND_TRIES; i++) {
      Term term = any();
      if (wanted.test(term)) {
        return Optional.of(term);
      }
    }
    return Optional.empty();
  }

  /// Whole numbers that fit into a float without loss, and floats of moderate size. Moments of
  /// `Float32` are computed in as few bits.
  private static boolean isModerate(Term term) {
    return (term.bare() instanceof DataType.Float(int width) && width == 64 && !term.wild())
        || (term.bare() instanceof DataType.Int(int bits, boolean _) && bits <= 32);
  }

  private static boolean isSorted(Term term) {
    return term.hasOrder() && !term.wild();
  }

  private Optional<Measure> of(int which) {
    int limit = 1 + random.nextInt(8);
    double level = LEVELS[random.nextInt(LEVELS.length)];
    return switch (which) {
      case 0 -> Optional.of(Measure.of("count", "", List.of(), Folds::count));
      case 1 -> Optional.of(call("count", any(), Folds::count));
      case 2, 3, 4 ->
          term(term -> term.isSummable() || term.bare() instanceof DataType.Decimal)
              .map(term -> call("sum", term, Folds.sum(term.type())));
      case 5 -> term(term -> term.isReal() && !term.wild()).map(Measures::kahan);
      case 6 ->
          term(term -> term.isSummable() || term.bare() instanceof DataType.Decimal)
              .map(term -> call("avg", term, Folds.avg(term.type())));
      case 7 -> term(Term::hasOrder).map(term -> call("min", term, Folds.least(term.bare(), 1)));
      case 8 -> term(Term::hasOrder).map(term -> call("max", term, Folds.least(term.bare(), -1)));
      case 9 -> Optional.of(call("any", any(), Folds::first));
      case 10 -> Optional.of(call("anyLast", any(), Folds::last));
      case 11 -> term(Measures::isSorted).map(by -> arg("argMin", by, 1));
      case 12 -> term(Measures::isSorted).map(by -> arg("argMax", by, -1));
      case 13 ->
          Optional.of(
              Measure.of("groupArray", "(" + limit + ")", List.of(any()), Folds.firstOnes(limit)));
      case 14 -> Optional.of(lastOnes(any(), limit));
      case 15 ->
          Optional.of(
              Measure.of(
                      "groupUniqArray",
                      "(" + limit + ")",
                      List.of(term(term -> !term.wild()).orElse(Term.of(fields, 0))),
                      Folds.firstDistinct(limit))
                  .ours());
      case 16 ->
          term(term -> !term.wild())
              .map(term -> call("uniqExact", term, Folds.distinct(Integer.MAX_VALUE, 0)));
      case 17 ->
          term(term -> !term.wild())
              .map(term ->
                  call("uniq", term, Folds.distinct(DISTINCT_EXACT, DISTINCT_ERROR))
                      .computedBy("uniqExact"));
      case 18 ->
          term(Measures::isModerate)
              .map(term -> call("varPop", term, Folds.variance(term.type(), 0)));
      case 19 ->
          term(Measures::isModerate)
              .map(term -> call("varSamp", term, Folds.variance(term.type(), 1)));
      case 20 ->
          term(Measures::isModerate)
              .flatMap(one -> term(Measures::isModerate).map(other -> covariance(one, other)));
      case 21 ->
          term(Measures::isModerate)
              .map(term ->
                  Measure.of(
                      "quantile",
                      "(" + level + ")",
                      List.of(term),
                      Folds.quantile(term.type(), level)));
      case 22 ->
          term(term -> term.isWhole() || (term.isReal() && !term.wild()))
              .map(term ->
                  Measure.of(
                      "quantileExact",
                      "(" + level + ")",
                      List.of(term),
                      Folds.quantileExact(term.bare(), level)));
      case 23 ->
          term(Measures::isSorted)
              .map(term ->
                  Measure.of(
                          "topK", "(" + limit + ")", List.of(term), Folds.top(term.bare(), limit))
                      .ours());
      case 24 -> term(term -> !term.wild()).map(term -> call("entropy", term, Folds::entropy));
      case 25 -> term(Term::isWhole).map(this::bits);
      case 26 ->
          term(Term::isWhole)
              .map(term -> call("deltaSum", term, Folds.rises(term.bare())).exactWindowsOnly());
      case 27 -> Optional.of(ofTime());
      case 28, 29 -> map().map(this::ofMap);
      case 30, 31 -> Optional.of(ofArray(array()));
      case 32 -> Optional.of(funnel());
      case 33, 34 -> Optional.of(sequence());
      case 35 -> Optional.of(retention());
      case 36, 37 -> term(Measures::isModerate).map(term -> digest(term, level));
      case 38 -> term(Measures::isModerate).map(term -> logarithmic(term, level));
      case 39, 40 ->
          (random.nextBoolean() ? map() : Optional.of(array()))
              .map(term ->
                  random.nextBoolean()
                      ? call("any", term, Folds.orEmpty(term.type(), Folds::first))
                      : call("anyLast", term, Folds.orEmpty(term.type(), Folds::last)));
      case 41 ->
          Optional.of(
              Measure.of(
                  "groupArray", "(" + limit + ")", List.of(array()), Folds.firstOnes(limit)));
      default -> term(Measures::isText).map(this::perCategory);
    };
  }

  private static Measure call(String function, Term argument, Measure.Fold fold) {
    return Measure.of(function, "", List.of(argument), fold);
  }

  /// ClickHouse's own takes the condition of the first row for all rows of a window.
  private static Measure kahan(Term term) {
    return call("sumKahan", term, Folds.sum(term.type()))
        .oracle((inside, over) ->
            (over.isEmpty() ? "sumKahanIf(" : "sumIf(") + term.sql() + ", " + inside + ")" + over);
  }

  private Measure arg(String function, Term by, int sign) {
    return Measure.of(function, "", List.of(any(), by), Folds.argLeast(by.bare(), sign));
  }

  /// ClickHouse's own function turns them round, depending on how many there were.
  private static Measure lastOnes(Term term, int limit) {
    return Measure.of("groupArrayLast", "(" + limit + ")", List.of(term), Folds.lastOnes(limit))
        .oracle((inside, over) ->
            "arraySlice(groupArrayIf("
                + term.sql()
                + ", "
                + inside
                + ")"
                + over
                + ", -"
                + limit
                + ")");
  }

  private static Measure covariance(Term one, Term other) {
    return Measure.of(
        "covarPop", "", List.of(one, other), Folds.covariance(one.type(), other.type()));
  }

  private Measure bits(Term term) {
    return switch (random.nextInt(3)) {
      case 0 -> call("groupBitAnd", term, Folds.bits((a, b) -> a & b));
      case 1 -> call("groupBitOr", term, Folds.bits((a, b) -> a | b));
      default -> call("groupBitXor", term, Folds.bits((a, b) -> a ^ b));
    };
  }

  /// What ClickHouse does not have: its value depends on the time of the read.
  private Measure ofTime() {
    long seconds = 1 + random.nextLong(100_000);
    return switch (random.nextInt(4)) {
      case 0 -> Measure.of("timeSinceFirst", "", List.of(), Folds::sinceFirst).ours();
      case 1 -> Measure.of("timeSinceLast", "", List.of(), Folds::sinceLast).ours();
      case 2 ->
          Measure.of(
                  "sessions",
                  "(" + seconds + ")",
                  List.of(),
                  Folds.sessions(seconds, SESSIONS_EXACT))
              .ours();
      default ->
          term(Measures::isModerate)
              .map(term ->
                  Measure.of(
                          "exponentialTimeDecayedSum",
                          "(" + seconds + ")",
                          List.of(term, time()),
                          Folds.decayedSum(term.type(), seconds))
                      .ours())
              .orElseGet(() -> Measure.of("timeSinceLast", "", List.of(), Folds::sinceLast).ours());
    };
  }

  private Term time() {
    return new Term(
        fields.getFirst().name(), new DataType.Int(Long.SIZE, true), false, Event::micros);
  }

  private static boolean isText(Term term) {
    return term.type() instanceof DataType.StringType;
  }

  /// A column with a whole number in every event.
  private Term whole() {
    List<Term> columns =
        IntStream.range(0, fields.size())
            .mapToObj(i -> Term.of(fields, i))
            .filter(term -> term.type() instanceof DataType.Int)
            .toList();
    return columns.get(random.nextInt(columns.size()));
  }

  private Measure perCategory(Term term) {
    Term map = new Term("map(" + term.sql() + ", 1)", term.type(), false, term.of());
    return Measure.of("sumMap", "", List.of(map), Folds.perCategory(term.bare()));
  }

  /// One whole number under a text, or twice under two, which may be the same.
  private Optional<Term> map() {
    boolean twice = random.nextBoolean();
    Term value = whole();
    return term(Measures::isText)
        .map(key ->
            new Term(
                "map("
                    + key.sql()
                    + ", "
                    + value.sql()
                    + (twice ? ", 's1', " + value.sql() : "")
                    + ")",
                new DataType.MapOf(key.type(), value.type()),
                false,
                event -> pairs(key.of().apply(event), value.of().apply(event), twice)));
  }

  private static @Nullable Object pairs(
      @Nullable Object key, @Nullable Object value, boolean twice) {
    return key == null || value == null
        ? null
        : twice
            ? List.of(List.of(key, "s1"), List.of(value, value))
            : List.of(List.of(key), List.of(value));
  }

  private Measure ofMap(Term map) {
    DataType value = ((DataType.MapOf) map.type()).value();
    return switch (random.nextInt(6)) {
      case 0 -> perKey("sumMap", map, Folds.sum(value));
      case 1 -> perKey("minMap", map, Folds.least(value, 1));
      case 2 -> perKey("maxMap", map, Folds.least(value, -1));
      case 3 -> perKey("avgMap", map, Folds.avg(value));
      case 4 -> perKey("anyLastMap", map, Folds::last);
      default -> perKey("uniqExactMap", map, Folds.distinct(Integer.MAX_VALUE, 0));
    };
  }

  private static Measure perKey(String function, Term map, Measure.Fold each) {
    return call(function, map, Folds.perKey(each));
  }

  /// Two whole numbers, or only the first of them.
  private Term array() {
    Condition both = Condition.random(random, fields);
    Term one = whole();
    Term other = whole();
    String first = "toInt64(" + one.sql() + ")";
    return new Term(
        "if(" + both.sql() + ", [" + first + ", toInt64(" + other.sql() + ")], [" + first + "])",
        new DataType.Array(new DataType.Int(Long.SIZE, true)),
        false,
        event -> {
          Object value = one.of().apply(event);
          Object second = other.of().apply(event);
          return value == null || second == null
              ? null
              : both.holds(event) ? List.of(value, second) : List.of(value);
        });
  }

  private Measure ofArray(Term array) {
    DataType element = ((DataType.Array) array.type()).element();
    return switch (random.nextInt(5)) {
      case 0 -> call("sumForEach", array, Folds.perElement(Folds.sum(element)));
      case 1 -> call("minForEach", array, Folds.perElement(Folds.least(element, 1)));
      case 2 -> call("maxForEach", array, Folds.perElement(Folds.least(element, -1)));
      case 3 -> call("avgForEach", array, Folds.perElement(Folds.avg(element)));
      default -> call("countForEach", array, Folds.perElement(Folds::count));
    };
  }

  /// 1 where a condition holds, else 0.
  private Term holding(Condition condition) {
    return new Term(
        "if(" + condition.sql() + ", 1, 0)",
        new DataType.Int(Byte.SIZE, false),
        false,
        event -> condition.holds(event) ? 1L : 0L);
  }

  private List<Term> steps(int count) {
    List<Term> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      steps.add(holding(Condition.random(random, fields)));
    }
    return steps;
  }

  /// A function of the time of an event, in units of its type, and conditions on it. ClickHouse
  /// takes no times with fractions.
  private Measure ofSteps(String function, String parameters, List<Term> steps, Measure.Fold fold) {
    List<Term> arguments = new ArrayList<>(List.of(Term.of(fields, 0)));
    arguments.addAll(steps);
    String given = steps.stream().map(term -> term.sql() + ", ").collect(Collectors.joining());
    return Measure.of(function, parameters, arguments, fold)
        .oracle((inside, over) ->
            function
                + "If"
                + parameters
                + "(toUInt64(intDiv(__m, "
                + ticksMicros
                + ")), "
                + given
                + inside
                + ")"
                + over)
        .exactWindowsOnly();
  }

  /// So much time, in units of the event time.
  private long ticks() {
    return 1 + random.nextLong(1 + random.nextLong(1 + spanMicros / ticksMicros));
  }

  private Measure funnel() {
    long window = Math.min(ticks(), Integer.MAX_VALUE);
    return ofSteps(
        "windowFunnel", "(" + window + ")", steps(1 + random.nextInt(3)), Folds.funnel(window));
  }

  private Measure sequence() {
    Folds.Gap gap =
        switch (random.nextInt(3)) {
          case 0 -> Folds.Gap.NONE;
          case 1 -> Folds.Gap.ANY;
          default -> new Folds.Gap(true, ticks());
        };
    String pattern = "('(?1)" + gap.pattern() + "(?2)')";
    return random.nextBoolean()
        ? ofSteps("sequenceMatch", pattern, steps(2), Folds.sequence(gap, 1))
        : ofSteps("sequenceCount", pattern, steps(2), Folds.sequence(gap, Long.MAX_VALUE));
  }

  private Measure retention() {
    return Measure.of("retention", "", steps(2 + random.nextInt(2)), Folds::retention);
  }

  private static Measure digest(Term term, double level) {
    return Measure.of(
            "quantileTDigest",
            "(" + level + ")",
            List.of(term),
            Folds.digest(term.type(), level, DIGEST_RANKS * Math.sqrt(level * (1 - level))))
        .oracle((inside, over) ->
            "toFloat32(quantileExactInclusiveIf("
                + level
                + ")("
                + term.sql()
                + ", "
                + inside
                + ")"
                + over
                + ")");
  }

  private Measure logarithmic(Term term, double level) {
    double accuracy = random.nextBoolean() ? 0.01 : 0.05;
    return Measure.of(
            "quantileDD",
            "(" + accuracy + ", " + level + ")",
            List.of(term),
            Folds.logarithmic(term.type(), level, accuracy))
        .oracle((inside, over) ->
            "toFloat64(quantileExactInclusiveIf("
                + level
                + ")("
                + term.sql()
                + ", "
                + inside
                + ")"
                + over
                + ")");
  }
}
