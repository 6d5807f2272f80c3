// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a training set was made of, and what came of it.
///
/// @param service the feature service and its version
/// @param versions of the views, by name
/// @param history the snapshots that were read in the place of data sources, by name of these
/// @param delayMicros how long before the time of a row features are read
/// @param journalSeq rows of the journal after it do not count
/// @param since the set whose rows this one begins with, and how many they are
/// @param nullRates for each feature the share of its values that are NULL
record Manifest(
    String name,
    Optional<Map.Entry<String, Integer>> service,
    Map<String, Integer> versions,
    Map<String, Map<String, Object>> history,
    List<String> features,
    String mode,
    long delayMicros,
    long journalSeq,
    String time,
    boolean statuses,
    String spineHash,
    List<String> spineColumns,
    Optional<Map.Entry<String, Long>> since,
    long rows,
    Map<String, Double> nullRates) {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final List<String> KIND =
      List.of(
          "service",
          "feature_views",
          "history",
          "features",
          "mode",
          "feature_delay_seconds",
          "time",
          "status");

  Manifest with(Map<String, Double> rates) {
    return new Manifest(
        name,
        service,
        versions,
        history,
        features,
        mode,
        delayMicros,
        journalSeq,
        time,
        statuses,
        spineHash,
        spineColumns,
        since,
        rows,
        rates);
  }

  /// The names of the features, of what [#json] wrote.
  static List<String> features(String json) {
    List<String> features = new ArrayList<>();
    JSON.readTree(json).path("features").forEach(one -> features.add(one.asString("")));
    return features;
  }

  /// The name of the service, of what [#json] wrote.
  static Optional<String> service(String json) {
    return JSON.readTree(json).at("/service/name").asStringOpt();
  }

  String json() {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("name", name);
    service.ifPresent(
        one -> shape.put("service", Map.of("name", one.getKey(), "version", one.getValue())));
    shape.put("feature_views", versions);
    if (!history.isEmpty()) {
      shape.put("history", history);
    }
    shape.put("features", features);
    shape.put("mode", mode);
    shape.put("feature_delay_seconds", delayMicros / 1e6);
    shape.put("journal_seq", journalSeq);
    shape.put("time", time);
    shape.put("status", statuses);
    shape.put("spine", Map.of("hash", spineHash, "columns", spineColumns));
    since.ifPresent(
        one -> shape.put("since", Map.of("name", one.getKey(), "rows", one.getValue())));
    shape.put("rows", rows);
    shape.put("null_rates", nullRates);
    return JSON.writeValueAsString(shape);
  }

  /// What is needed of an earlier set to begin with its rows.
  record Earlier(String name, long rows, String spineHash, JsonNode manifest) {
    static Earlier read(String json) {
      JsonNode manifest = JSON.readTree(json);
      return new Earlier(
          manifest.path("name").asString(),
          manifest.path("rows").asLong(),
          manifest.at("/spine/hash").asString(),
          manifest);
    }

    /// What of another set is not alike, if anything is.
    Optional<String> difference(Manifest other) {
      JsonNode now = JSON.readTree(other.json());
      return KIND.stream()
          .filter(field -> !now.path(field).equals(manifest.path(field)))
          .findFirst()
          .or(() ->
              now.at("/spine/columns").equals(manifest.at("/spine/columns"))
                  ? Optional.empty()
                  : Optional.of("columns of the spine"));
    }
  }
}
