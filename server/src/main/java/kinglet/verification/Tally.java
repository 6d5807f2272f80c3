// SPDX-License-Identifier: Apache-2.0
package kinglet.verification;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What came of comparing: counts for each feature, and the first differences. Belongs to one
/// thread.
final class Tally {
  static final String NULL = "null";

  private static final int DIFFERENCES_MAX = 10;

  private final Map<String, Counts> features = new LinkedHashMap<>();
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
  record Difference(ServedReads.Read read, String feature, String served, String replayed) {
    @Override
    public String toString() {
      return feature
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
    }
  }

  /// Counts a read and each of its values.
  void add(ServedReads.Read read, List<String> replayed) {
    reads++;
    for (int i = 0; i < replayed.size(); i++) {
      String name = read.features().get(i);
      String served = read.values().get(i);
      Counts counts = features.computeIfAbsent(name, _ -> new Counts());
      counts.compared++;
      if (served.equals(replayed.get(i))) {
        counts.equal++;
        continue;
      }
      if (replayed.get(i).equals(NULL)) {
        counts.missing++;
      } else if (served.equals(NULL)) {
        counts.extra++;
      } else {
        counts.different++;
      }
      if (differences.size() < DIFFERENCES_MAX) {
        differences.add(new Difference(read, name, served, replayed.get(i)));
      }
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
