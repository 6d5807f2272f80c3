// SPDX-License-Identifier: Apache-2.0
package kinglet.observe;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.catalog.ServiceDataSource;

/// What came of comparing the reads of one feature with its history.
///
/// @param service the feature view or service that was verified
/// @param differences some of the first ones, as texts
public record FeatureConsistency(
    String workspaceId,
    Instant at,
    String jobId,
    String service,
    String view,
    int version,
    String feature,
    Counts counts,
    List<String> differences)
    implements ServiceRecord {
  /// Values.
  public record Counts(long compared, long equal, long different, long missing, long extra) {}

  @Override
  public Map<ServiceDataSource, Map<String, Object>> rows(Masking masking) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("timestamp", at.getEpochSecond());
    row.put("job_id", jobId);
    row.put("service", service);
    row.put("feature_view", view);
    row.put("version", version);
    row.put("feature", feature);
    row.put("compared", counts.compared());
    row.put("equal", counts.equal());
    row.put("different", counts.different());
    row.put("missing", counts.missing());
    row.put("extra", counts.extra());
    row.put("differences", differences);
    return Map.of(ServiceDataSource.CONSISTENCY, row);
  }
}
