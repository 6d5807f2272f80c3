// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.definition;

import java.util.List;
import java.util.Optional;

/// A window as the WINDOW clause names it.
///
/// @param partition the columns of its PARTITION BY
/// @param order the column of its ORDER BY
/// @param excludesGroup whether events at exactly the time of the read are left out
/// @param hopMicros what the far end is rounded down to
/// @param offset where it stands in the SQL
public record Window(
    String name,
    List<String> partition,
    String order,
    Frame frame,
    boolean excludesGroup,
    Optional<Long> hopMicros,
    int offset) {
  public Window {
    partition = List.copyOf(partition);
  }

  Window tiled(long micros) {
    return new Window(name, partition, order, frame, excludesGroup, Optional.of(micros), offset);
  }
}
