// SPDX-License-Identifier: Apache-2.0
package kinglet.verification;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.state.ReadStatus;

/// What came of comparing: counts for each feature, and the first differences. Belongs to one
/// thread.
final class Tally {
  /// Stands for the feature in a difference of status.
  static final String STATUS = "__status";

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
  /// @param events the lines about what the replayed value was computed of
  record Difference(
      ServedReads.Read read, String feature, String served, String replayed, List<String> events) {
    Difference {
      events = List.copyOf(events);
    }

    @Override
    public String toString() {
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
      return events.isEmpty() ? line : line + "\n" + String.join("\n", events);
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
      differences.add(new Difference(read, feature, served, replayed, behind.events(feature)));
    }
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
