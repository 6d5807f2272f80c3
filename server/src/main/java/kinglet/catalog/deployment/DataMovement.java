// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import org.jspecify.annotations.Nullable;

/// Rows a deployment moves.
///
/// @param view the materialized pipe that fills a data source from the past; null for rows that
///   come from the table there was
public record DataMovement(String dataSource, String kind, @Nullable String view) {
  static DataMovement byView(String dataSource, String view) {
    return new DataMovement(dataSource, "backfill_with_mv_queries", view);
  }

  static DataMovement forwarded(String dataSource) {
    return new DataMovement(dataSource, "backfill_with_forward_query", null);
  }
}
