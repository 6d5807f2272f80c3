// SPDX-License-Identifier: Apache-2.0
package kinglet.observe;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import kinglet.catalog.DataSource;
import kinglet.catalog.ServiceDataSource;

/// What a data source and its quarantine hold at one moment.
record StorageSize(DataSource source, Instant at, Size stored, Size quarantined)
    implements ServiceRecord {
  /// Rows and bytes of a table.
  record Size(long rows, long bytes) {
    static final Size NONE = new Size(0, 0);
  }

  @Override
  public String workspaceId() {
    return source.workspaceId();
  }

  @Override
  public Map<ServiceDataSource, Map<String, Object>> rows(Masking masking) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("timestamp", at.getEpochSecond());
    row.put("datasource_id", source.publicId());
    row.put("datasource_name", source.name());
    row.put("rows", stored.rows());
    row.put("bytes", stored.bytes());
    row.put("rows_quarantine", quarantined.rows());
    row.put("bytes_quarantine", quarantined.bytes());
    return Map.of(ServiceDataSource.DATASOURCES_STORAGE, row);
  }
}
