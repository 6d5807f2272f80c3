// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import kinglet.error.PlatformException;
import kinglet.feature.row.EventRows;
import kinglet.feature.row.RowShape;
import kinglet.state.Feed;

/// Hands rows on to views so that what a row looks up is what the rows before it made of it, and
/// the row itself if the lookup view takes it too. Belongs to one thread.
final class RowFeeder {
  private final Feed feed;
  private final Duration timeout;

  /// Whether a lookup view took in what may not be applied yet.
  private boolean lookupsMoved;

  /// @param timeout how long shards may take to apply what a row looks up
  RowFeeder(Feed feed, Duration timeout) {
    this.feed = feed;
    this.timeout = timeout;
  }

  /// Feeds the rows of an entry to views, side by side: lookup views first.
  ///
  /// @param rows the rows anew, of a shape
  void add(List<ViewFeed> views, Function<RowShape, EventRows> rows) throws InterruptedException {
    if (views.size() == 1) {
      ViewFeed view = views.getFirst();
      settleLookups(view);
      view.add(rows.apply(view.program().rows()), feed);
      lookupsMoved |= view.program().isLookup();
      return;
    }
    List<EventRows> each = new ArrayList<>();
    for (ViewFeed view : views) {
      each.add(rows.apply(view.program().rows()));
    }
    boolean left = true;
    while (left) {
      for (int i = 0; i < each.size(); i++) {
        EventRows row = each.get(i);
        left = row.next();
        if (left && row.seq() > views.get(i).passedSeq()) {
          addRow(views.get(i), row);
        }
      }
    }
  }

  /// Feeds the row where `row` stands.
  void addRow(ViewFeed view, EventRows row) throws InterruptedException {
    settleLookups(view);
    boolean added = view.addRow(row, feed);
    lookupsMoved |= added && view.program().isLookup();
  }

  private void settleLookups(ViewFeed view) throws InterruptedException {
    if (!lookupsMoved || view.program().enrichments().isEmpty()) {
      return;
    }
    if (!feed.settle(timeout)) {
      throw new PlatformException(
          FeatureError.FEATURES_BEHIND, "a lookup view does not take in its rows");
    }
    lookupsMoved = false;
  }

  /// Views of one data source in groups that are fed side by side, as some look up others of their
  /// group; in each group lookup views come first.
  static List<List<ViewFeed>> groups(List<ViewFeed> views) {
    List<List<ViewFeed>> groups = new ArrayList<>();
    for (boolean lookups : new boolean[] {true, false}) {
      for (ViewFeed view : views) {
        if (view.program().isLookup() == lookups) {
          List<ViewFeed> joined = new ArrayList<>();
          groups.removeIf(group -> group.stream().anyMatch(view::looksUp) && joined.addAll(group));
          joined.add(view);
          groups.add(joined);
        }
      }
    }
    return groups;
  }
}
