// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds what one value was computed of; for people, so it takes its time.
final class Explainer {
  private final RowLayout rows;
  private final WindowGroup group;
  private final Window window;
  private final Section.Use use;
  private final Tail tail;
  private final long readMicros;
  private final long startMicros;
  private final long endMicros;
  private final int limit;
  private final List<Found> found = new ArrayList<>();
  private final List<Explanation.Tile> tiles = new ArrayList<>();

  private record Found(Explanation.Place place, boolean added) {}

  Explainer(
      ViewPlan plan, WindowGroup group, FeatureUse feature, Tail tail, long readMicros, int limit) {
    this.rows = plan.rows();
    this.group = group;
    this.window = plan.layout().windows().get(feature.window());
    this.use = group.section().use(group.section().position(feature.aggregate()));
    this.tail = tail;
    this.readMicros = readMicros;
    this.startMicros = window.startMicros(readMicros);
    this.endMicros = window.endMicros(readMicros);
    this.limit = limit;
  }

  Explanation explain(ReadStatus status) {
    if (status == ReadStatus.PRESENT) {
      collectTail();
      Folded folded = tail.folded();
      switch (group.source()) {
        case WindowGroup.Source.Events _, WindowGroup.Source.LastRows _ ->
            collect(folded.tree(), startMicros, found.size() + most());
        case WindowGroup.Source.Track(int index) -> {
          long after = folded.trackedMicros() + 1;
          collect(folded.tree(), Math.max(startMicros, after), found.size() + most());
          collectTiles(folded.track(index));
        }
      }
    }
    return cut(status);
  }

  /// How many rows are enough to know the newest ones.
  private int most() {
    return window instanceof Window.Rows(int preceding) ? preceding + 1 : limit + 1;
  }

  private Explanation cut(ReadStatus status) {
    found.sort(
        Comparator.<Found>comparingLong(row -> row.place().micros())
            .thenComparingLong(row -> row.place().seq())
            .reversed());
    boolean byRows = window instanceof Window.Rows;
    List<Found> inside = byRows ? found.subList(0, Math.min(most(), found.size())) : found;
    List<Explanation.Place> added = inside.stream().filter(Found::added).map(Found::place).toList();
    long start = byRows && !inside.isEmpty() ? inside.getLast().place().micros() : startMicros;
    return new Explanation(
        status,
        start,
        endMicros,
        tiles.subList(0, Math.min(limit, tiles.size())),
        added.subList(0, Math.min(limit, added.size())),
        tiles.size() <= limit && added.size() <= limit);
  }

  private void collectTail() {
    int count = tail.count();
    for (int row = 0; row < count; row++) {
      take(tail.words(), row * rows.words(), startMicros);
    }
  }

  private void take(long[] words, int word, long from) {
    long micros = words[word + RowLayout.MICROS];
    boolean added = use.takes(words, word);
    if (micros >= from && micros <= endMicros && (added || window instanceof Window.Rows)) {
      found.add(new Found(new Explanation.Place(micros, words[word + RowLayout.SEQ]), added));
    }
  }

  private void collect(@Nullable Node node, long from, int enough) {
    if (node == null) {
      return;
    }
    for (int entry = node.size() - 1; entry >= 0; entry--) {
      if (node.firstMicros(entry) > endMicros) {
        continue;
      }
      if (node.lastMicros(entry) < from || found.size() >= enough) {
        return;
      }
      if (node.children()[entry] instanceof RowLeaf(long[] words, Object[] _, long _)) {
        for (int word = words.length - rows.words(); word >= 0; word -= rows.words()) {
          take(words, word, from);
        }
      } else {
        collect((Node) node.children()[entry], from, enough);
      }
    }
  }

  private void collectTiles(@Nullable Node node) {
    if (node == null) {
      return;
    }
    for (int entry = node.size() - 1; entry >= 0; entry--) {
      if (node.lastMicros(entry) < startMicros || tiles.size() > limit) {
        return;
      }
      if (!node.isOfTiles()) {
        collectTiles((Node) node.children()[entry]);
        continue;
      }
      long start = node.firstMicros(entry);
      long end =
          window instanceof Window.Tiled(long _, long hop)
              ? Math.min(start + hop - 1, readMicros)
              : readMicros;
      tiles.add(new Explanation.Tile(start, end));
    }
  }
}
