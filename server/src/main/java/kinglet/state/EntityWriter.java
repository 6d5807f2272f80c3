// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Applies events to the entities of a shard of a view. Belongs to the shard's thread.
/* What happens when depends on the entity's own events alone. A tail is looked through for rows that
 * nobody sees when a capacity is reached, and folded when it has as many rows as it may have; both
 * with the ingestion time of the event that comes next. Trees are trimmed before rows are put into
 * them. A trim at another time (of an idle entity) drops nothing that the next fold would not drop
 * first, and what is dropped is never part of a value.
 *
 * Tracks take events only until the horizon, so that a read at any later time finds no tile with an
 * event of its future; the events after it wait in the tree.
 */
final class EntityWriter {
  private final ViewPlan plan;
  private final RowLayout rows;
  private final TreeWriter tree;
  private final List<TreeWriter> tracks;
  private final RowBatch arrived;
  private final RowBatch waited;
  private final StateCounters counters;

  EntityWriter(ViewPlan plan, StateCounters counters) {
    this.plan = plan;
    this.rows = plan.rows();
    this.tree = new TreeWriter(rows, plan.treeSection(), new TreeWriter.Tiles.None());
    this.tracks =
        plan.tracks().stream()
            .map(track -> new TreeWriter(rows, track.section(), track.tiles()))
            .toList();
    this.arrived = new RowBatch(rows);
    this.waited = new RowBatch(rows);
    this.counters = counters;
  }

  /// Adds an event that stands in a row; `false` if it is late and nothing was changed.
  boolean add(
      EntityState entity,
      long[] words,
      int word,
      Object[] objects,
      int object,
      long ingestedMicros) {
    long micros = words[word + RowLayout.MICROS];
    long horizon = plan.horizonMicros(ingestedMicros);
    if (plan.isLate(micros, horizon)) {
      counters.late().increment();
      ignore(entity, horizon);
      return false;
    }
    Tail held = entity.tail();
    count(held, micros, ingestedMicros);
    if (isForgotten(held, ingestedMicros)) {
      held = Tail.EMPTY.with(Folded.NOTHING.reaching(forgottenMicros(newestMicros(held))));
    }
    if (held.isFull(rows)) {
      Tail roomy = compacted(held, horizon);
      if (roomy.count() >= plan.foldRows()) {
        roomy = Tail.of(folded(roomy, horizon), rows, ViewPlan.capacity(1));
      }
      roomy.append(rows, words, word, objects, object);
      entity.publish(roomy);
    } else {
      held.append(rows, words, word, objects, object);
    }
    return true;
  }

  /// Remembers that a read before the horizon would miss something.
  private static void ignore(EntityState entity, long horizon) {
    Tail held = entity.tail();
    Folded folded = held.folded();
    if (held != Tail.EMPTY && folded.reachMicros() < horizon) {
      entity.publish(held.with(folded.reaching(horizon)));
    }
  }

  private void count(Tail tail, long micros, long ingestedMicros) {
    if (micros > ingestedMicros) {
      counters.future().increment();
    }
    int last = tail.count() - 1;
    if (last >= 0 && tail.words()[last * rows.words() + RowLayout.MICROS] > micros) {
      counters.outOfOrder().increment();
    }
  }

  /// Whether an entity was silent for so long that the next event begins a new history.
  boolean isForgotten(Tail tail, long ingestedMicros) {
    return plan.forgetMicros() != Long.MAX_VALUE
        && tail != Tail.EMPTY
        && isForgotten(newestMicros(tail), ingestedMicros);
  }

  /// Whether an entity with this newest event was.
  boolean isForgotten(long newestMicros, long ingestedMicros) {
    return newestMicros < plan.horizonMicros(ingestedMicros) - plan.forgetMicros();
  }

  /// From when on an entity is forgotten if there are no newer events.
  long forgottenMicros(long newestMicros) {
    return newestMicros + plan.forgetMicros() + 1;
  }

  long newestMicros(Tail tail) {
    return newestMicros(tail, Long.MAX_VALUE);
  }

  private long newestMicros(Tail tail, long untilMicros) {
    return Newest.micros(tail, rows, tail.count(), untilMicros);
  }

  /// The tail without the rows that nobody sees, with room for one more unless it has to be folded.
  private Tail compacted(Tail tail, long horizon) {
    int count = tail.count();
    long visible = plan.visibleMicros(horizon);
    int keptRows = plan.rowsKept();
    long newest = keptRows == 0 ? Long.MAX_VALUE : nthNewest(tail, count, horizon, keptRows);
    long bound = Math.min(visible, newest);
    int kept = bound == Long.MIN_VALUE ? count : 0;
    for (int row = 0; bound != Long.MIN_VALUE && row < count; row++) {
      kept += tail.words()[row * rows.words() + RowLayout.MICROS] >= bound ? 1 : 0;
    }
    if (kept == count && count >= plan.foldRows()) {
      return tail;
    }
    Folded folded = tail.folded();
    if (kept < count) {
      folded =
          dropping(tail, folded.tree(), folded.tracks(), folded.trackedMicros(), horizon, true);
    }
    Tail compacted = Tail.of(folded, rows, ViewPlan.capacity(Math.min(kept + 1, plan.foldRows())));
    int row = 0;
    while (row < count) {
      int first = row;
      while (row < count && tail.words()[row * rows.words() + RowLayout.MICROS] >= bound) {
        row++;
      }
      compacted.append(rows, tail, first, row);
      row++;
    }
    return compacted;
  }

  /// The time of the n-th newest row until the horizon, or the beginning of time.
  private long nthNewest(Tail tail, int count, long horizon, int n) {
    if (n > count) {
      return Long.MIN_VALUE;
    }
    long[] newest = new long[n];
    int found = 0;
    for (int row = 0; row < count; row++) {
      long micros = tail.words()[row * rows.words() + RowLayout.MICROS];
      if (micros <= horizon) {
        int at = Math.min(found, n - 1);
        if (found < n || micros > newest[n - 1]) {
          while (at > 0 && newest[at - 1] < micros) {
            newest[at] = newest[at - 1];
            at--;
          }
          newest[at] = micros;
        }
        found++;
      }
    }
    return found < n ? Long.MIN_VALUE : newest[n - 1];
  }

  /// What becomes of an entity when its tail is folded.
  private Folded folded(Tail tail, long horizon) {
    arrived.clear();
    for (int row = 0; row < tail.count(); row++) {
      arrived.add(tail.words(), row * rows.words(), tail.objects(), row * rows.objects());
    }
    Folded held = tail.folded();
    long tracked = tracks.isEmpty() ? Folded.NEVER : Math.max(held.trackedMicros(), horizon);
    List<@Nullable Node> tiles = tracked(held, tracked, horizon);
    int from = arrived.countBefore(neededMicros(tracked, horizon), Long.MIN_VALUE);
    Node trimmed = tree.trim(held.tree(), treeBound(held.tree(), tracked, horizon));
    Node grown = tree.insert(trimmed, arrived, from, arrived.count());
    boolean dropped = trimmed != held.tree() || from > 0;
    return dropping(tail, grown, tiles, tracked, horizon, dropped);
  }

  /// The tracks with the events until a time.
  private List<@Nullable Node> tracked(Folded held, long tracked, long horizon) {
    if (tracks.isEmpty()) {
      return List.of();
    }
    waited.clear();
    collect(held.tree(), held.trackedMicros(), tracked);
    int until = arrived.countBefore(tracked, Long.MAX_VALUE);
    List<@Nullable Node> tiles = new ArrayList<>(tracks.size());
    for (int index = 0; index < tracks.size(); index++) {
      TreeWriter track = tracks.get(index);
      long first = plan.tracks().get(index).widest().startMicros(horizon);
      Node grown = track.trim(held.track(index), first);
      grown = track.insert(grown, waited, skip(waited, first), waited.count());
      grown = track.insert(grown, arrived, Math.min(until, skip(arrived, first)), until);
      tiles.add(grown);
    }
    return tiles;
  }

  private static int skip(RowBatch batch, long firstMicros) {
    return batch.countBefore(firstMicros, Long.MIN_VALUE);
  }

  /// Collects the events of a tree in `(after, until]`.
  private void collect(@Nullable Node node, long after, long until) {
    if (node == null) {
      return;
    }
    for (int entry = 0; entry < node.size(); entry++) {
      if (node.lastMicros(entry) <= after || node.firstMicros(entry) > until) {
        continue;
      }
      if (node.children()[entry] instanceof RowLeaf(long[] words, Object[] objects, long _)) {
        for (int row = 0; row * rows.words() < words.length; row++) {
          long micros = words[row * rows.words() + RowLayout.MICROS];
          if (micros > after && micros <= until) {
            waited.add(words, row * rows.words(), objects, row * rows.objects());
          }
        }
      } else {
        collect((Node) node.children()[entry], after, until);
      }
    }
  }

  /// The time before which no event of the tree is needed.
  private long treeBound(@Nullable Node root, long tracked, long horizon) {
    long bound = tracks.isEmpty() ? Long.MAX_VALUE : tracked + 1;
    if (plan.rowsKept() > 0) {
      bound = Math.min(bound, new RowCounter(plan.rowsKept(), horizon).bound(root));
    }
    return Math.min(bound, plan.exactMicros(horizon));
  }

  /// The time before which no event is put into the tree.
  private long neededMicros(long tracked, long horizon) {
    if (plan.rowsKept() > 0) {
      return Long.MIN_VALUE;
    }
    long bound = tracks.isEmpty() ? Long.MAX_VALUE : tracked + 1;
    return Math.min(bound, plan.exactMicros(horizon));
  }

  /// Finds the leaf with the n-th newest row until a time.
  private final class RowCounter {
    private final long untilMicros;
    private long left;

    RowCounter(long rowsWanted, long untilMicros) {
      this.left = rowsWanted;
      this.untilMicros = untilMicros;
    }

    long bound(@Nullable Node node) {
      if (node == null) {
        return Long.MIN_VALUE;
      }
      for (int entry = node.size() - 1; entry >= 0; entry--) {
        if (node.firstMicros(entry) > untilMicros) {
          continue;
        }
        if (node.children()[entry] instanceof Node below) {
          long bound = bound(below);
          if (left <= 0) {
            return bound;
          }
          continue;
        }
        left -= rowsUntil((RowLeaf) node.children()[entry]);
        if (left <= 0) {
          return node.firstMicros(entry);
        }
      }
      return Long.MIN_VALUE;
    }

    private int rowsUntil(RowLeaf leaf) {
      int count = leaf.words().length / rows.words();
      while (count > 0
          && leaf.words()[(count - 1) * rows.words() + RowLayout.MICROS] > untilMicros) {
        count--;
      }
      return count;
    }
  }

  /// What is left of a tail's rows and what is folded, remembering what the rest can't tell.
  private Folded dropping(
      Tail tail,
      @Nullable Node newTree,
      List<@Nullable Node> newTracks,
      long tracked,
      long horizon,
      boolean dropped) {
    Folded held = tail.folded();
    if (!dropped && newTracks.isEmpty()) {
      return new Folded(newTree, newTracks, tracked, held.reachMicros(), held.seenMicros());
    }
    long reach = Math.max(held.reachMicros(), horizon);
    long seen = Math.max(held.seenMicros(), newestMicros(tail, horizon));
    return new Folded(newTree, newTracks, tracked, reach, seen);
  }

  /// Drops what no read can see any more from an entity that has no new events.
  void trim(EntityState entity, long ingestedMicros) {
    Tail tail = entity.tail();
    Folded held = tail.folded();
    if (held.tree() == null && held.tracks().isEmpty()) {
      return;
    }
    long horizon = plan.horizonMicros(ingestedMicros);
    Node trimmed = tree.trim(held.tree(), treeBound(held.tree(), held.trackedMicros(), horizon));
    List<@Nullable Node> tiles = new ArrayList<>(tracks.size());
    boolean dropped = trimmed != held.tree();
    for (int index = 0; index < held.tracks().size(); index++) {
      Node track = held.track(index);
      Node rest =
          tracks.get(index).trim(track, plan.tracks().get(index).widest().startMicros(horizon));
      dropped |= rest != track;
      tiles.add(rest);
    }
    if (dropped) {
      Folded rest = dropping(tail, trimmed, tiles, held.trackedMicros(), horizon, true);
      entity.publish(tail.with(rest));
    }
  }
}
