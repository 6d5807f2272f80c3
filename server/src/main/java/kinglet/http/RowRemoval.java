// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import kinglet.catalog.DataSource;
import kinglet.catalog.Identifiers;
import kinglet.catalog.Resources;
import kinglet.catalog.Workspace;
import kinglet.catalog.deployment.Deployments;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.error.PlatformException;
import kinglet.ingest.flush.FlushError;
import kinglet.ingest.flush.Flusher;

/// Counts and removes rows of tables by a condition. What ClickHouse says of it names no database.
public final class RowRemoval {
  private static final Duration TIMEOUT = Duration.ofHours(6);

  private final ClickHouse clickHouse;
  private final Deployments deployments;
  private final Flusher flusher;
  private final Duration flushTimeout;

  public RowRemoval(
      ClickHouse clickHouse, Deployments deployments, Flusher flusher, Duration flushTimeout) {
    this.clickHouse = clickHouse;
    this.deployments = deployments;
    this.flusher = flusher;
    this.flushTimeout = flushTimeout;
  }

  /// Rows that were accepted before are stored first, so that none is missed, and no deployment
  /// runs meanwhile.
  ///
  /// @param inDoubt what is said if they cannot be stored in time
  void run(Workspace workspace, String inDoubt, Consumer<Resources> removal) {
    if (!flusher.flushAll(flushTimeout)) {
      throw new PlatformException(FlushError.FLUSH_IN_DOUBT, inDoubt);
    }
    deployments.removingRows(workspace, removal);
  }

  /// @param rows what stands behind FROM
  long count(Role role, DataSource source, String rows) {
    try {
      Statement count = Statement.of(role, "SELECT count() FROM " + rows).withFormat("TSV");
      return Long.parseLong(clickHouse.text(count).strip());
    } catch (PlatformException e) {
      throw withoutDatabase(e, source);
    }
  }

  void remove(DataSource source, String table, String condition) {
    try {
      clickHouse.execute(
          Statement.of(Role.ADMIN, "ALTER TABLE " + table + " DELETE WHERE " + condition)
              .withSettings(Map.of("mutations_sync", "1"))
              .withTimeout(TIMEOUT));
    } catch (PlatformException e) {
      throw withoutDatabase(e, source);
    }
  }

  private static PlatformException withoutDatabase(PlatformException failure, DataSource source) {
    String text =
        failure
            .text()
            .replace(Identifiers.quote(source.database()) + ".", "")
            .replace(source.database() + ".", "");
    return new PlatformException(failure.code(), text, failure.details(), failure);
  }
}
