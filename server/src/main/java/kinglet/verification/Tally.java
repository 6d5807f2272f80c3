// SPDX-License-Identifier: Apache-2.0
package kinglet.verification;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.state.ReadStatus;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What came of comparing: counts for each feature, and the first differences. Belongs to one
/// thread; as JSON it is kept and added to others.
final class Tally {
  /// Stands for the feature in a difference of status.
  static final String STATUS = "__status";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final int DIFFERENCES_MAX = 10;

  private final Map<String, Counts> features = new LinkedHashMap<>();
  private Counts statuses = Counts.NONE;
  private final List<Difference> differences = new ArrayList<>();
  private long reads;
  private long skipped;

  /// A value that is not what history says.
  ///
  /// @param text says both, and below what the replayed value was computed of
  record Difference(String feature, String text) {
    static Difference of(
        ServedReads.Read read,
        String feature,
        String served,
        String replayed,
        List<String> events) {
      String line =
          feature
              + " of "
              + String.join(", ", read.key())
              + " at "
              + read.readAt()
              + ": served "
              + served
              + ", replayed "
              + replayed
              + " (journal "
              + read.journalSeq()
              + (read.laterSeq() == read.journalSeq() ? "" : " to " + read.laterSeq())
              + ")";
      return new Difference(
          feature, events.isEmpty() ? line : line + "\n" + String.join("\n", events));
    }
  }

  /// Finds the lines about what a feature was computed of.
  @FunctionalInterface
  interface Behind {
    List<String> events(String feature);
  }

  /// Counts a read, its status and each of its values.
  void add(ServedReads.Read read, String status, List<String> replayed, Behind behind) {
    reads++;
    Counts ofStatus = Counts.of(orNull(read.status()), orNull(status));
    statuses = statuses.plus(ofStatus);
    if (!ofStatus.allEqual()) {
      keep(read, STATUS, read.status(), status, behind);
    }
    for (int i = 0; i < replayed.size(); i++) {
      String name = read.features().get(i);
      String served = read.values().get(i);
      Counts ofValue = Counts.of(served, replayed.get(i));
      Counts _ = features.merge(name, ofValue, Counts::plus);
      if (!ofValue.allEqual()) {
        keep(read, name, served, replayed.get(i), behind);
      }
    }
  }

  /// A key that is not found counts as no value.
  private static String orNull(String status) {
    return status.equals(ReadStatus.NOT_FOUND.name()) ? Counts.NULL : status;
  }

  private void keep(
      ServedReads.Read read, String feature, String served, String replayed, Behind behind) {
    if (differences.size() < DIFFERENCES_MAX) {
      differences.add(Difference.of(read, feature, served, replayed, behind.events(feature)));
    }
  }

  /// Takes in what another one counted.
  void add(Tally other) {
    reads += other.reads;
    skipped += other.skipped;
    statuses = statuses.plus(other.statuses);
    other.features.forEach((name, counts) -> {
      Counts _ = features.merge(name, counts, Counts::plus);
    });
    other.differences.stream()
        .limit(DIFFERENCES_MAX - differences.size())
        .forEach(differences::add);
  }

  String json() {
    Map<String, List<Long>> counts = new LinkedHashMap<>();
    features.forEach((name, one) -> counts.put(name, one.numbers()));
    return JSON.writeValueAsString(
        Map.of(
            "reads", reads,
            "skipped", skipped,
            "statuses", statuses.numbers(),
            "features", counts,
            "differences",
                differences.stream().map(one -> List.of(one.feature(), one.text())).toList()));
  }

  /// What [#json] wrote.
  static Tally read(String json) {
    JsonNode written = JSON.readTree(json);
    Tally tally = new Tally();
    tally.reads = written.path("reads").asLong();
    tally.skipped = written.path("skipped").asLong();
    tally.statuses = Counts.read(written.path("statuses"));
    written
        .path("features")
        .forEachEntry((name, numbers) -> tally.features.put(name, Counts.read(numbers)));
    for (JsonNode one : written.path("differences")) {
      tally.differences.add(new Difference(one.path(0).asString(""), one.path(1).asString("")));
    }
    return tally;
  }

  /// Counts reads that cannot be computed again.
  void skip(long count) {
    skipped += count;
  }

  long reads() {
    return reads;
  }

  long skipped() {
    return skipped;
  }

  /// Of the status of each read: a key that is not found counts as no value.
  Counts statuses() {
    return statuses;
  }

  Map<String, Counts> features() {
    return features;
  }

  List<Difference> differences() {
    return differences;
  }

  long compared() {
    return features.values().stream().mapToLong(Counts::compared).sum();
  }

  long equal() {
    return features.values().stream().mapToLong(Counts::equal).sum();
  }
}
