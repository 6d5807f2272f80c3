// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import kinglet.feature.BatchRequest.With;
import kinglet.state.Window;
import kinglet.type.Column;

/// What a batch answer says of all its rows.
///
/// @param service the feature view or feature service
/// @param features the columns it gives, without those of the key
/// @param intervals of each feature, the times between which events count; empty when nobody asks
record BatchHead(
    String service,
    int version,
    long asOfMicros,
    long journalSeq,
    List<Column> keys,
    List<Column> features,
    List<Interval> intervals,
    Set<With> with) {
  BatchHead {
    keys = List.copyOf(keys);
    features = List.copyOf(features);
    intervals = List.copyOf(intervals);
    with = Set.copyOf(with);
  }

  boolean has(With wanted) {
    return with.contains(wanted);
  }

  /// Both ends belong to it.
  ///
  /// @param startMicros none for a beginning of all times
  record Interval(OptionalLong startMicros, long endMicros) {
    /// What any of some columns of a view is computed over, the widest of their windows.
    static Interval of(ViewProgram program, BitSet columns, long readMicros) {
      List<Window> windows =
          program.isLookup()
              ? List.of()
              : columns.stream()
                  .mapToObj(column -> program.columns().get(column))
                  .flatMap(column -> column.uses().stream())
                  .map(use -> program.layout().features().get(use).window())
                  .map(window -> program.layout().windows().get(window))
                  .toList();
      long start =
          windows.stream()
              .mapToLong(window -> window.startMicros(readMicros))
              .min()
              .orElse(Long.MIN_VALUE);
      long end =
          windows.stream()
              .mapToLong(window -> window.endMicros(readMicros))
              .max()
              .orElse(readMicros);
      return new Interval(
          start == Long.MIN_VALUE ? OptionalLong.empty() : OptionalLong.of(start), end);
    }

    /// What holds both.
    Interval with(Interval other) {
      boolean open = startMicros.isEmpty() || other.startMicros.isEmpty();
      return new Interval(
          open
              ? OptionalLong.empty()
              : OptionalLong.of(Math.min(startMicros.getAsLong(), other.startMicros.getAsLong())),
          Math.max(endMicros, other.endMicros));
    }
  }
}
