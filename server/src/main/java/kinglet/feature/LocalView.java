// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import kinglet.feature.definition.FeatureView;
import kinglet.feature.row.EventRows;
import kinglet.state.Feed;
import kinglet.state.ReadStatus;
import kinglet.state.Shards;
import kinglet.state.ViewState;
import kinglet.type.Schema;
import kinglet.value.Slot;

/// A feature view in a program of its own, without server and journal: rows go in, the values of
/// keys at a time come out, by the same code that serves them. Belongs to one thread, together with
/// the views that it looks up.
public final class LocalView {
  private final ViewProgram program;
  private final ViewState state;
  private final Feed feed;
  private final ViewFeed rows;
  private final ViewReader reader;

  private LocalView(
      ViewProgram program, ViewState state, Feed feed, Function<ViewProgram, ViewState> lookups) {
    this.program = program;
    this.state = state;
    this.feed = feed;
    this.feed.attach(state);
    this.rows = new ViewFeed(program, state, lookups);
    this.reader = new ViewReader(program, state.reader());
  }

  /// Opens a view, which looks up nothing, with what the shards' store has of it.
  ///
  /// @param source the columns of its rows
  /// @param reach how far back reads reach
  /// @throws kinglet.feature.definition.DefinitionProblem if the view can't be served
  public static LocalView open(FeatureView view, Schema source, Duration reach, Shards shards) {
    return open(view, source, List.of(), reach, shards);
  }

  /// Opens a view that may look up others. Its rows find what these have published.
  ///
  /// @param beside views of the same shards, with whose rows its own have one sequence; the second
  ///   and any more were opened beside the first
  public static LocalView open(
      FeatureView view, Schema source, List<LocalView> beside, Duration reach, Shards shards) {
    ViewProgram program =
        ViewCompiler.compile(
            view,
            source,
            name -> find(beside, name).map(found -> found.program),
            ChronoUnit.MICROS.between(Instant.EPOCH, Instant.EPOCH.plus(reach)));
    ViewState state = shards.open(view.name(), program.layout());
    Feed feed =
        beside.isEmpty() ? shards.feed(state.restoredSeq().orElse(0)) : beside.getFirst().feed;
    LocalView opened =
        new LocalView(
            program, state, feed, lookup -> find(beside, lookup.name()).orElseThrow().state);
    if (!beside.isEmpty()) {
      // What is stored of it saw what was looked up then.
      opened.rows.skipUntil(state.restoredSeq().orElse(0));
    }
    return opened;
  }

  private static Optional<LocalView> find(List<LocalView> views, String name) {
    return views.stream().filter(view -> view.program.name().equals(name)).findFirst();
  }

  /// What the view gives: its columns, in order.
  public Schema schema() {
    return program.schema();
  }

  /// Until which row the store had everything when the view was opened.
  public OptionalLong restoredSeq() {
    return state.restoredSeq();
  }

  /// Adds the rows that follow; they are seen some time before [#publish] returns.
  public void add(EventRows some) {
    rows.add(some, feed);
  }

  /// Waits until every row up to a sequence number, all of which were added to this view and to
  /// those beside it, is part of what reads give; `false` if it is not in time.
  public boolean publish(long seq, Duration timeout) throws InterruptedException {
    feed.publish(seq);
    return feed.await(seq, timeout);
  }

  /// Where the caller puts the key of the next read, column by column.
  public Slot key(int column) {
    return reader.key(column);
  }

  /// Computes every column for the key at a time.
  ///
  /// @throws kinglet.error.PlatformException if the time lies before what is kept
  public ReadStatus read(long micros) {
    reader.read(micros);
    return reader.status();
  }

  /// The value of a column after [#read], good until the next one.
  public Slot value(int column) {
    return reader.value(column);
  }
}
