// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.OptionalLong;
import kinglet.state.ReadStatus;
import kinglet.value.Slot;

/// What gives the columns of a feature view, one entity at a time. Belongs to one thread at a time.
public interface ViewValues {
  /// Where the caller puts the key, column by column.
  Slot key(int column);

  /// Says that the key is about to be read.
  default void expect() {}

  /// Brings what is expected into memory together, as far as it is not there.
  default void fetch() {}

  /// Computes every column for the key at a time.
  void read(long micros);

  /// The value of a column after [#read], good until the next one.
  Slot value(int column);

  /// What the last [#read] found.
  ReadStatus status();

  /// Whether the last [#read] is one of those that are written down.
  default boolean isWrittenDown() {
    return false;
  }

  /// The event time of the newest event until the time of the last [#read].
  OptionalLong newestMicros();
}
