// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// What a training set was made of, and what came of it.
///
/// @param versions of the views, by name
/// @param journalSeq rows of the journal after it do not count
/// @param nullRates for each feature the share of its values that are NULL
record Manifest(
    String name,
    Map<String, Integer> versions,
    String mode,
    long journalSeq,
    String time,
    String spineHash,
    List<String> spineColumns,
    long rows,
    Map<String, Double> nullRates,
    Instant completedAt) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  String json() {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("name", name);
    shape.put("feature_views", versions);
    shape.put("mode", mode);
    shape.put("journal_seq", journalSeq);
    shape.put("time", time);
    shape.put("spine", Map.of("hash", spineHash, "columns", spineColumns));
    shape.put("rows", rows);
    shape.put("null_rates", nullRates);
    shape.put("completed_at", completedAt.toString());
    return JSON.writeValueAsString(shape);
  }
}
