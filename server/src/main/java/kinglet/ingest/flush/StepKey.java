// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

import java.util.Comparator;
import kinglet.journal.EntryKind;

/// Names one insert of a plan; the steps of a plan run in the order of their keys.
///
/// @param group which of the blocks that omit different columns
record StepKey(long dataSourceId, int schemaVersion, EntryKind kind, int group)
    implements Comparable<StepKey> {
  /// Before every step.
  static final StepKey NONE = new StepKey(Long.MIN_VALUE, 0, EntryKind.ROWS, 0);

  private static final Comparator<StepKey> ORDER =
      Comparator.comparingLong(StepKey::dataSourceId)
          .thenComparingInt(StepKey::schemaVersion)
          .thenComparing(StepKey::kind)
          .thenComparingInt(StepKey::group);

  StepKey withGroup(int changed) {
    return new StepKey(dataSourceId, schemaVersion, kind, changed);
  }

  @Override
  public int compareTo(StepKey other) {
    return ORDER.compare(this, other);
  }
}
