// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// FEBench's first question: 28 features of a taxi trip, 14 over the last day of its vendor and 14
/// over the last day of trips with as many passengers.
final class TaxiFeatures {
  static final int COUNT = 28;

  private static final String TRIPS =
      """
      SCHEMA >
          `pickup_at` DateTime64(6, 'UTC') `json:$.pickup_at`,
          `vendor_id` UInt8 `json:$.vendor_id`,
          `passenger_count` UInt8 `json:$.passenger_count`,
          `trip_duration` Int32 `json:$.trip_duration`,
          `pickup_longitude` Float64 `json:$.pickup_longitude`,
          `pickup_latitude` Float64 `json:$.pickup_latitude`,
          `dropoff_longitude` Float64 `json:$.dropoff_longitude`

      ENGINE "MergeTree"
      ENGINE_PARTITION_KEY ""
      ENGINE_SORTING_KEY "pickup_at"
      """;

  private static final List<String> KEYS = List.of("vendor_id", "passenger_count");

  private TaxiFeatures() {}

  private static List<String> aggregates() {
    List<String> aggregates = new ArrayList<>(List.of("count(*)", "sum(trip_duration)"));
    for (String column :
        List.of("trip_duration", "pickup_longitude", "pickup_latitude", "dropoff_longitude")) {
      for (String function : List.of("avg", "min", "max")) {
        aggregates.add(function + "(" + column + ")");
      }
    }
    return aggregates;
  }

  /// The data project: a view for each key, and the service over both.
  static Map<String, String> files() {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("datasources/trips.datasource", TRIPS);
    List<String> columns = new ArrayList<>();
    for (String key : KEYS) {
      List<String> features = new ArrayList<>();
      for (String aggregate : aggregates()) {
        String name = key.charAt(0) + "_" + features.size();
        features.add(aggregate.replace("count(*)", "count()") + " OVER day AS " + name);
        columns.add(name);
      }
      files.put(
          "features/trips_by_" + key + ".pipe",
          "NODE features\nSQL >\n    SELECT "
              + key
              + ", "
              + String.join(",\n        ", features)
              + "\n    FROM trips\n    WINDOW day AS (PARTITION BY "
              + key
              + " ORDER BY pickup_at RANGE BETWEEN INTERVAL 24 HOUR PRECEDING AND CURRENT ROW)\n\n"
              + "TYPE FEATURES\nENTITY "
              + key
              + "\nEVENT_TIME pickup_at\n");
    }
    files.put(
        "endpoints/trip.pipe",
        "NODE vector\nSQL >\n    %\n    SELECT "
            + String.join(", ", columns)
            + "\n    FROM trips_by_vendor_id, trips_by_passenger_count\n    WHERE vendor_id ="
            + " {{ UInt8(vendor_id) }} AND passenger_count = {{ UInt8(passenger_count) }}\n\n"
            + "TYPE ENDPOINT\n");
    return files;
  }

  /// The table in ClickHouse and in DuckDB: rows lie in the order of time.
  static String table(String engine) {
    return "CREATE TABLE trips (pickup_at "
        + (engine.isEmpty() ? "BIGINT" : "DateTime64(6, 'UTC')")
        + ", vendor_id INTEGER, passenger_count INTEGER, trip_duration INTEGER,"
        + " pickup_longitude DOUBLE, pickup_latitude DOUBLE, dropoff_longitude DOUBLE)"
        + engine;
  }

  /// The features in SQL.
  ///
  /// @param end the time of the read
  /// @param start a day before
  static String sql(String vendor, String passengers, String start, String end) {
    List<String> parts = new ArrayList<>();
    for (String key : KEYS) {
      List<String> features = new ArrayList<>();
      for (String aggregate : aggregates()) {
        features.add(aggregate + " AS " + key.charAt(0) + "_" + features.size());
      }
      parts.add(
          "(SELECT "
              + String.join(", ", features)
              + " FROM trips WHERE "
              + key
              + " = "
              + (parts.isEmpty() ? vendor : passengers)
              + " AND pickup_at >= "
              + start
              + " AND pickup_at <= "
              + end
              + ") AS part"
              + parts.size());
    }
    return "SELECT * FROM " + String.join(", ", parts);
  }
}
