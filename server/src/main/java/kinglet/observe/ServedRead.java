// SPDX-License-Identifier: Apache-2.0
package kinglet.observe;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.ServiceDataSource;

/// A read of features as it was served.
///
/// @param freshness the time of the newest event of the key
/// @param key of each column as JSON, as are the values
public record ServedRead(
    String workspaceId,
    Instant readAt,
    String view,
    int version,
    long journalSeq,
    long laterSeq,
    Optional<Instant> freshness,
    List<String> key,
    String status,
    List<String> features,
    List<String> values)
    implements ServiceRecord {
  @Override
  public Map<ServiceDataSource, Map<String, Object>> rows(Masking masking) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("read_at", LoggedText.micros(readAt));
    row.put("feature_view", view);
    row.put("version", version);
    row.put("journal_seq", journalSeq);
    row.put("later_seq", laterSeq);
    freshness.ifPresent(time -> row.put("freshness", LoggedText.micros(time)));
    row.put("key", key);
    row.put("status", status);
    row.put("features", features);
    row.put("values", values);
    return Map.of(ServiceDataSource.FEATURE_READS, row);
  }
}
