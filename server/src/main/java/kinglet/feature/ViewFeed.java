// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import kinglet.expression.Evaluator;
import kinglet.feature.row.EventRows;
import kinglet.state.Event;
import kinglet.state.EventSink;
import kinglet.state.ViewState;
import kinglet.type.Bytes;
import kinglet.value.Slot;

/// Computes what a view keeps of rows, and hands it on. Belongs to one thread.
final class ViewFeed {
  private final ViewProgram program;
  private final ViewState state;
  private final Set<ViewState> lookups = new HashSet<>();
  private final EnrichedRow row;
  private final Event event;
  private final Optional<Evaluator> where;
  private final Evaluator eventTime;
  private final List<Evaluator> keys;
  private final List<Evaluator> arguments;
  private final List<Evaluator> conditions;
  private final KeyCodec codec;
  private final Bytes key = new Bytes(64);
  private final Slot[] keyValues;
  private final Slot slot = new Slot();
  private long passedSeq;
  private long newestMicros = Long.MIN_VALUE;

  /// @param lookups the state of each lookup view that the program names
  ViewFeed(ViewProgram program, ViewState state, Function<ViewProgram, ViewState> lookups) {
    this.row = new EnrichedRow(program, lookups);
    program.enrichments().forEach(one -> this.lookups.add(lookups.apply(one.lookup())));
    this.program = program;
    this.state = state;
    this.event = new Event(program.layout());
    this.where = program.where().map(Computed::evaluator);
    this.eventTime = program.eventTime().evaluator();
    this.keys = program.keys().stream().map(Computed::evaluator).toList();
    this.arguments = program.arguments().stream().map(Computed::evaluator).toList();
    this.conditions = program.conditions().stream().map(Computed::evaluator).toList();
    this.codec = program.keyCodec();
    this.keyValues = Slot.array(keys.size());
  }

  ViewProgram program() {
    return program;
  }

  ViewState state() {
    return state;
  }

  /// Whether it looks up what another feeds.
  boolean looksUp(ViewFeed other) {
    return lookups.contains(other.state);
  }

  /// Until which sequence number the view has every row of its data source.
  long passedSeq() {
    return passedSeq;
  }

  /// The event time of the newest event so far.
  long newestMicros() {
    return newestMicros;
  }

  /// Passes over rows up to a sequence number, which the view has.
  void skipUntil(long seq) {
    passedSeq = seq;
  }

  /// Adds the rows that follow.
  void add(EventRows rows, EventSink to) {
    while (rows.next()) {
      if (rows.seq() > passedSeq) {
        boolean unused = addRow(rows, to);
      }
    }
  }

  /// Adds the row where `rows` stands; `false` if the view does not take it. One that fails is not
  /// passed.
  boolean addRow(EventRows rows, EventSink to) {
    boolean added = compute(rows, to);
    passedSeq = rows.seq();
    return added;
  }

  private boolean compute(EventRows rows, EventSink to) {
    row.at(rows);
    if (where.isPresent()) {
      where.get().evaluate(row, slot);
      if (!slot.isTrue()) {
        return false;
      }
    }
    for (int i = 0; i < keyValues.length; i++) {
      keys.get(i).evaluate(row, keyValues[i]);
    }
    key.clear();
    codec.write(keyValues, key);
    event.setKey(key.array(), 0, key.size());
    eventTime.evaluate(row, slot);
    long micros = program.micros().applyAsLong(slot.whole());
    newestMicros = Math.max(newestMicros, micros);
    event.place(micros, rows.seq(), rows.ingestedMicros());
    for (int i = 0; i < arguments.size(); i++) {
      arguments.get(i).evaluate(row, event.argument(i));
    }
    for (int i = 0; i < conditions.size(); i++) {
      conditions.get(i).evaluate(row, slot);
      event.setCondition(i, slot.isTrue());
    }
    to.add(state, event);
    return true;
  }
}
