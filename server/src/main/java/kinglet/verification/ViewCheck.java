// SPDX-License-Identifier: Apache-2.0
package kinglet.verification;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import kinglet.clickhouse.ClickHouse;
import kinglet.feature.Replay;
import kinglet.feature.Replays;
import kinglet.feature.ViewHistory;
import kinglet.state.ReadStatus;
import kinglet.thread.Workers;
import org.jspecify.annotations.Nullable;

/// Compares the reads of one view with its history, share by share of its entities.
final class ViewCheck {
  private final ClickHouse clickHouse;
  private final Replays replays;
  private final ServedReads.Wanted wanted;
  private final Optional<KeyReads> keys;
  private final EventsBehind events;
  private final Map<String, Integer> columns = new HashMap<>();

  /// @param keys present if the reads are those of all keys
  ViewCheck(
      ClickHouse clickHouse, Replays replays, ServedReads.Wanted wanted, Optional<KeyReads> keys) {
    this.replays = replays;
    this.clickHouse = clickHouse;
    this.wanted = wanted;
    this.keys = keys;
    this.events = new EventsBehind(clickHouse, wanted.view());
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

  Tally run(Part part, Progress progress) {
    Tally tally = new Tally();
    ServedReads.Count count = wanted.count(clickHouse);
    tally.skip(count.ofOtherVersions());
    if (keys.isEmpty() && count.all() == count.ofOtherVersions()) {
      return tally;
    }
    Optional<String> only = keys.isPresent() ? Optional.empty() : wanted.events();
    tally.add(
        part.run(
            wanted.throughSeq(),
            keys.map(KeyReads::startMicros).orElse(0L),
            () -> replays.shares(wanted.view(), wanted.throughSeq(), only),
            wanted.view().groups() ? 1 : Workers.COUNT,
            reads -> progress.done(reads, count.all()),
            (share, shares, turn) -> compare(share, shares, only, turn)));
    return tally;
  }

  private Tally compare(int share, int shares, Optional<String> only, Runnable turn) {
    Replay.Scope scope =
        new Replay.Scope(
            Replay.Order.SERVED, wanted.throughSeq(), Long.MAX_VALUE, share, shares, only);
    try (ServedReads reads = wanted.read(clickHouse, share, shares);
        Replay replay = replays.open(wanted.view(), scope)) {
      Share compared = new Share(replay);
      compared.compare(reads, turn);
      return compared.tally;
    }
  }

  /// A read and the prefix of the journal it is tried with next.
  private record Trial(ServedReads.Read read, long bound) {}

  /// What history gives for a read.
  private record Replayed(String status, List<String> values) {
    boolean isThatOf(ServedReads.Read read) {
      return status.equals(read.status()) && values.equals(read.values());
    }
  }

  /// The entities of one share.
  private final class Share {
    private final Replay replay;
    private final Tally tally = new Tally();

    /// Keys that history has and no read was of.
    private final Set<List<String>> unread = new HashSet<>();

    Share(Replay replay) {
      this.replay = replay;
    }

    /// A read that came while rows did is that of the prefix before them, or of a longer one.
    void compare(ServedReads reads, Runnable turn) {
      PriorityQueue<Trial> later = new PriorityQueue<>(Comparator.comparingLong(Trial::bound));
      ServedReads.@Nullable Read next = reads.next();
      long first = next == null ? wanted.throughSeq() : next.journalSeq();
      keys.ifPresent(live -> replay.keys(live.startMicros(), first, unread::add));
      while (next != null || !later.isEmpty()) {
        Trial trial;
        Trial waiting = later.peek();
        if (next != null && (waiting == null || next.journalSeq() <= waiting.bound())) {
          trial = new Trial(next, next.journalSeq());
          boolean _ = unread.remove(next.key());
          next = reads.next();
        } else {
          trial = later.remove();
        }
        ServedReads.Read read = trial.read();
        if (!isComparable(read)) {
          tally.skip(1);
          continue;
        }
        Replayed replayed = replayed(trial);
        if (!replayed.isThatOf(read) && trial.bound() < read.laterSeq()) {
          later.add(new Trial(read, trial.bound() + 1));
        } else {
          add(trial, replayed);
          turn.run();
        }
      }
      keys.ifPresent(this::compareUnread);
    }

    /// A key that was not read and is read now was not there yet.
    private void compareUnread(KeyReads live) {
      for (List<String> key : unread) {
        ServedReads.Read read = ServedReads.Read.of(live.again(key));
        if (read.status().equals(ReadStatus.NOT_FOUND.name()) && isComparable(read)) {
          Trial trial = new Trial(read, wanted.throughSeq());
          add(trial, replayed(trial));
        }
      }
    }

    /// Whether the view has the key and the features.
    private boolean isComparable(ServedReads.Read read) {
      for (int i = 0; i < read.key().size(); i++) {
        if (!replay.key(i, read.key().get(i))) {
          return false;
        }
      }
      return columns.keySet().containsAll(read.features());
    }

    private Replayed replayed(Trial trial) {
      ReadStatus status = replay.read(trial.read().readMicros(), trial.bound());
      List<String> values = new ArrayList<>();
      for (String feature : trial.read().features()) {
        values.add(replay.json(columns.getOrDefault(feature, -1)));
      }
      return new Replayed(status.name(), values);
    }

    private void add(Trial trial, Replayed replayed) {
      tally.add(
          trial.read(),
          replayed.status(),
          replayed.values(),
          feature -> {
            int column = columns.getOrDefault(feature, -1);
            return column < 0
                ? List.of()
                : events.of(replay, column, wanted.keys(trial.read().key()), trial.bound());
          });
    }
  }
}
