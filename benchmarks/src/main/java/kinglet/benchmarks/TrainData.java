// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Purchases of shoppers, a spine over them, and ten features of a shopper over three windows, in
/// the language of each contender.
final class TrainData {
  /// The columns of the features, each with its window and its aggregate.
  static final List<Feature> FEATURES =
      List.of(
          new Feature("orders_1h", "hour", "count(*)"),
          new Feature("spent_1h", "hour", "sum(amount)"),
          new Feature("highest_1h", "hour", "max(amount)"),
          new Feature("orders_1d", "day", "count(*)"),
          new Feature("spent_1d", "day", "sum(amount)"),
          new Feature("mean_1d", "day", "avg(amount)"),
          new Feature("highest_1d", "day", "max(amount)"),
          new Feature("orders_7d", "week", "count(*)"),
          new Feature("spent_7d", "week", "sum(amount)"),
          new Feature("lowest_7d", "week", "min(amount)"));

  /// The windows in seconds.
  static final Map<String, Integer> WINDOWS = windows();

  private static final int EVENTS_PER_SHOPPER = 100;
  private static final long DAYS_SECONDS = 30L * 86_400;

  /// @param aggregate as SQL
  record Feature(String name, String window, String aggregate) {}

  private final int events;

  TrainData(int events) {
    this.events = events;
  }

  private static Map<String, Integer> windows() {
    Map<String, Integer> windows = new LinkedHashMap<>();
    windows.put("hour", 3_600);
    windows.put("day", 86_400);
    windows.put("week", 7 * 86_400);
    return windows;
  }

  static int shoppers(int events) {
    return Math.max(1, events / EVENTS_PER_SHOPPER);
  }

  static String names() {
    return String.join(", ", FEATURES.stream().map(Feature::name).toList());
  }

  /// The data project.
  static Map<String, String> files() {
    String source =
        """
        SCHEMA >
            `ts` DateTime64(6, 'UTC') `json:$.ts`,
            `user_id` UInt64 `json:$.user_id`,
            `%s` Int64 `json:$.%s`

        ENGINE "MergeTree"
        ENGINE_PARTITION_KEY ""
        ENGINE_SORTING_KEY "user_id, ts"
        """;
    List<String> features = new ArrayList<>();
    for (Feature feature : FEATURES) {
      features.add(
          feature.aggregate().replace("*", "")
              + " OVER last_"
              + feature.window()
              + " AS "
              + feature.name());
    }
    List<String> windows = new ArrayList<>();
    WINDOWS.forEach((name, seconds) ->
        windows.add(
            "last_"
                + name
                + " AS (PARTITION BY user_id ORDER BY ts RANGE BETWEEN INTERVAL "
                + seconds
                + " SECOND PRECEDING AND CURRENT ROW)"));
    return Map.of(
        "datasources/purchases.datasource",
        source.formatted("amount", "amount"),
        "datasources/labels.datasource",
        source.formatted("label", "label"),
        "features/shopper.pipe",
        "NODE features\nSQL >\n    SELECT user_id, "
            + String.join(",\n        ", features)
            + "\n    FROM purchases\n    WINDOW "
            + String.join(",\n        ", windows)
            + "\n\nTYPE FEATURES\nENTITY user_id\nEVENT_TIME ts\n");
  }

  /// Makes rows of one kind in a file, by libchdb; the same rows for the same number of them.
  ///
  /// @param column what a row has beside time and shopper: `amount` or `label`
  void write(EnginePeer engine, Path file, String column, int rows) throws IOException {
    int salt = column.hashCode() & 0xFFFF;
    String random = "(sipHash64(number, " + salt + ", %d) / 18446744073709551616.)";
    String unused =
        engine.admin(
            "INSERT INTO FUNCTION file('"
                + file
                + "', 'Parquet') SELECT fromUnixTimestamp64Micro(1000000 * toInt64(1767225600 + "
                + random.formatted(0)
                + " * "
                + DAYS_SECONDS
                + "), 'UTC') AS ts, toUInt64(pow("
                + random.formatted(1)
                + ", 1.5) * "
                + shoppers(events)
                + ") AS user_id, toInt64("
                + random.formatted(2)
                + " * 100000) AS "
                + column
                + " FROM numbers("
                + rows
                + ") SETTINGS max_threads = 1, max_insert_threads = 1");
  }

  /// The features of every row of the spine, as a query over events and spine together.
  ///
  /// @param second the time of a row in seconds, as SQL
  static String windowQuery(String spine, String second) {
    List<String> columns = new ArrayList<>();
    for (Feature feature : FEATURES) {
      // A row of the spine has no amount: it is an event of nobody.
      String aggregate = feature.aggregate().replace("count(*)", "count(amount)");
      columns.add(aggregate + " OVER last_" + feature.window() + " AS " + feature.name());
    }
    List<String> windows = new ArrayList<>();
    WINDOWS.forEach((name, seconds) ->
        windows.add(
            "last_"
                + name
                + " AS (PARTITION BY user_id ORDER BY second RANGE BETWEEN "
                + seconds
                + " PRECEDING AND CURRENT ROW)"));
    return "SELECT row, ts, user_id, label, "
        + names()
        + " FROM (SELECT row, ts, user_id, label, amount, "
        + String.join(", ", columns)
        + " FROM (SELECT NULL AS row, ts, user_id, NULL AS label, amount, "
        + second
        + " AS second FROM purchases UNION ALL SELECT row, ts, user_id, label, NULL, "
        + second
        + " FROM "
        + spine
        + ") AS both_of_them WINDOW "
        + String.join(", ", windows)
        + ") AS computed WHERE label IS NOT NULL";
  }
}
