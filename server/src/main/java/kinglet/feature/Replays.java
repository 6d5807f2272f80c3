// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import kinglet.clickhouse.Answer;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.state.HeldEvents;

/// Begins replays, and bounds what they take of memory and connections. Safe from any thread.
public final class Replays {
  private static final int SHARES_MAX = 10_000;

  /// How many times as many events a share has when its entities are replayed one after the other:
  /// every share is read from the whole history.
  private static final int GROUPED = 8;

  /// What the events of a share take at most, about, and which part of the heap.
  private static final long HELD_BYTES_MAX = 512L << 20;

  private static final int HELD_OF_HEAP = 8;

  /// How many histories that are read side by side keep their connection. Those before them wait in
  /// files, so that a view may join as many lookup views, and a service may read as many views, as
  /// it likes.
  private static final int STREAMED_MAX = 3;

  private final ClickHouse clickHouse;
  private final HistoryFiles files;
  private final long shareEvents;

  /// @param files where histories wait
  /// @param shareEvents about so many events are replayed at once
  public Replays(ClickHouse clickHouse, HistoryFiles files, long shareEvents) {
    this.clickHouse = clickHouse;
    this.files = files;
    this.shareEvents = shareEvents;
  }

  /// A view, and what is read of its history.
  public record Wanted(ViewHistory view, Replay.Scope scope) {
    /// Its own and those of its lookup views.
    private int histories() {
      return 1 + view.lookups().size();
    }
  }

  /// A history that is being read.
  ///
  /// @param kept what is closed at the end
  record History(InputStream bytes, AutoCloseable kept) {}

  /// Opens the histories of views that are replayed side by side, one after the other.
  final class Histories {
    private int waiting;

    private Histories(List<Wanted> wanted) {
      this.waiting = wanted.stream().mapToInt(Wanted::histories).sum() - STREAMED_MAX;
    }

    History next(Statement statement) {
      Answer answer = clickHouse.query(statement);
      if (waiting <= 0) {
        return new History(answer.body(), answer);
      }
      waiting--;
      try (answer) {
        InputStream file = files.keep(answer.body());
        return new History(file, file);
      }
    }
  }

  /// Begins to read the history of a view.
  public Replay open(ViewHistory view, Replay.Scope scope) {
    return open(List.of(new Wanted(view, scope))).getFirst();
  }

  /// Begins to read the histories of views that are replayed side by side.
  public List<Replay> open(List<Wanted> wanted) {
    Histories histories = new Histories(wanted);
    List<Replay> replays = new ArrayList<>();
    try {
      for (Wanted one : wanted) {
        Replay replay = new Replay(one.view(), one.scope());
        replays.add(replay);
        replay.begin(histories);
      }
      return replays;
    } catch (RuntimeException e) {
      replays.forEach(Replay::close);
      throw e;
    }
  }

  /// In how many shares a history is read in another order than [Replay.Order#SERVED], which bounds
  /// what its entities take: they have more events where they are replayed one after the other.
  ///
  /// @param only as in [Replay.Scope]
  public int entityShares(ViewHistory view, long throughSeq, Optional<String> only) {
    if (!view.groups()) {
      return shares(view, throughSeq, only);
    }
    List<Long> size = numbers("count(), " + view.textBytes(), view, throughSeq, only);
    long events = size.getFirst();
    long bytes = events * HeldEvents.bytes(view.program().layout()) + size.getLast();
    long heldMax = Math.min(HELD_BYTES_MAX, Runtime.getRuntime().maxMemory() / HELD_OF_HEAP);
    return Math.clamp(
        Math.max(events / (GROUPED * shareEvents), bytes / heldMax) + 1, 1, SHARES_MAX);
  }

  /// In how many shares a history is read.
  ///
  /// @param only as in [Replay.Scope]
  public int shares(ViewHistory view, long throughSeq, Optional<String> only) {
    if (!view.divides()) {
      return 1;
    }
    long events = numbers("count()", view, throughSeq, only).getFirst();
    return Math.clamp(events / shareEvents + 1, 1, SHARES_MAX);
  }

  private List<Long> numbers(
      String columns, ViewHistory view, long throughSeq, Optional<String> only) {
    String numbers =
        clickHouse.text(
            Statement.of(
                    Role.ADMIN,
                    "SELECT "
                        + columns
                        + " FROM "
                        + view.table()
                        + " WHERE __seq <= "
                        + throughSeq
                        + only.map(condition -> " AND " + condition).orElse(""))
                .withFormat("TSV"));
    return Arrays.stream(numbers.strip().split("\t", -1)).map(Long::valueOf).toList();
  }
}
