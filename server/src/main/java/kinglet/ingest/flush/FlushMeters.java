// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

import java.util.function.DoubleSupplier;
import kinglet.metrics.Counter;
import kinglet.metrics.Metrics;
import kinglet.metrics.Timer;

/// The flusher's meters.
final class FlushMeters {
  private final Metrics metrics;
  final Timer plan;
  final Counter inserts;
  final Counter rows;
  final Counter retries;
  final Counter discardedRows;
  final Counter quarantinedRows;
  final Counter viewFailures;

  FlushMeters(Metrics metrics) {
    this.metrics = metrics;
    plan = metrics.timer("flush.plan");
    inserts = metrics.counter("flush.inserts");
    rows = metrics.counter("flush.rows");
    retries = metrics.counter("flush.retries");
    discardedRows = metrics.counter("flush.discarded.rows");
    quarantinedRows = metrics.counter("flush.quarantined.rows");
    viewFailures = metrics.counter("flush.view.failures");
  }

  void watch(DoubleSupplier flushedSeq, DoubleSupplier waitingRows) {
    metrics.gauge("flush.flushed.seq", flushedSeq);
    metrics.gauge("flush.waiting.rows", waitingRows);
  }
}
