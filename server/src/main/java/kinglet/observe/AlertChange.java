// SPDX-License-Identifier: Apache-2.0
package kinglet.observe;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import kinglet.catalog.ServiceDataSource;

/// An alert that was opened or resolved.
public record AlertChange(
    String workspaceId,
    Instant at,
    About about,
    String distance,
    double value,
    double threshold,
    Instant openedAt,
    boolean resolved)
    implements ServiceRecord {
  /// What it is about.
  public sealed interface About {
    record Feature(String monitor, String view, String feature) implements About {}

    record Rows(String dataSource, String expectation) implements About {}
  }

  @Override
  public Map<ServiceDataSource, Map<String, Object>> rows(Masking masking) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("timestamp", at.getEpochSecond());
    switch (about) {
      case About.Feature(String monitor, String view, String feature) -> {
        row.put("monitor", monitor);
        row.put("feature_view", view);
        row.put("feature", feature);
      }
      case About.Rows(String dataSource, String expectation) -> {
        row.put("datasource_name", dataSource);
        row.put("expectation", expectation);
      }
    }
    row.put("distance", distance);
    row.put("value", value);
    row.put("threshold", threshold);
    row.put("opened_at", openedAt.getEpochSecond());
    row.put("resolved", resolved ? 1 : 0);
    return Map.of(ServiceDataSource.ALERTS, row);
  }
}
