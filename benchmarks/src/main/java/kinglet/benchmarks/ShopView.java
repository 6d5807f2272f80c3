// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// A feature view over the events of a shop: aggregates times exact windows, as Kinglet's
/// definition and as ClickHouse's SQL over the same rows.
///
/// @param hours how far each window reaches back
/// @param aggregates functions with their arguments, such as `sumIf(amount, bought)`
record ShopView(String name, List<Integer> hours, List<String> aggregates) {
  /// The data source of the events.
  static final String EVENTS =
      """
      SCHEMA >
          `user_id` String `json:$.user_id`,
          `at` DateTime64(6, 'UTC') `json:$.at`,
          `amount` Float64 `json:$.amount`,
          `discount` Float64 `json:$.discount`,
          `quantity` Int32 `json:$.quantity`,
          `bought` UInt8 `json:$.bought`

      ENGINE "MergeTree"
      ENGINE_PARTITION_KEY ""
      ENGINE_SORTING_KEY "user_id, at"
      """;

  private static final List<String> FUNCTIONS = List.of("sum", "avg", "min", "max");
  private static final List<String> COLUMNS = List.of("amount", "discount", "quantity");
  private static final List<Integer> ALL_HOURS = List.of(1, 24, 6, 72, 168, 2, 3, 12, 48, 720);

  ShopView {
    hours = List.copyOf(hours);
    aggregates = List.copyOf(aggregates);
  }

  /// The view with 10, 30, 50 or 250 features.
  static ShopView of(int features) {
    List<String> all = new ArrayList<>(List.of("count()"));
    for (boolean bought : new boolean[] {false, true}) {
      for (String column : COLUMNS) {
        for (String function : FUNCTIONS) {
          all.add(function + (bought ? "If(" + column + ", bought)" : "(" + column + ")"));
        }
      }
    }
    int aggregates =
        switch (features) {
          case 10 -> 5;
          case 30, 50 -> 10;
          case 250 -> 25;
          default -> throw new IllegalArgumentException("no view of " + features + " features");
        };
    return new ShopView(
        "shopper_" + features,
        ALL_HOURS.subList(0, features / aggregates),
        all.subList(0, aggregates));
  }

  int features() {
    return hours.size() * aggregates.size();
  }

  /// The names of the features, in their order.
  List<String> names() {
    List<String> names = new ArrayList<>();
    for (int window = 0; window < hours.size(); window++) {
      for (int aggregate = 0; aggregate < aggregates.size(); aggregate++) {
        names.add("f" + window + "_" + aggregate);
      }
    }
    return names;
  }

  /// The data project.
  Map<String, String> files() {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("datasources/shop_events.datasource", EVENTS);
    files.put("features/" + name + ".pipe", definition());
    return files;
  }

  private String definition() {
    List<String> features = new ArrayList<>();
    List<String> windows = new ArrayList<>();
    for (int window = 0; window < hours.size(); window++) {
      for (int aggregate = 0; aggregate < aggregates.size(); aggregate++) {
        features.add(
            aggregates.get(aggregate) + " OVER w" + window + " AS f" + window + "_" + aggregate);
      }
      windows.add(
          "w"
              + window
              + " AS (PARTITION BY user_id ORDER BY at RANGE BETWEEN INTERVAL "
              + hours.get(window)
              + " HOUR PRECEDING AND CURRENT ROW)");
    }
    return "NODE features\nSQL >\n    SELECT user_id, "
        + String.join(",\n        ", features)
        + "\n    FROM shop_events\n    WINDOW "
        + String.join(",\n        ", windows)
        + "\n\nTYPE FEATURES\nENTITY user_id\nEVENT_TIME at\n";
  }

  /// The table of the events in ClickHouse, made for finding the rows of one key.
  static String table() {
    return "CREATE TABLE shop_events (user_id String, at DateTime64(6, 'UTC'), amount Float64,"
        + " discount Float64, quantity Int32, bought UInt8) ENGINE = MergeTree"
        + " ORDER BY (user_id, at) SETTINGS index_granularity = 256";
  }

  /// The features of one key at a time, from the rows.
  String sql(String key, long micros) {
    List<String> features = new ArrayList<>();
    for (int window : hours) {
      String within = "at >= t - INTERVAL " + window + " HOUR";
      for (String aggregate : aggregates) {
        features.add(over(aggregate, within));
      }
    }
    return "WITH fromUnixTimestamp64Micro("
        + micros
        + ", 'UTC') AS t SELECT "
        + String.join(", ", features)
        + " FROM shop_events WHERE user_id = '"
        + key
        + "' AND at <= t FORMAT JSONCompactEachRow";
  }

  /// `sum(x)` as `sumOrNullIf(x, within)`, `sumIf(x, b)` as `sumOrNullIf(x, b AND within)`.
  private static String over(String aggregate, String within) {
    if (aggregate.equals("count()")) {
      return "countIf(" + within + ")";
    }
    String function = aggregate.substring(0, 3);
    String arguments = aggregate.substring(aggregate.indexOf('(') + 1, aggregate.length() - 1);
    return function
        + "OrNullIf("
        + arguments
        + (arguments.contains(",") ? " AND " : ", ")
        + within
        + ")";
  }

  /// The table of the events in PostgreSQL, with an index for finding the rows of one key.
  static List<String> postgresTable() {
    return List.of(
        "CREATE TABLE shop_events (user_id text, at bigint, amount double precision,"
            + " discount double precision, quantity int, bought int)",
        "CREATE INDEX ON shop_events (user_id, at)");
  }

  /// The features of one key at a time, from the rows: parameters are the time in microseconds and
  /// the key.
  String postgresSql() {
    List<String> features = new ArrayList<>();
    for (int window : hours) {
      String within = "at >= t - " + window * 3_600_000_000L;
      for (String aggregate : aggregates) {
        int open = aggregate.indexOf('(');
        int comma = aggregate.indexOf(',');
        boolean bought = comma > 0;
        String argument = aggregate.substring(open + 1, bought ? comma : aggregate.length() - 1);
        features.add(
            aggregate.substring(0, aggregate.equals("count()") ? 5 : 3)
                + (argument.isEmpty() ? "(*)" : "(" + argument + ")")
                + " FILTER (WHERE "
                + (bought ? "bought = 1 AND " : "")
                + within
                + ")");
      }
    }
    return "SELECT "
        + String.join(", ", features)
        + " FROM shop_events, (SELECT ?::bigint AS t) AS moment WHERE user_id = ? AND at <= t";
  }

  /// The features of a sorted set of events, as a script of Redis: `micros:amount:discount:...` by
  /// time. Its argument is the time of the read; the time it is now without one.
  String script() {
    StringBuilder script =
        new StringBuilder(
            """
            local t = tonumber(ARGV[1])
            if not t then
              local now = redis.call('TIME')
              t = now[1] * 1000000 + now[2]
            end
            local windows = {%s}
            local sums = {}
            for w = 1, #windows do sums[w] = {0, 0, 0, 0} end
            local low, high = {}, {}
            for w = 1, #windows do low[w] = {} high[w] = {} end
            local from = string.format('%%.0f', t - %d)
            local rows = redis.call('ZRANGEBYSCORE', KEYS[1], from, string.format('%%.0f', t))
            for _, row in ipairs(rows) do
              local at, amount, discount, quantity =
                string.match(row, '(%%d+):([%%d.]+):([%%d.]+):(%%d+)')
              local values = {tonumber(amount), tonumber(discount), tonumber(quantity)}
              at = tonumber(at)
              for w = 1, #windows do
                if at >= t - windows[w] then
                  local sum, l, h = sums[w], low[w], high[w]
                  sum[4] = sum[4] + 1
                  for c = 1, 3 do
                    local v = values[c]
                    sum[c] = sum[c] + v
                    if not l[c] or v < l[c] then l[c] = v end
                    if not h[c] or v > h[c] then h[c] = v end
                  end
                end
              end
            end
            local out = {}
            local function add(v)
              out[#out + 1] = v and string.format('%%.17g', v) or ''
            end
            for w = 1, #windows do
              local n = sums[w][4]
              local some = n > 0
            """
                .formatted(
                    hours.stream()
                        .map(hour -> Long.toString(hour * 3_600_000_000L))
                        .collect(Collectors.joining(", ")),
                    Collections.max(hours) * 3_600_000_000L));
    for (String aggregate : aggregates) {
      int column = 1 + COLUMNS.indexOf(aggregate.replaceAll(".*\\(|\\)", ""));
      script.append(
          switch (aggregate.substring(0, 3)) {
            case "cou" -> "  add(n)\n";
            case "sum" -> "  add(some and sums[w][" + column + "])\n";
            case "avg" -> "  add(some and sums[w][" + column + "] / n)\n";
            case "min" -> "  add(low[w][" + column + "])\n";
            case "max" -> "  add(high[w][" + column + "])\n";
            default -> throw new IllegalStateException("no script of " + aggregate);
          });
    }
    return script.append("end\nreturn out\n").toString();
  }
}
