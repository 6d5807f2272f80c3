// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import kinglet.catalog.Catalog;
import kinglet.catalog.DataSource;
import kinglet.catalog.deployment.ViewFailures;
import kinglet.catalog.replacement.Replacement;
import kinglet.catalog.replacement.StagedTables;
import kinglet.ingest.decode.QuarantineRows;
import kinglet.ingest.flush.FlushTarget;
import kinglet.ingest.flush.FlushTargets;
import kinglet.type.Schema;

/// Where rows go, by what the catalogue says at this moment.
record CatalogFlushTargets(Catalog catalog, StagedTables staged, ViewFailures failures)
    implements FlushTargets {
  @Override
  public Optional<FlushTarget> find(long dataSourceId) {
    return catalog
        .dataSource(dataSourceId)
        .map(source -> target(source, source.table()))
        .or(() -> staged.find(dataSourceId).map(CatalogFlushTargets::staged));
  }

  @Override
  public void viewFailed(long dataSourceId) {
    catalog
        .dataSource(dataSourceId)
        .ifPresent(source -> failures.add(source.workspaceId(), dataSourceId));
  }

  /// What does not fit goes where it always goes.
  private static FlushTarget staged(Replacement replacement) {
    return target(replacement.source(), replacement.staged().table());
  }

  private static FlushTarget target(DataSource source, String table) {
    NavigableMap<Integer, Schema> quarantine = new TreeMap<>();
    source
        .schemas()
        .forEach((version, schema) -> quarantine.put(version, QuarantineRows.schema(schema)));
    return new FlushTarget(
        source.name(),
        source.database(),
        table,
        source.quarantineTable(),
        source.hiddenColumns(),
        new TreeMap<>(source.schemas()),
        quarantine);
  }
}
