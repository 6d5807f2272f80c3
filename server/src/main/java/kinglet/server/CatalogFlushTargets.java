// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import kinglet.catalog.Catalog;
import kinglet.catalog.DataSource;
import kinglet.catalog.deployment.ViewFailures;
import kinglet.ingest.decode.QuarantineRows;
import kinglet.ingest.flush.FlushTarget;
import kinglet.ingest.flush.FlushTargets;
import kinglet.type.Schema;

/// Where rows go, by what the catalogue says at this moment.
record CatalogFlushTargets(Catalog catalog, ViewFailures failures) implements FlushTargets {
  @Override
  public Optional<FlushTarget> find(long dataSourceId) {
    return catalog.dataSource(dataSourceId).map(CatalogFlushTargets::target);
  }

  @Override
  public void viewFailed(long dataSourceId) {
    catalog
        .dataSource(dataSourceId)
        .ifPresent(source -> failures.add(source.workspaceId(), dataSourceId));
  }

  private static FlushTarget target(DataSource source) {
    NavigableMap<Integer, Schema> quarantine = new TreeMap<>();
    source
        .schemas()
        .forEach((version, schema) -> quarantine.put(version, QuarantineRows.schema(schema)));
    return new FlushTarget(
        source.name(),
        source.database(),
        source.table(),
        source.quarantineTable(),
        source.hiddenColumns(),
        new TreeMap<>(source.schemas()),
        quarantine);
  }
}
