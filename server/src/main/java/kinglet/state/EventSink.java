// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

/// Takes the events of views in their order. Belongs to one thread.
@FunctionalInterface
public interface EventSink {
  /// Adds an event of a view. Ingestion times of a view's events do not decrease.
  void add(ViewState view, Event event);
}
