// SPDX-License-Identifier: Apache-2.0
package kinglet.observe;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import kinglet.catalog.DataSource;
import kinglet.catalog.Expectation;

/// Counts for how many rows expectations held, to become one record for each of them and second.
final class ExpectationCounts {
  private final Map<Key, Counts> counts = new ConcurrentHashMap<>();

  /// A condition that was changed is counted anew.
  private record Key(long id, String name, Expectation expectation) {}

  private static final class Counts {
    final DataSource source;
    final LongAdder checked = new LongAdder();
    final LongAdder failed = new LongAdder();
    long checkedBefore;
    long failedBefore;

    Counts(DataSource source) {
      this.source = source;
    }
  }

  /// Counts the rows of one body; from any thread.
  void add(DataSource source, Expectation expectation, long checked, long failed) {
    Counts of =
        counts.computeIfAbsent(
            new Key(source.id(), source.name(), expectation), _ -> new Counts(source));
    of.failed.add(failed);
    of.checked.add(checked);
  }

  /// What was counted since the last time; by one thread.
  List<ExpectationResult> take(Instant at) {
    List<ExpectationResult> results = new ArrayList<>();
    counts.forEach((key, of) -> {
      long checked = of.checked.sum();
      long failed = of.failed.sum();
      if (checked > of.checkedBefore) {
        results.add(
            new ExpectationResult(
                of.source,
                at,
                key.expectation(),
                checked - of.checkedBefore,
                failed - of.failedBefore));
        of.checkedBefore = checked;
        of.failedBefore = failed;
      }
    });
    return results;
  }
}
