// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.List;

/// What one value at a time was computed of.
///
/// @param startMicros the first microsecond of the window; of a window of rows the time of its
///   oldest row
/// @param endMicros the last microsecond of the window
/// @param tiles the tiles inside, the newest first
/// @param rows the events that are not in a tile and were added, the newest first
/// @param complete whether all of them are listed, and not only the newest
public record Explanation(
    ReadStatus status,
    long startMicros,
    long endMicros,
    List<Tile> tiles,
    List<Place> rows,
    boolean complete) {
  /// The events of `[startMicros, endMicros]` until what is listed as rows.
  public record Tile(long startMicros, long endMicros) {}

  /// An event's place in time.
  public record Place(long micros, long seq) {}
}
