// SPDX-License-Identifier: Apache-2.0
package kinglet.observe;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import kinglet.catalog.Connection;
import kinglet.catalog.ServiceDataSource;

/// A connection that a deployment made, changed or removed.
///
/// @param type `create`, `update` or `delete`
public record ConnectionChange(
    String workspaceId, Instant at, String type, Connection connection, long deployment)
    implements ServiceRecord {
  @Override
  public Map<ServiceDataSource, Map<String, Object>> rows(Masking masking) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("timestamp", at.getEpochSecond());
    row.put("event_type", type);
    row.put("connector_id", connection.id());
    row.put("connector_name", connection.name());
    row.put("service", connection.type());
    row.put("release", Long.toString(deployment));
    row.put("result", "ok");
    return Map.of(ServiceDataSource.DATA_CONNECTORS_LOG, row);
  }
}
