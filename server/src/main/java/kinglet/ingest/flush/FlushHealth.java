// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

/// What the flusher says about itself.
///
/// @param flushedSeq everything up to here is in ClickHouse
/// @param waitingRows rows in the journal that are not
/// @param failure why the last attempt failed; empty when it did not
public record FlushHealth(long flushedSeq, long waitingRows, String failure) {
  public boolean isHealthy() {
    return failure.isEmpty();
  }
}
