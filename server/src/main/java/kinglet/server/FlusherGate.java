// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import java.time.Duration;
import java.util.Set;
import kinglet.catalog.IngestGate;
import kinglet.error.PlatformException;
import kinglet.ingest.Intake;
import kinglet.ingest.flush.FlushError;
import kinglet.ingest.flush.Flusher;

/// Holds the one flusher while the tables of any data source change.
///
/// @param timeout how long a deployment waits for the insert under way
/// @param drainTimeout how long rows may have to wait outside before a deployment gives up
record FlusherGate(Flusher flusher, Intake intake, Duration timeout, Duration drainTimeout)
    implements IngestGate {
  @Override
  public Hold hold(Set<Long> dataSourceIds) {
    Flusher.Hold hold = flusher.hold(timeout);
    return hold::close;
  }

  /// Most rows are flushed before the intake closes, so that it is closed for a moment only.
  @Override
  public Hold drain(Set<Long> dataSourceIds) {
    if (!flusher.flushAll(timeout)) {
      throw waiting();
    }
    Runnable open;
    try {
      open = intake.close(dataSourceIds, drainTimeout).orElseThrow(FlusherGate::waiting);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw waiting();
    }
    if (!flusher.flushAll(drainTimeout)) {
      open.run();
      throw waiting();
    }
    return open::run;
  }

  private static PlatformException waiting() {
    return new PlatformException(
        FlushError.FLUSH_IN_DOUBT,
        "rows that were accepted are not stored yet; nothing was changed, try again later");
  }
}
