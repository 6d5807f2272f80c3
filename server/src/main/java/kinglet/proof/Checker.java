// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import kinglet.clickhouse.ClickHouse;
import kinglet.proof.Difference.From;
import kinglet.type.DataType;
import org.jspecify.annotations.Nullable;

/// Holds the answers of the serving code against everything that can say what is right.
final class Checker {
  private static final Set<From> ALL = EnumSet.allOf(From.class);
  private static final Set<From> STORED = EnumSet.of(From.CLICK_HOUSE, From.TYPES, From.WINDOWS);
  private static final int STORED_EVERY = 6;

  private final ClickHouse clickHouse;
  private final Path work;
  private final LongAdder windowed = new LongAdder();

  Checker(ClickHouse clickHouse, Path work) {
    this.clickHouse = clickHouse;
    this.work = work;
  }

  /// How many values windows of ClickHouse's own gave as well.
  long windowed() {
    return windowed.sum();
  }

  /// The first difference of a case.
  ///
  /// @param seed says how the work is cut
  Optional<Difference> check(Case made, long seed) {
    return check(made, seed, ALL);
  }

  Optional<Difference> check(Case made, long seed, Set<From> sides) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    boolean stored = random.nextInt(STORED_EVERY) == 0;
    EngineRun.Cut cut = EngineRun.Cut.random(random, stored);
    List<Answer> answers = EngineRun.answers(made, cut, random, work);
    Optional<Difference> found = Optional.empty();
    History history = History.of(made);
    List<NaiveModel.Outcome> outcomes = new NaiveModel(made, history).outcomes();
    if (sides.contains(From.MODEL)) {
      found = fromModel(made, history, answers, outcomes);
    }
    if (found.isEmpty() && sides.contains(From.OTHER_CUT)) {
      found =
          fromCut(
              made, history, answers, EngineRun.answers(made, EngineRun.Cut.NONE, random, work));
    }
    if (found.isEmpty() && (!Collections.disjoint(sides, STORED))) {
      try (StoredCase tables = new StoredCase(clickHouse, made, history)) {
        found = fromStored(made, history, answers, outcomes, tables);
      }
    }
    return found;
  }

  private Optional<Difference> fromStored(
      Case made,
      History history,
      List<Answer> answers,
      List<NaiveModel.Outcome> outcomes,
      StoredCase stored) {
    ClickHouseModel.Outcome theirs = ClickHouseModel.outcome(made, stored);
    Optional<Difference> found = fromTypes(made, theirs);
    if (found.isEmpty()) {
      found = fromClickHouse(made, history, answers, outcomes, theirs);
    }
    if (found.isEmpty()) {
      found =
          WindowModel.outcome(made, stored)
              .flatMap(windows -> fromWindows(made, history, answers, outcomes, theirs, windows));
    }
    return found;
  }

  /// Status and what it makes of values have been compared before.
  private Optional<Difference> fromWindows(
      Case made,
      History history,
      List<Answer> answers,
      List<NaiveModel.Outcome> outcomes,
      ClickHouseModel.Outcome theirs,
      WindowModel.Outcome windows) {
    for (int i = 0; i < answers.size(); i++) {
      Read read = made.reads().get(i);
      Answer answer = answers.get(i);
      boolean silent = !answer.status().equals("PRESENT") && theirs.newest(i) != null;
      if (silent || mayDiffer(made, history, read, answer)) {
        continue;
      }
      Optional<List<@Nullable Object>> values = windows.values(i);
      if (values.isPresent()) {
        Optional<Difference> found =
            different(
                From.WINDOWS, made, read, answer, outcomes.get(i), windows.columns(), values.get());
        if (found.isPresent()) {
          return found;
        }
        windowed.add(windows.columns().size());
      }
    }
    return Optional.empty();
  }

  private static Optional<Difference> different(
      From from,
      Case made,
      Read read,
      Answer answer,
      NaiveModel.Outcome outcome,
      List<Integer> columns,
      List<@Nullable Object> values) {
    for (int j = 0; j < columns.size(); j++) {
      int column = columns.get(j);
      double tolerance = outcome.values().get(column).tolerance();
      @Nullable Object actual = answer.values().get(column);
      if (!Values.same(actual, values.get(j), tolerance)) {
        return Optional.of(
            new Difference(from, made, read, column, "" + actual, "" + values.get(j)));
      }
    }
    return Optional.empty();
  }

  private static Optional<Difference> fromModel(
      Case made, History history, List<Answer> answers, List<NaiveModel.Outcome> outcomes) {
    for (int i = 0; i < answers.size(); i++) {
      Read read = made.reads().get(i);
      Answer answer = answers.get(i);
      NaiveModel.Outcome outcome = outcomes.get(i);
      if (mayDiffer(made, history, read, answer)) {
        continue;
      }
      if (!answer.status().equals(outcome.status())) {
        return Optional.of(
            new Difference(From.MODEL, made, read, -1, answer.status(), outcome.status()));
      }
      for (int column = 0; column < made.columns(); column++) {
        Expected expected = outcome.values().get(column);
        @Nullable Object actual = answer.values().get(column);
        if (!Values.same(actual, expected.value(), expected.tolerance())) {
          return Optional.of(
              new Difference(From.MODEL, made, read, column, "" + actual, "" + expected.value()));
        }
      }
    }
    return Optional.empty();
  }

  /// Whether a read goes so far back that it may be refused, or that a key which was forgotten in
  /// between may have its events or not.
  private static boolean mayDiffer(Case made, History history, Read read, Answer answer) {
    long reach = made.reachMicros(read.seenSeq());
    return read.micros() < reach
        && (answer.status().equals(Answer.REFUSED)
            || made.isForgotten(read.key(), read.seenSeq(), reach)
            || made.events().stream()
                .anyMatch(event ->
                    event.key() == read.key() && history.beginnings().contains(event.seq())));
  }

  private static Optional<Difference> fromCut(
      Case made, History history, List<Answer> answers, List<Answer> others) {
    for (int i = 0; i < answers.size(); i++) {
      Answer answer = answers.get(i);
      Answer other = others.get(i);
      Read read = made.reads().get(i);
      if (mayDiffer(made, history, read, answer) || mayDiffer(made, history, read, other)) {
        continue;
      }
      for (int column = 0; column < made.columns(); column++) {
        if (!Objects.equals(answer.values().get(column), other.values().get(column))) {
          return Optional.of(
              new Difference(
                  From.OTHER_CUT,
                  made,
                  read,
                  column,
                  "" + answer.values().get(column),
                  "" + other.values().get(column)));
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Difference> fromTypes(Case made, ClickHouseModel.Outcome theirs) {
    List<DataType> types = EngineRun.types(made);
    for (int i = 0; i < theirs.columns().size(); i++) {
      int column = theirs.columns().get(i);
      DataType ours = Values.bare(types.get(column));
      DataType wanted = Values.bare(theirs.types().get(i));
      if (!ours.equals(wanted)) {
        return Optional.of(
            new Difference(
                From.TYPES, made, made.reads().getFirst(), column, ours.sql(), wanted.sql()));
      }
    }
    return Optional.empty();
  }

  private static Optional<Difference> fromClickHouse(
      Case made,
      History history,
      List<Answer> answers,
      List<NaiveModel.Outcome> outcomes,
      ClickHouseModel.Outcome theirs) {
    for (int i = 0; i < answers.size(); i++) {
      Answer answer = answers.get(i);
      Read read = made.reads().get(i);
      if (mayDiffer(made, history, read, answer)) {
        continue;
      }
      String status = status(made, read, theirs.newest(i));
      if (!answer.status().equals(status)) {
        return Optional.of(
            new Difference(From.CLICK_HOUSE, made, read, -1, answer.status(), status));
      }
      Optional<Difference> found =
          different(
              From.CLICK_HOUSE,
              made,
              read,
              answer,
              outcomes.get(i),
              theirs.columns(),
              values(made, status, theirs, i));
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static String status(Case made, Read read, @Nullable Long newest) {
    if (newest == null || newest < read.micros() - made.forgetMicros()) {
      return "NOT_FOUND";
    }
    return made.ttlMicros().isPresent() && newest < read.micros() - made.ttlMicros().getAsLong()
        ? "EXPIRED"
        : "PRESENT";
  }

  private static List<@Nullable Object> values(
      Case made, String status, ClickHouseModel.Outcome theirs, int read) {
    boolean nothing = status.equals("EXPIRED") || (made.isLookup() && status.equals("NOT_FOUND"));
    if (nothing) {
      return Collections.nCopies(theirs.columns().size(), null);
    }
    return status.equals("NOT_FOUND") ? theirs.empty() : theirs.values(read);
  }
}
