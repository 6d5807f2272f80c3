// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.List;
import java.util.Optional;
import kinglet.feature.wire.UtcTime;
import kinglet.state.Explanation;

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

    static Part of(ViewProgram program, int use, Explanation explanation) {
      int window = program.layout().features().get(use).window();
      return new Part(
          program.view().query().windows().get(window).name(),
          time(explanation.startMicros()),
          UtcTime.of(explanation.endMicros()),
          explanation.tiles().stream()
              .map(tile -> new Tile(time(tile.startMicros()), UtcTime.of(tile.endMicros())))
              .toList(),
          explanation.rows().stream()
              .map(row -> new Event(UtcTime.of(row.micros()), row.seq()))
              .toList(),
          explanation.complete());
    }
  }

  private static Optional<String> time(long micros) {
    return micros == Long.MIN_VALUE ? Optional.empty() : Optional.of(UtcTime.of(micros));
  }

  /// Events that are kept as one partial.
  ///
  /// @param start absent where the window has no beginning
  public record Tile(Optional<String> start, String end) {}

  /// An event, by its time and its number in the journal.
  public record Event(String time, long seq) {}
}
