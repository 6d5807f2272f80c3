// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kinglet.catalog.DataSource;
import kinglet.catalog.Expectation;
import kinglet.feature.RowConditions;
import kinglet.ingest.decode.RowDecoder;
import kinglet.ingest.file.RowCondition;

/// Checks rows for what their data source expects of them. Safe from any thread.
public final class Expectations {
  private static final int DATA_SOURCES_MAX = 1_000;

  private final LoadingCache<DataSource, Compiled> compiled =
      Caffeine.newBuilder().maximumSize(DATA_SOURCES_MAX).weakKeys().build(Compiled::of);
  private final Counts counts;

  public Expectations(Counts counts) {
    this.counts = counts;
  }

  /// Hears how many rows were checked, and for how many a condition did not hold.
  @FunctionalInterface
  public interface Counts {
    void add(DataSource source, Expectation.Check check, long checked, long failed);
  }

  private record Compiled(List<Expectation.Check> checks, RowConditions conditions) {
    static Compiled of(DataSource source) {
      List<Expectation.Check> checks = Expectations.checks(source);
      return new Compiled(
          checks,
          RowConditions.compile(
              source.schema(), checks.stream().map(Expectation.Check::condition).toList()));
    }
  }

  /// What rows of a file are expected to be.
  static List<RowCondition> conditions(DataSource source) {
    return checks(source).stream()
        .map(check -> new RowCondition(reason(check), check.condition(), check.quarantine()))
        .toList();
  }

  /// Counts the rows of a file.
  ///
  /// @param failed for how many each of [#conditions] did not hold
  void count(DataSource source, long checked, List<Long> failed) {
    List<Expectation.Check> checks = checks(source);
    for (int i = 0; i < checks.size(); i++) {
      counts.add(source, checks.get(i), checked, failed.get(i));
    }
  }

  private static List<Expectation.Check> checks(DataSource source) {
    return source.expectations().stream()
        .filter(Expectation.Check.class::isInstance)
        .map(Expectation.Check.class::cast)
        .toList();
  }

  /// The reasons for which rows belong in quarantine, by their number in the body.
  Map<Integer, String> check(DataSource source, RowDecoder.Decoded decoded) {
    if (source.expectations().isEmpty()) {
      return Map.of();
    }
    Compiled expected = compiled.get(source);
    List<Expectation.Check> checks = expected.checks();
    long[] failed = new long[checks.size()];
    Map<Integer, String> refused = new HashMap<>();
    for (RowDecoder.Group group : decoded.groups()) {
      expected
          .conditions()
          .check(
              group.block(),
              (row, condition) -> {
                failed[condition]++;
                Expectation.Check check = checks.get(condition);
                if (check.quarantine()) {
                  refused.merge(
                      group.number().applyAsInt(row),
                      reason(check),
                      (one, other) -> one + "; " + other);
                }
              });
    }
    for (int i = 0; i < failed.length; i++) {
      counts.add(source, checks.get(i), decoded.successfulRows(), failed[i]);
    }
    return refused;
  }

  private static String reason(Expectation.Check check) {
    return "the expectation '" + check.name() + "' does not hold: " + check.condition();
  }
}
