// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import kinglet.metrics.Metrics;
import kinglet.state.StateCase.Happening;

/// The state of a view on the caller's thread.
final class LocalState {
  private final ViewState view;
  private final StateReader reader;
  private final Event event;

  LocalState(StateLayout layout, Metrics metrics) {
    view = new ViewState("view", layout, StateCounters.of(metrics, "view"));
    reader = view.reader();
    event = new Event(layout);
  }

  StateLayout layout() {
    return view.layout();
  }

  ViewState view() {
    return view;
  }

  StateReader reader() {
    return reader;
  }

  void add(Happening happening) {
    happening.fill(event);
    add(event);
  }

  void add(Event event) {
    EventBuffer buffer = new EventBuffer();
    buffer.add(view, event, KeyHash.of(event.key(), event.keyOffset(), event.keyLength()));
    buffer.apply(0, false);
  }

  Tail tail(String key) {
    byte[] bytes = StateRandomTest.bytes(key);
    EntityState entity = view.find(bytes, 0, bytes.length);
    return entity == null ? Tail.EMPTY : entity.tail();
  }

  void trim() {
    view.shard(0).sweep(Integer.MAX_VALUE, 0);
  }
}
