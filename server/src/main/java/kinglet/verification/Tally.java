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
  private static final String NULL = "null";

  private static final int DIFFERENCES_MAX = 10;

  private final Map<String, Counts> features = new LinkedHashMap<>();
  private final Counts statuses = new Counts();
  private final List<Difference> differences = new ArrayList<>();
  private long reads;
  private long skipped;

  /// Counts of one feature.
  static final class Counts {
    private long compared;
    private long equal;
    private long different;
    private long missing;
    private long extra;

    /// @param numbers as [#numbers] gives them
    private void add(List<Long> numbers) {
      compared += numbers.get(0);
      equal += numbers.get(1);
      different += numbers.get(2);
      missing += numbers.get(3);
      extra += numbers.get(4);
    }

    private List<Long> numbers() {
      return List.of(compared, equal, different, missing, extra);
    }

    /// Counts a value; `false` if both are not the same.
    private boolean add(String served, String replayed) {
      compared++;
      if (served.equals(replayed)) {
        equal++;
        return true;
      }
      if (replayed.equals(NULL)) {
        missing++;
      } else if (served.equals(NULL)) {
        extra++;
      } else {
        different++;
      }
      return false;
    }

    long compared() {
      return compared;
    }

    long equal() {
      return equal;
    }

    /// Both are values, and not the same.
    long different() {
      return different;
    }

    /// A value was served, and history gives none.
    long missing() {
      return missing;
    }

    /// None was served, and history gives one.
    long extra() {
      return extra;
    }
  }

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
    if (!statuses.add(orNull(read.status()), orNull(status))) {
      keep(read, STATUS, read.status(), status, behind);
    }
    for (int i = 0; i < replayed.size(); i++) {
      String name = read.features().get(i);
      String served = read.values().get(i);
      if (!features.computeIfAbsent(name, _ -> new Counts()).add(served, replayed.get(i))) {
        keep(read, name, served, replayed.get(i), behind);
      }
    }
  }

  /// A key that is not found counts as no value.
  private static String orNull(String status) {
    return status.equals(ReadStatus.NOT_FOUND.name()) ? NULL : status;
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
    statuses.add(other.statuses.numbers());
    other.features.forEach(
        (name, counts) -> features.computeIfAbsent(name, _ -> new Counts()).add(counts.numbers()));
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
    tally.statuses.add(numbers(written.path("statuses")));
    written
        .path("features")
        .forEachEntry((name, numbers) -> {
          Counts counts = new Counts();
          counts.add(numbers(numbers));
          tally.features.put(name, counts);
        });
    for (JsonNode one : written.path("differences")) {
      tally.differences.add(new Difference(one.path(0).asString(""), one.path(1).asString("")));
    }
    return tally;
  }

  private static List<Long> numbers(JsonNode array) {
    return array.valueStream().map(one -> one.asLong()).toList();
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
