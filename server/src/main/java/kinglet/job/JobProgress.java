// SPDX-License-Identifier: Apache-2.0
package kinglet.job;

import java.util.LinkedHashMap;
import java.util.Map;

/// How far a job is.
///
/// @param shareDone 0 to 1
/// @param counts what the work counted besides rows and bytes, by the names of the wire
public record JobProgress(double shareDone, long rows, long bytes, Map<String, Long> counts) {
  static final JobProgress NONE = new JobProgress(0, 0, 0, Map.of());

  public JobProgress {
    counts = Map.copyOf(counts);
  }

  JobProgress withCount(String name, long value) {
    Map<String, Long> changed = new LinkedHashMap<>(counts);
    changed.put(name, value);
    return new JobProgress(shareDone, rows, bytes, changed);
  }

  /// The same at its end.
  JobProgress whole() {
    return new JobProgress(1, rows, bytes, counts);
  }
}
