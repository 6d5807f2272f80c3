// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.OptionalLong;
import kinglet.feature.definition.FeatureView;
import kinglet.feature.row.EventRows;
import kinglet.state.Feed;
import kinglet.state.ReadStatus;
import kinglet.state.Shards;
import kinglet.state.ViewState;
import kinglet.type.Schema;
import kinglet.value.Slot;

/// A feature view in a program of its own, without server and journal: rows go in, the values of
/// keys at a time come out, by the same code that serves them. Belongs to one thread.
public final class LocalView {
  private final ViewProgram program;
  private final ViewState state;
  private final Feed feed;
  private final ViewFeed rows;
  private final ViewReader reader;

  private LocalView(ViewProgram program, ViewState state, Shards shards) {
    this.program = program;
    this.state = state;
    this.feed = shards.feed(state.restoredSeq().orElse(0));
    this.feed.attach(state);
    this.rows = new ViewFeed(program, state, _ -> state);
    this.reader = new ViewReader(program, state.reader());
  }

  /// Opens a view, which looks up nothing, with what the shards' store has of it.
  ///
  /// @param source the columns of its rows
  /// @param reach how far back reads reach
  /// @throws kinglet.feature.definition.DefinitionProblem if the view can't be served
  public static LocalView open(FeatureView view, Schema source, Duration reach, Shards shards) {
    long micros =
        ChronoUnit.MICROS.between(java.time.Instant.EPOCH, java.time.Instant.EPOCH.plus(reach));
    ViewProgram program = ViewCompiler.compile(view, source, _ -> Optional.empty(), micros);
    return new LocalView(program, shards.open(view.name(), program.layout()), shards);
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

  /// Waits until every row up to a sequence number, all of which were added, is part of what reads
  /// give; `false` if it is not in time.
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
