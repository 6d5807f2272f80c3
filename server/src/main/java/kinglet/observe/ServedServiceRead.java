// SPDX-License-Identifier: Apache-2.0
package kinglet.observe;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.catalog.ServiceDataSource;

/// What a feature service gave for a row of a call.
///
/// @param keys of each view, each column as JSON, as are what the call brought along and the values
public record ServedServiceRead(
    String workspaceId,
    Instant readAt,
    String service,
    int version,
    long journalSeq,
    long laterSeq,
    Map<String, List<String>> keys,
    Map<String, String> request,
    List<String> features,
    List<String> values)
    implements ServiceRecord {
  @Override
  public Map<ServiceDataSource, Map<String, Object>> rows(Masking masking) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("read_at", LoggedText.micros(readAt));
    row.put("service", service);
    row.put("version", version);
    row.put("journal_seq", journalSeq);
    row.put("later_seq", laterSeq);
    row.put("keys", keys);
    row.put("request", request);
    row.put("features", features);
    row.put("values", values);
    return Map.of(ServiceDataSource.SERVICE_READS, row);
  }
}
