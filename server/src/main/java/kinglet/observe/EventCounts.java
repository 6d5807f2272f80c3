// SPDX-License-Identifier: Apache-2.0
package kinglet.observe;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import kinglet.catalog.DataSource;

/// Counts what the Events API accepts, to become one record for each data source and second.
///
/// The counters only grow, so that nothing is lost between two looks; the one thread that takes
/// records remembers what it saw last.
final class EventCounts {
  private final Map<Key, Counts> byDataSource = new ConcurrentHashMap<>();

  /// A data source that was renamed is counted anew.
  private record Key(long id, String name) {}

  private static final class Counts {
    final DataSourceOperation.Target target;
    final String workspaceId;
    final LongAdder requests = new LongAdder();
    final LongAdder rows = new LongAdder();
    final LongAdder quarantined = new LongAdder();
    final LongAdder bytes = new LongAdder();
    final LongAdder nanos = new LongAdder();
    final long[] seen = new long[5];

    Counts(DataSource source) {
      this.target = DataSourceOperation.Target.of(source);
      this.workspaceId = source.workspaceId();
    }

    private long since(int index, LongAdder adder) {
      long now = adder.sum();
      long grown = now - seen[index];
      seen[index] = now;
      return grown;
    }
  }

  /// Counts one request; from any thread.
  void add(DataSource source, long rows, long quarantined, long bytes, long nanos) {
    Counts counts =
        byDataSource.computeIfAbsent(new Key(source.id(), source.name()), _ -> new Counts(source));
    counts.rows.add(rows);
    counts.quarantined.add(quarantined);
    counts.bytes.add(bytes);
    counts.nanos.add(nanos);
    counts.requests.increment();
  }

  /// What was counted since the last time; by one thread.
  List<DataSourceOperation> take(Instant at) {
    List<DataSourceOperation> records = new ArrayList<>();
    for (Counts counts : byDataSource.values()) {
      long requests = counts.since(0, counts.requests);
      if (requests > 0) {
        long nanos = counts.since(1, counts.nanos);
        DataSourceOperation.Written written =
            new DataSourceOperation.Written(
                counts.since(2, counts.rows),
                counts.since(3, counts.quarantined),
                OptionalLong.of(counts.since(4, counts.bytes)));
        records.add(
            DataSourceOperation.of(
                    counts.workspaceId,
                    at,
                    DataSourceOperation.Type.APPEND_HFI,
                    counts.target,
                    nanos / requests)
                .wrote(written)
                .withOptions(Map.of("requests", Long.toString(requests))));
      }
    }
    return records;
  }
}
