// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Windows that are read in one pass from the newest event back, the narrowest first: when the pass
/// leaves a window, the features over it are finished, and it goes on with the same states.
@SuppressWarnings("ArrayRecordComponent") // never compared
record WindowGroup(Source source, Section section, Part[] parts) {
  /// Where the events of the windows are and how they end.
  sealed interface Source {
    /// The tree of events; windows begin at a time.
    record Events(boolean excludeGroup) implements Source {}

    /// The tree of events; windows begin after a number of rows.
    record LastRows() implements Source {}

    /// A track of tiles, and the events that are not in it yet.
    record Track(int index) implements Source {}
  }

  /// One window: its features, as places of values and positions of aggregates in the section, and
  /// the aggregates that this or a later window needs, with how their states are merged.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Part(Window window, int[] values, int[] positions, int[] active, StatesMerge merge) {}

  /// A group of some windows of a layout.
  ///
  /// @param windows indexes of the layout's windows
  static WindowGroup of(StateLayout layout, Source source, Section section, List<Integer> windows) {
    List<Integer> narrowestFirst =
        windows.stream()
            .sorted(Comparator.comparingLong(window -> width(layout.windows().get(window))))
            .toList();
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < narrowestFirst.size(); i++) {
      List<Integer> rest = narrowestFirst.subList(i, narrowestFirst.size());
      int window = narrowestFirst.get(i);
      int[] values = featuresOf(layout, List.of(window));
      int[] positions = positions(layout, section, values);
      int[] active =
          IntStream.of(positions(layout, section, featuresOf(layout, rest)))
              .sorted()
              .distinct()
              .toArray();
      StatesMerge merge = new StatesMerge(section, active);
      parts.add(new Part(layout.windows().get(window), values, positions, active, merge));
    }
    return new WindowGroup(source, section, parts.toArray(Part[]::new));
  }

  /// By how much a window is wider than another of its kind: two with the same hop may begin
  /// together at one time and apart at another.
  static long width(Window window) {
    return switch (window) {
      case Window.Range(long micros, boolean _) -> micros;
      case Window.Tiled(long micros, long _) -> micros;
      case Window.Unbounded() -> Long.MAX_VALUE;
      case Window.Rows(int preceding) -> preceding;
    };
  }

  static int[] featuresOf(StateLayout layout, List<Integer> windows) {
    return IntStream.range(0, layout.features().size())
        .filter(value -> windows.contains(layout.features().get(value).window()))
        .toArray();
  }

  private static int[] positions(StateLayout layout, Section section, int[] values) {
    return IntStream.of(values)
        .map(value -> section.position(layout.features().get(value).aggregate()))
        .toArray();
  }
}
