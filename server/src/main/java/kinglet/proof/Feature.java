// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A column of a view: an aggregation over a window, or an expression of several.
///
/// @param pattern the SQL, with `%s` in the place of each use
/// @param model what it is of the values of the uses at the time of a read
record Feature(List<Use> uses, String pattern, Model model) {
  private static final String NOW = "now()";

  /// An aggregation over one of the case's windows.
  record Use(Measure measure, int window) {}

  /// What an expression gives of values.
  @FunctionalInterface
  interface Model {
    Expected of(List<Expected> values, long readMicros);
  }

  /// As a view writes it.
  String sql() {
    return String.format(
        Locale.ROOT,
        pattern,
        uses.stream().map(use -> use.measure().sql("w" + use.window())).toArray());
  }

  /// As ClickHouse computes it of the rows until the time of a read.
  Optional<String> oracleSql(IntFunction<Frame> frames) {
    return oracleSql(
        use -> use.measure().oracleSql(frames.apply(use.window()).inside(), ""), "any(__t)");
  }

  /// As ClickHouse computes it over windows, in the row of a read.
  ///
  /// @param places how many there are in each microsecond
  Optional<String> windowSql(IntFunction<Frame> frames, long places) {
    return oracleSql(
        use ->
            frames
                .apply(use.window())
                .over(places)
                .flatMap(_ -> use.measure().oracleSql("__e", " OVER w" + use.window())),
        "__t");
  }

  private Optional<String> oracleSql(Function<Use, Optional<String>> each, String readMicros) {
    List<String> texts = new ArrayList<>();
    for (Use use : uses) {
      Optional<String> text = each.apply(use);
      if (text.isEmpty()) {
        return Optional.empty();
      }
      texts.add(text.get());
    }
    String now = "toDateTime(intDiv(" + readMicros + ", 1000000), 'UTC')";
    return Optional.of(String.format(Locale.ROOT, pattern.replace(NOW, now), texts.toArray()));
  }

  static Feature plain(Use use) {
    return new Feature(List.of(use), "%s", (values, _) -> values.getFirst());
  }

  static Feature random(
      RandomGenerator random, Measures measures, List<Frame> frames, Term time, long ticksMicros) {
    int other = random.nextInt(frames.size());
    Measure count = Measure.of("count", "", List.of(), Folds::count);
    return switch (random.nextInt(16)) {
      case 0 -> {
        Use sum = use(random, measures.sum(), frames);
        yield new Feature(
            List.of(sum, new Use(count, other)), "%s / nullIf(%s, 0)", Feature::ratio);
      }
      case 1 ->
          new Feature(
              List.of(use(random, count, frames), new Use(count, other)),
              "%s - %s",
              (values, _) -> Expected.exact(whole(values.getFirst()) - whole(values.getLast())));
      case 2 ->
          new Feature(
              List.of(
                  use(
                      random,
                      Measure.of("max", "", List.of(time), Folds.least(time.bare(), -1)),
                      frames)),
              "dateDiff('second', %s, now())",
              (values, readMicros) -> age(values.getFirst(), ticksMicros, readMicros));
      case 3 ->
          new Feature(
              List.of(use(random, measures.sum(), frames), new Use(count, other)),
              "if(%2$s > 2, toFloat64(%1$s), -0.5)",
              (values, _) ->
                  whole(values.getLast()) > 2 ? real(values.getFirst()) : Expected.exact(-0.5));
      case 4 ->
          new Feature(
              List.of(use(random, measures.sum(), frames)),
              "coalesce(toFloat64(%s), 7.)",
              (values, _) ->
                  values.getFirst().value() == null ? Expected.exact(7.) : real(values.getFirst()));
      default -> plain(use(random, measures.next(), frames));
    };
  }

  private static Use use(RandomGenerator random, Measure measure, List<Frame> frames) {
    int window = random.nextInt(frames.size());
    for (int i = 0;
        measure.exactOnly() && !frames.get(window).isExact() && i < frames.size();
        i++) {
      window = (window + 1) % frames.size();
    }
    return measure.exactOnly() && !frames.get(window).isExact()
        ? new Use(Measure.of("count", "", List.of(), Folds::count), window)
        : new Use(measure, window);
  }

  private static long whole(Expected value) {
    return value.value() instanceof Long whole ? whole : 0;
  }

  private static Expected real(Expected value) {
    Object given = value.value();
    return given == null
        ? Expected.NULL
        : Expected.near(((Number) given).doubleValue(), value.tolerance());
  }

  private static Expected ratio(List<Expected> values, long readMicros) {
    @Nullable Object above = values.getFirst().value();
    long below = whole(values.getLast());
    return above == null || below == 0
        ? Expected.NULL
        : Expected.near(
            ((Number) above).doubleValue() / below, values.getFirst().tolerance() / below);
  }

  private static Expected age(Expected newest, long ticksMicros, long readMicros) {
    return newest.value() instanceof Long ticks
        ? Expected.exact(
            Math.floorDiv(readMicros, 1_000_000) - Math.floorDiv(ticks * ticksMicros, 1_000_000))
        : Expected.NULL;
  }
}
