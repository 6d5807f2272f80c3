// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.error.PlatformException;
import kinglet.feature.row.StoredRows;
import kinglet.state.HeldEvents;
import kinglet.state.LocalStates;
import kinglet.state.ReadStatus;
import kinglet.state.ViewState;
import kinglet.type.Known;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;

/// Reads a view at times of the past: its history goes through the same operators as what the
/// journal brings, up to each read in turn. Belongs to one thread.
public final class Replay implements AutoCloseable {
  /// In what order rows count, and until where for a read.
  public enum Order {
    /// As the journal brought them: those up to a sequence number.
    SERVED,
    /// As they became known: those known by the time of the read.
    AS_KNOWN,
    /// As they happened: those that happened by the time of the read, whenever they came.
    CORRECTED
  }

  /// What is read of a history.
  ///
  /// @param throughSeq rows after this number do not count
  /// @param untilMicros no read is later
  /// @param share which share of the entities, from 0
  /// @param shares how many shares there are; one, unless the view [ViewHistory#divides]
  /// @param only a condition in SQL on the view's rows; what it leaves out must not be read
  public record Scope(
      Order order,
      long throughSeq,
      long untilMicros,
      int share,
      int shares,
      Optional<String> only) {
    /// The same for every entity of the share.
    public Scope(Order order, long throughSeq, long untilMicros, int share, int shares) {
      this(order, throughSeq, untilMicros, share, shares, Optional.empty());
    }

    private String and() {
      return only.map(condition -> " AND " + condition).orElse("");
    }
  }

  private static final Duration TIMEOUT = Duration.ofHours(6);

  /// Above this, ClickHouse sorts on disk.
  private static final long SORT_BYTES = 256L << 20;

  private final ViewHistory view;
  private final Scope scope;
  private final LocalStates states = new LocalStates();
  private final List<Source> sources = new ArrayList<>();
  private final ViewReader reader;

  /// The history, where entities are replayed one after the other.
  private final Optional<HeldEvents> held;

  private long group;
  private long rows;

  /// The rows of one data source, and the view they are for.
  private static final class Source implements AutoCloseable {
    private final AutoCloseable kept;
    private final StoredRows rows;
    private final ViewFeed feed;
    private boolean left;

    Source(Replays.History history, ViewFeed feed) {
      this.kept = history.kept();
      this.rows = new StoredRows(history.bytes(), feed.program().rows(), 1);
      this.feed = feed;
    }

    long group() {
      return rows.more(0);
    }

    @Override
    public void close() {
      try {
        kept.close();
      } catch (Exception e) {
        throw new IllegalStateException("a history can't be closed", e);
      }
    }
  }

  Replay(ViewHistory view, Scope scope) {
    this.view = view;
    this.scope = scope;
    ViewState state = states.open(view.name(), view.program().layout());
    this.reader = new ViewReader(view.program(), state.reader());
    this.held = isHeld() ? Optional.of(new HeldEvents(state)) : Optional.empty();
  }

  /// Whether rows come in any order and are sorted here.
  private boolean isHeld() {
    return scope.order() != Order.SERVED && view.groups();
  }

  /// Begins to read the history; once.
  void begin(Replays.Histories histories) {
    Map<String, ViewState> lookups = new HashMap<>();
    for (ViewHistory lookup : view.lookups()) {
      ViewState state = states.open(lookup.name(), lookup.program().layout());
      lookups.put(lookup.name(), state);
      ViewFeed feed = new ViewFeed(lookup.program(), state, _ -> state);
      sources.add(new Source(histories.next(statement(lookup, 1)), feed));
    }
    ViewFeed feed = new ViewFeed(view.program(), reader.state(), program -> held(lookups, program));
    sources.add(new Source(histories.next(statement(view, scope.shares())), feed));
    if (held.isPresent()) {
      hold(held.get());
    }
    for (Source source : sources) {
      source.left = source.rows.next();
    }
  }

  private void hold(HeldEvents events) {
    Source source = sources.removeLast();
    try (source) {
      while (source.rows.next()) {
        events.group(source.group());
        boolean unused = source.feed.addRow(source.rows, events);
      }
    } catch (UncheckedIOException e) {
      throw unreadable(e);
    }
    events.sort();
  }

  private static ViewState held(Map<String, ViewState> lookups, ViewProgram program) {
    ViewState state = lookups.get(program.name());
    if (state == null) {
      throw new IllegalStateException("no lookup view " + program.name());
    }
    return state;
  }

  private Statement statement(ViewHistory of, int shares) {
    return Statement.of(Role.ADMIN, sql(of, shares))
        .withFormat("Native")
        .withSettings(
            Map.of(
                "max_execution_time",
                "0",
                "max_bytes_before_external_sort",
                Long.toString(SORT_BYTES)))
        .withTimeout(TIMEOUT);
  }

  private String sql(ViewHistory of, int shares) {
    String happened = of.eventMicros();
    String ingested = "toUnixTimestamp64Micro(__ingested_at)";
    String time =
        switch (scope.order()) {
          case SERVED -> ingested;
          case AS_KNOWN -> known(happened, ingested);
          case CORRECTED -> happened;
        };
    boolean bySeq = scope.order() == Order.SERVED;
    List<String> keys = of.keyColumns().orElse(List.of());
    String share = bySeq ? ViewHistory.share(keys, shares) : of.hash(keys) + " % " + shares;
    String group = isHeld() ? of.group(keys) : "toUInt64(0)";
    return "SELECT __seq, "
        + time
        + " AS __replayed, "
        + group
        + " AS __group"
        + HistoryReader.columns(of.program().rows())
        + " FROM "
        + of.table()
        + " WHERE __seq <= "
        + scope.throughSeq()
        + (bySeq ? "" : " AND __replayed <= " + scope.untilMicros())
        + (shares == 1 ? "" : " AND " + share + " = " + scope.share())
        + (of == view ? scope.and() : "")
        + (isHeld() ? "" : " ORDER BY " + (bySeq ? "__seq" : "__group, __replayed, __seq"));
  }

  /// A row that was imported is never known before it happened.
  private static String known(String happened, String ingested) {
    String said = "toUnixTimestamp64Micro(" + Known.COLUMN.name() + ")";
    return "if("
        + said
        + " = "
        + Known.INGESTION_MICROS
        + ", "
        + ingested
        + ", greatest("
        + said
        + ", "
        + happened
        + "))";
  }

  /// Goes on to the entities of a group ([ViewHistory#group]); groups come in the order of their
  /// numbers without a sign. With [Order#SERVED] there is one group, 0.
  public void enter(long next) {
    if (next != group) {
      group = next;
      held.ifPresent(HeldEvents::clear);
    }
  }

  /// Where the caller puts a column of the key.
  public Slot key(int column) {
    return reader.key(column);
  }

  /// Reads the columns of the key at a time; the bounds of successive reads do not decrease.
  ///
  /// @param bound until where rows count: the time of the read, or a sequence number with
  ///   [Order#SERVED]
  public ReadStatus read(long readMicros, long bound) {
    applied(bound);
    reader.read(readMicros);
    return reader.status();
  }

  private void applied(long bound) {
    if (held.isPresent()) {
      rows += held.get().apply(group, bound);
      return;
    }
    try {
      advance(bound);
    } catch (UncheckedIOException e) {
      throw unreadable(e);
    }
  }

  private PlatformException unreadable(UncheckedIOException failure) {
    return new PlatformException(
        FeatureError.FEATURES_FAILED,
        "the history of '" + view.name() + "' can't be read: " + failure.getMessage(),
        failure);
  }

  /// The value of a column of the view in the last read, good until the next one.
  public Slot value(int column) {
    return reader.value(column);
  }

  /// The value of a column in the last read as JSON, as [FeatureRead] has it.
  public String json(int column) {
    return ViewReadLog.json(view.columns().get(column).type(), reader.value(column));
  }

  /// Puts a value of the key as JSON where the next read takes it; `false` if it is none.
  public boolean key(int column, String json) {
    return ViewReadLog.key(json, view.program().keyTypes().get(column), reader.key(column));
  }

  /// Hands on the key of every entity that has values at a time, each column as JSON, when the rows
  /// up to a bound count.
  public void keys(long readMicros, long bound, Consumer<List<String>> keys) {
    applied(bound);
    reader.readAll(readMicros, () -> keys.accept(FeatureRead.key(view.program(), reader)));
  }

  /// What a column was computed of in the last read, window by window; nothing of a lookup view.
  ///
  /// @param limit how many events and tiles of a window are listed at most
  public List<ValueExplanation.Part> explain(int column, int limit) {
    return reader.explain(column, limit);
  }

  /// How many rows of the history have been applied.
  public long rows() {
    return rows;
  }

  private void advance(long bound) {
    Source next = next();
    while (next != null && place(next) <= bound) {
      boolean unused = next.feed.addRow(next.rows, states);
      rows++;
      next.left = next.rows.next();
      next = next();
    }
  }

  private long place(Source source) {
    return scope.order() == Order.SERVED ? source.rows.seq() : source.rows.ingestedMicros();
  }

  /// The source whose row comes next. What happened at the same time as an event is known to it.
  private @Nullable Source next() {
    Source first = null;
    for (Source source : sources) {
      if (source.left && (first == null || isBefore(source, first))) {
        first = source;
      }
    }
    return first;
  }

  private boolean isBefore(Source source, Source other) {
    if (place(source) != place(other)) {
      return place(source) < place(other);
    }
    return scope.order() != Order.CORRECTED && source.rows.seq() < other.rows.seq();
  }

  @Override
  public void close() {
    sources.forEach(Source::close);
  }
}
