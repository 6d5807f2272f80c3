// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

/// States of views that belong to one thread, without shards and store: an event is applied when it
/// is added. Sequence numbers may come in any order.
public final class LocalStates implements EventSink {
  private final EventBuffer buffer = new EventBuffer();

  /// A view without any state.
  public ViewState open(String name, StateLayout layout) {
    return new ViewState(name, layout, StateCounters.unregistered());
  }

  @Override
  public void add(ViewState view, Event event) {
    buffer.add(view, event, KeyHash.of(event.key(), event.keyOffset(), event.keyLength()));
    buffer.apply(0, false);
    buffer.clear();
  }
}
