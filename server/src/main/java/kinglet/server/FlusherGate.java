// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import java.time.Duration;
import java.util.Set;
import kinglet.catalog.IngestGate;
import kinglet.ingest.flush.Flusher;

/// Holds the one flusher while the tables of any data source change.
///
/// @param timeout how long a deployment waits for the insert under way
record FlusherGate(Flusher flusher, Duration timeout) implements IngestGate {
  @Override
  public Hold hold(Set<Long> dataSourceIds) {
    Flusher.Hold hold = flusher.hold(timeout);
    return hold::close;
  }
}
