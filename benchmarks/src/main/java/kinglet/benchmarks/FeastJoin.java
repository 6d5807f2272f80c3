// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.util.ArrayList;
import java.util.List;

/// The steps of Feast's point-in-time join, in SQL for DuckDB: rows of features that were computed
/// before, the newest of each entity before a row of the spine and not older than the TTL.
final class FeastJoin {
  private static final String TTL = "INTERVAL 7 DAY";

  private FeastJoin() {}

  /// The features of a shopper after each event.
  static String features() {
    List<String> columns = new ArrayList<>();
    for (TrainData.Feature feature : TrainData.FEATURES) {
      columns.add(feature.aggregate() + " OVER last_" + feature.window() + " AS " + feature.name());
    }
    List<String> windows = new ArrayList<>();
    TrainData.WINDOWS.forEach((name, seconds) ->
        windows.add(
            "last_"
                + name
                + " AS (PARTITION BY user_id ORDER BY CAST(epoch(ts) AS BIGINT) RANGE BETWEEN "
                + seconds
                + " PRECEDING AND CURRENT ROW)"));
    return "SELECT user_id, ts AS event_timestamp, "
        + String.join(", ", columns)
        + " FROM purchases WINDOW "
        + String.join(", ", windows);
  }

  /// Entity rows made unique, joined with all rows of features of their TTL, of which the newest is
  /// kept, joined with the entity rows again.
  static String join() {
    return "WITH entities AS (SELECT *, concat(user_id, '-', epoch_us(ts)) AS entity_row FROM"
        + " labels), entity_rows AS (SELECT user_id, ts AS entity_timestamp, entity_row FROM"
        + " entities GROUP BY ALL), base AS (SELECT f.*, e.entity_timestamp, e.entity_row FROM"
        + " feature_rows AS f INNER JOIN entity_rows AS e ON f.user_id = e.user_id AND"
        + " f.event_timestamp <= e.entity_timestamp AND f.event_timestamp >= e.entity_timestamp - "
        + TTL
        + "), latest AS (SELECT event_timestamp, entity_row FROM (SELECT *, row_number() OVER"
        + " (PARTITION BY entity_row ORDER BY event_timestamp DESC) AS place FROM base) WHERE"
        + " place = 1), cleaned AS (SELECT base.* FROM base INNER JOIN latest USING (entity_row,"
        + " event_timestamp)) SELECT entities.row, entities.ts, entities.user_id, entities.label, "
        + TrainData.names()
        + " FROM entities LEFT JOIN (SELECT entity_row, "
        + TrainData.names()
        + " FROM cleaned) AS features USING (entity_row)";
  }
}
