// SPDX-License-Identifier: Apache-2.0
package kinglet.verification;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import kinglet.clickhouse.ClickHouse;
import kinglet.feature.Replay;
import kinglet.feature.ViewHistory;
import org.jspecify.annotations.Nullable;

/// Compares the reads of one view with its history, share by share of its entities.
final class ViewCheck {
  private final ClickHouse clickHouse;
  private final ServedReads.Wanted wanted;
  private final long shareEvents;
  private final Map<String, Integer> columns = new HashMap<>();
  private final Tally tally = new Tally();

  /// @param shareEvents about so many events are replayed at once
  ViewCheck(ClickHouse clickHouse, ServedReads.Wanted wanted, long shareEvents) {
    this.shareEvents = shareEvents;
    this.clickHouse = clickHouse;
    this.wanted = wanted;
    ViewHistory view = wanted.view();
    for (int i = 0; i < view.columns().size(); i++) {
      columns.put(view.columns().get(i).name(), i);
    }
  }

  /// Hears how many reads are done of how many, and may end it by throwing.
  @FunctionalInterface
  interface Progress {
    void done(long reads, long all);
  }

  Tally run(Progress progress) {
    ServedReads.Count count = wanted.count(clickHouse);
    tally.skip(count.ofOtherVersions());
    if (count.all() == count.ofOtherVersions()) {
      return tally;
    }
    int shares = Replay.shares(clickHouse, wanted.view(), wanted.throughSeq(), shareEvents);
    for (int share = 0; share < shares; share++) {
      Replay.Scope scope =
          new Replay.Scope(Replay.Order.SERVED, wanted.throughSeq(), Long.MAX_VALUE, share, shares);
      try (ServedReads reads = wanted.read(clickHouse, share, shares);
          Replay replay = Replay.open(clickHouse, wanted.view(), scope)) {
        compare(reads, replay, progress, count.all());
      }
    }
    return tally;
  }

  /// A read and the prefix of the journal it is tried with next.
  private record Trial(ServedReads.Read read, long bound) {}

  /// A read that came while rows did is that of the prefix before them, or of a longer one.
  private void compare(ServedReads reads, Replay replay, Progress progress, long all) {
    PriorityQueue<Trial> later = new PriorityQueue<>(Comparator.comparingLong(Trial::bound));
    ServedReads.@Nullable Read next = reads.next();
    while (next != null || !later.isEmpty()) {
      Trial trial;
      Trial waiting = later.peek();
      if (next != null && (waiting == null || next.journalSeq() <= waiting.bound())) {
        trial = new Trial(next, next.journalSeq());
        next = reads.next();
      } else {
        trial = later.remove();
      }
      ServedReads.Read read = trial.read();
      if (!isComparable(read, replay)) {
        tally.skip(1);
        continue;
      }
      List<String> replayed = replayed(trial, replay);
      if (!replayed.equals(read.values()) && trial.bound() < read.laterSeq()) {
        later.add(new Trial(read, trial.bound() + 1));
      } else {
        tally.add(read, replayed);
        progress.done(tally.reads(), all);
      }
    }
  }

  /// Whether the view has the key and the features.
  private boolean isComparable(ServedReads.Read read, Replay replay) {
    for (int i = 0; i < read.key().size(); i++) {
      if (!replay.key(i, read.key().get(i))) {
        return false;
      }
    }
    return columns.keySet().containsAll(read.features());
  }

  private List<String> replayed(Trial trial, Replay replay) {
    var _ = replay.read(trial.read().readMicros(), trial.bound());
    List<String> values = new ArrayList<>();
    for (String feature : trial.read().features()) {
      values.add(replay.json(columns.getOrDefault(feature, -1)));
    }
    return values;
  }
}
