// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.replacement;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The new tables that rows are imported into at the moment. Safe from any thread.
///
/// After a restart it is empty: rows still in the journal for a table that was here are discarded
/// with their replacement.
public final class StagedTables {
  private final Map<Long, Replacement> underWay = new ConcurrentHashMap<>();

  /// The replacement that rows of this number belong to.
  public Optional<Replacement> find(long stagedId) {
    return Optional.ofNullable(underWay.get(stagedId));
  }

  void add(Replacement replacement) {
    underWay.put(replacement.staged().id(), replacement);
  }

  void remove(Replacement replacement) {
    underWay.remove(replacement.staged().id());
  }
}
