// SPDX-License-Identifier: Apache-2.0
package kinglet.observe;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import kinglet.catalog.ServiceDataSource;

/// How far the values of a feature were from a reference.
public record DriftMeasured(
    String workspaceId,
    Instant at,
    String jobId,
    String monitor,
    String view,
    String feature,
    String distance,
    OptionalDouble value,
    double threshold,
    boolean alerting,
    long referenceValues,
    long currentValues,
    List<String> newCategories)
    implements ServiceRecord {
  public DriftMeasured {
    newCategories = List.copyOf(newCategories);
  }

  @Override
  public Map<ServiceDataSource, Map<String, Object>> rows(Masking masking) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("timestamp", at.getEpochSecond());
    row.put("job_id", jobId);
    row.put("monitor", monitor);
    row.put("feature_view", view);
    row.put("feature", feature);
    row.put("distance", distance);
    value.ifPresent(number -> row.put("value", number));
    row.put("threshold", threshold);
    row.put("alerting", alerting ? 1 : 0);
    row.put("reference_values", referenceValues);
    row.put("current_values", currentValues);
    row.put("new_categories", newCategories);
    return Map.of(ServiceDataSource.DRIFT, row);
  }
}
