// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.util.Set;

/// Holds back the flushes of data sources while their tables and views change.
///
/// Acknowledging goes on meanwhile: rows wait in the journal.
@FunctionalInterface
public interface IngestGate {
  /// Holds the flushes of `dataSourceIds` until the hold is closed.
  ///
  /// Returns when no flush of them is running or in doubt: an interrupted flush has been repeated
  /// to its end first.
  Hold hold(Set<Long> dataSourceIds);

  /// Lets no rows of `dataSourceIds` in until the hold is closed.
  ///
  /// Returns when every row that was let in is flushed: no row waits that was decoded by the schema
  /// there is.
  default Hold drain(Set<Long> dataSourceIds) {
    return () -> {};
  }

  /// Flushes stand still until this is closed.
  @FunctionalInterface
  interface Hold extends AutoCloseable {
    @Override
    void close();
  }

  /// A gate for a server that flushes nothing.
  static IngestGate open() {
    return _ -> () -> {};
  }
}
