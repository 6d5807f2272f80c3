// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A layout made ready: which structures an entity has, and which windows are read from them.
/// Immutable.
final class ViewPlan {
  /// Rows a tail takes before it is folded; fewer where nothing but tiles comes of them.
  private static final int FOLD_ROWS = 32;

  private static final int FOLD_ROWS_OF_TILES = 16;

  /// Capacities of a tail. Rows that no window sees are left out when one is reached.
  private static final int[] CAPACITIES = {2, 3, 4, 6, 8, 12, 16, 24, FOLD_ROWS};

  private final StateLayout layout;
  private final RowLayout rows;
  private final Section treeSection;
  private final List<Track> tracks;
  private final List<WindowGroup> groups;
  private final @Nullable Window widestRange;
  private final int rowsKept;
  private final boolean keepsEverything;
  private final long forgetMicros;

  /// Tiles of one length, for the windows that begin at them.
  ///
  /// @param widest the window that begins first
  record Track(TreeWriter.Tiles tiles, Section section, Window widest) {}

  ViewPlan(StateLayout layout) {
    this.layout = layout;
    this.rows = new RowLayout(layout.arguments(), layout.conditions());
    Map<WindowGroup.Source, List<Integer>> bySource = new LinkedHashMap<>();
    List<TreeWriter.Tiles> tiles = new ArrayList<>();
    for (int window = 0; window < layout.windows().size(); window++) {
      var source = source(layout.windows().get(window), tiles);
      bySource.computeIfAbsent(source, _ -> new ArrayList<>()).add(window);
    }
    this.treeSection =
        section(
            bySource.entrySet().stream()
                .filter(entry -> !(entry.getKey() instanceof WindowGroup.Source.Track))
                .flatMap(entry -> entry.getValue().stream())
                .toList());
    this.tracks = new ArrayList<>();
    for (int index = 0; index < tiles.size(); index++) {
      List<Integer> windows = bySource.getOrDefault(new WindowGroup.Source.Track(index), List.of());
      Window widest = widest(windows.stream().map(layout.windows()::get)).orElseThrow();
      tracks.add(new Track(tiles.get(index), section(windows), widest));
    }
    this.groups = new ArrayList<>();
    bySource.forEach((source, windows) -> {
      Section section =
          source instanceof WindowGroup.Source.Track(int index)
              ? tracks.get(index).section()
              : treeSection;
      groups.add(WindowGroup.of(layout, source, section, windows));
    });
    this.widestRange =
        widest(layout.windows().stream().filter(Window.Range.class::isInstance)).orElse(null);
    this.rowsKept = rowsKept(layout);
    this.forgetMicros = forgetMicros(layout);
    this.keepsEverything = layout.windows().stream().anyMatch(Window.Unbounded.class::isInstance);
  }

  private static Optional<Window> widest(Stream<Window> windows) {
    return windows.max(Comparator.comparingLong(WindowGroup::width));
  }

  private static WindowGroup.Source source(Window window, List<TreeWriter.Tiles> tiles) {
    return switch (window) {
      case Window.Range(long _, boolean excludeGroup) ->
          new WindowGroup.Source.Events(excludeGroup);
      case Window.Rows(int _) -> new WindowGroup.Source.LastRows();
      case Window.Tiled(long _, long hop) -> track(new TreeWriter.Tiles.Every(hop), tiles);
      case Window.Unbounded() -> track(new TreeWriter.Tiles.Endless(), tiles);
    };
  }

  private static WindowGroup.Source track(TreeWriter.Tiles wanted, List<TreeWriter.Tiles> tiles) {
    if (!tiles.contains(wanted)) {
      tiles.add(wanted);
    }
    return new WindowGroup.Source.Track(tiles.indexOf(wanted));
  }

  private Section section(List<Integer> windows) {
    int[] aggregates =
        IntStream.of(WindowGroup.featuresOf(layout, windows))
            .map(value -> layout.features().get(value).aggregate())
            .sorted()
            .distinct()
            .toArray();
    return new Section(layout, rows, aggregates);
  }

  private static int rowsKept(StateLayout layout) {
    return layout.lookup()
        ? 1
        : layout.windows().stream()
            .map(window -> window instanceof Window.Rows(int preceding) ? preceding + 1 : 0)
            .max(Comparator.naturalOrder())
            .orElse(0);
  }

  StateLayout layout() {
    return layout;
  }

  RowLayout rows() {
    return rows;
  }

  Section treeSection() {
    return treeSection;
  }

  List<Track> tracks() {
    return tracks;
  }

  List<WindowGroup> groups() {
    return groups;
  }

  /// The group that reads a window.
  WindowGroup groupOf(int window) {
    Window wanted = layout.windows().get(window);
    return groups.stream()
        .filter(
            group -> Arrays.stream(group.parts()).anyMatch(part -> part.window().equals(wanted)))
        .findFirst()
        .orElseThrow();
  }

  /// How many of the newest events are kept however old they are.
  int rowsKept() {
    return rowsKept;
  }

  /// How many rows a tail has at most.
  int foldRows() {
    return treeSection.size() == 0 && !layout.lookup() ? FOLD_ROWS_OF_TILES : FOLD_ROWS;
  }

  /// For how many rows a tail has room that has some.
  static int capacity(int rows) {
    for (int capacity : CAPACITIES) {
      if (capacity >= rows) {
        return rows == 0 ? 0 : capacity;
      }
    }
    throw new IllegalArgumentException(rows + " rows in a tail");
  }

  /// The first time at which a read is answered whatever was dropped.
  long horizonMicros(long ingestedMicros) {
    return ingestedMicros - layout.asOfMicros();
  }

  /// The first microsecond that an exact window sees at the horizon; the end of time if there is
  /// none.
  long exactMicros(long horizonMicros) {
    return widestRange == null ? Long.MAX_VALUE : widestRange.startMicros(horizonMicros);
  }

  /// The first microsecond that any window sees at the horizon, but for those that count rows.
  long visibleMicros(long horizonMicros) {
    if (keepsEverything) {
      return Long.MIN_VALUE;
    }
    long first = exactMicros(horizonMicros);
    for (Track track : tracks) {
      first = Math.min(first, track.widest().startMicros(horizonMicros));
    }
    return first;
  }

  /// Whether an event is so old that nothing sees it when it arrives.
  boolean isLate(long micros, long horizonMicros) {
    return rowsKept == 0 && micros < visibleMicros(horizonMicros);
  }

  /// After how much silence an entity is forgotten; a later event begins a new history.
  long forgetMicros() {
    return forgetMicros;
  }

  private static long forgetMicros(StateLayout layout) {
    if (layout.ttlMicros().isEmpty()) {
      return Long.MAX_VALUE;
    }
    long ttl = layout.ttlMicros().getAsLong();
    long longest = ttl;
    for (Window window : layout.windows()) {
      longest =
          Math.max(
              longest,
              switch (window) {
                case Window.Range(long micros, boolean _) -> micros;
                case Window.Tiled(long micros, long hop) -> micros + hop;
                case Window.Unbounded(), Window.Rows(int _) -> 0;
              });
    }
    return ttl + longest;
  }
}
