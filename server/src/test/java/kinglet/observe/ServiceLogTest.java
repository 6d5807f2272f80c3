// SPDX-License-Identifier: Apache-2.0
package kinglet.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.Catalog;
import kinglet.clickhouse.HttpClickHouse;
import kinglet.database.Database;
import kinglet.metrics.Metrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What waits is bounded, and what is dropped is counted.
final class ServiceLogTest {
  private static final int TOO_MANY = 5;

  @Test
  void recordsBeyondTheLimitAreDroppedAndCounted(@TempDir Path folder) {
    InstantSource clock = InstantSource.system();
    Metrics metrics = new Metrics();
    try (Database database = Database.open(folder.resolve("catalogue.db"));
        HttpClickHouse away = new HttpClickHouse(Optional::empty);
        ServiceLog log =
            new ServiceLog(
                new Catalog(database, clock, new SecureRandom()),
                away,
                _ -> List.of(),
                clock,
                metrics)) {
      JobState state =
          new JobState(
              "workspace",
              "job",
              "import",
              "",
              "",
              Instant.EPOCH,
              Optional.empty(),
              Instant.EPOCH,
              "done",
              Optional.empty(),
              Map.of());
      for (int i = 0; i < ServiceLog.WAITING_MAX + TOO_MANY; i++) {
        log.add(state);
      }
      assertThat(metrics.counter("service.log.dropped").count()).isEqualTo(TOO_MANY);
      assertThat(metrics.scrape())
          .contains("kinglet_service_log_waiting " + (double) ServiceLog.WAITING_MAX);
    }
    metrics.close();
  }
}
