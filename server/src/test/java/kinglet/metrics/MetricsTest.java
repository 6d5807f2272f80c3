// SPDX-License-Identifier: Apache-2.0
package kinglet.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class MetricsTest {
  @Test
  void scrapesCountersTimersAndGauges() {
    try (Metrics metrics = new Metrics()) {
      Counter rows = metrics.counter("ingest.rows", "outcome", "quarantined");
      rows.add(2);
      rows.increment();
      metrics.timer("query.duration").recordNanos(2_000_000);
      metrics.gauge("journal.unflushed.rows", () -> 7);
      assertThat(rows.count()).isEqualTo(3);
      assertThat(metrics.scrape())
          .contains("kinglet_ingest_rows_total{outcome=\"quarantined\"} 3.0")
          .contains("kinglet_query_duration_seconds_bucket{le=\"0.005\"} 1")
          .contains("kinglet_journal_unflushed_rows 7.0")
          .contains("jvm_memory_used_bytes");
    }
  }
}
