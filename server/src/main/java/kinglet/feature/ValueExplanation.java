// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.List;
import java.util.Optional;

/// What one value was computed of.
///
/// @param value as JSON
/// @param parts one for each window the column is computed over
public record ValueExplanation(
    String view,
    int version,
    String feature,
    String asOf,
    String status,
    String value,
    List<Part> parts) {
  public ValueExplanation {
    parts = List.copyOf(parts);
  }

  /// What a window held.
  ///
  /// @param start absent where the window has no beginning
  /// @param events the newest first
  /// @param complete whether all events are listed
  public record Part(
      String window,
      Optional<String> start,
      String end,
      List<Tile> tiles,
      List<Event> events,
      boolean complete) {
    public Part {
      tiles = List.copyOf(tiles);
      events = List.copyOf(events);
    }
  }

  /// Events that are kept as one partial.
  public record Tile(String start, String end) {}

  /// An event, by its time and its number in the journal.
  public record Event(String time, long seq) {}
}
