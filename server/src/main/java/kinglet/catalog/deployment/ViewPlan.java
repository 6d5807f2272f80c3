// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.List;
import java.util.Optional;

/// What a deployment does with the view of a materialized pipe.
///
/// @param view its name in ClickHouse from now on
/// @param before the name of the view that is replaced
/// @param sql the query, on the tables as they will be
/// @param reads the data sources it reads
record ViewPlan(
    String pipe,
    String view,
    Optional<String> before,
    String source,
    String target,
    String sql,
    List<String> reads,
    Action action) {
  ViewPlan {
    reads = List.copyOf(reads);
  }

  enum Action {
    /// The view stays.
    KEEP,
    /// A new view writes to a new table, filled from what its source holds.
    CREATE,
    /// A new view takes the place of the old one; the rows that are there stay.
    IN_PLACE
  }
}
