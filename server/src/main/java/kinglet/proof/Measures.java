// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import kinglet.type.DataType;

/// Makes random [Measure]s over the columns of a case.
final class Measures {
  private static final int FIND_TRIES = 20;
  private static final int DISTINCT_EXACT = 512;
  private static final double DISTINCT_ERROR = 0.1;
  private static final int SESSIONS_EXACT = 1_000;
  private static final double[] LEVELS = {0, 0.1, 0.5, 0.9, 0.99, 1};

  private final RandomGenerator random;
  private final List<Field> fields;
  private final String eventTime;

  Measures(RandomGenerator random, List<Field> fields, String eventTime) {
    this.random = random;
    this.fields = fields;
    this.eventTime = eventTime;
  }

  Measure next() {
    Measure measure = null;
    while (measure == null) {
      measure = of(random.nextInt(29)).orElse(null);
    }
    return random.nextInt(3) == 0 ? measure.when(Condition.random(random, fields)) : measure;
  }

  /// A sum of small whole numbers or of floats, for use in expressions.
  Measure sum() {
    return term(term -> isModerate(term) && !Values.isUnsigned(term.type()))
        .map(term -> call("sum", term, Folds.sum(term.type())))
        .orElseGet(() -> {
          Term last = Term.of(fields, fields.size() - 1);
          return call("sum", last, Folds.sum(last.type()));
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
      case 5 ->
          term(term -> term.isReal() && !term.wild())
              .map(term -> call("sumKahan", term, Folds.sum(term.type())));
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
      default ->
          term(term ->
                  term.bare() instanceof DataType.StringType
                      && term.type() instanceof DataType.StringType)
              .map(this::perCategory);
    };
  }

  private static Measure call(String function, Term argument, Measure.Fold fold) {
    return Measure.of(function, "", List.of(argument), fold);
  }

  private Measure arg(String function, Term by, int sign) {
    return Measure.of(function, "", List.of(any(), by), Folds.argLeast(by.bare(), sign));
  }

  /// ClickHouse's own function turns them round, depending on how many there were.
  private static Measure lastOnes(Term term, int limit) {
    return Measure.of("groupArrayLast", "(" + limit + ")", List.of(term), Folds.lastOnes(limit))
        .oracle(inside ->
            "arraySlice(groupArrayIf(" + term.sql() + ", " + inside + "), -" + limit + ")");
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
    return new Term(eventTime, new DataType.Int(Long.SIZE, true), false, Event::micros);
  }

  private Measure perCategory(Term term) {
    Term map = new Term("map(" + term.sql() + ", 1)", term.type(), false, term.of());
    return Measure.of("sumMap", "", List.of(map), Folds.perCategory(term.bare()));
  }
}
