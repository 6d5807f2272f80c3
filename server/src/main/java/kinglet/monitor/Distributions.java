// SPDX-License-Identifier: Apache-2.0
package kinglet.monitor;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.Identifiers;
import kinglet.catalog.ServiceDataSource;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.drift.Categories;
import kinglet.drift.Numbers;
import kinglet.feature.WatchedFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads how often each value of a feature is there.
///
/// Of more than [#VALUES_MAX] values, those with the least hashes are taken.
record Distributions(ClickHouse clickHouse) {
  static final int VALUES_MAX = 1_000_000;
  static final int CATEGORIES_MAX = 10_000;
  private static final int CATEGORY_CHARACTERS_MAX = 200;
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration TIMEOUT = Duration.ofMinutes(10);

  /// Values as JSON.
  ///
  /// @param rows a query in parentheses with the columns `value` and `place`, a hash
  record Values(String rows, Map<String, String> parameters) {
    /// Those that were read from one time until before another.
    static Values served(String workspaceId, WatchedFeature feature, Instant from, Instant to) {
      return new Values(
          "(SELECT values[indexOf(features, {feature:String})] AS value, cityHash64("
              + (feature.isComputed() ? "toString(request)" : "key")
              + ", read_at) AS place FROM "
              + (feature.isComputed()
                  ? ServiceDataSource.SERVICE_READS.rowsOf(workspaceId) + " WHERE service"
                  : ServiceDataSource.FEATURE_READS.rowsOf(workspaceId) + " WHERE feature_view")
              + " = {view:String} AND has(features, {feature:String}) AND read_at >= "
              + micros(from)
              + " AND read_at < "
              + micros(to)
              + ")",
          Map.of("view", feature.view(), "feature", feature.name()));
    }

    /// Those of a column of a table.
    ///
    /// @param table as SQL
    static Values of(String table, String column) {
      return new Values(
          "(SELECT toJSONString("
              + Identifiers.quote(column)
              + ") AS value, cityHash64(__row) AS place FROM "
              + table
              + ")",
          Map.of());
    }

    private static String micros(Instant time) {
      return "fromUnixTimestamp64Micro("
          + (time.getEpochSecond() * 1_000_000 + time.getNano() / 1_000)
          + ", 'UTC')";
    }
  }

  /// Nothing if there is no number.
  Optional<Numbers> numbers(Values values) {
    // Adding makes zeros without a sign.
    JsonNode rows =
        rows(
            values,
            "toFloat64OrNull(value) + 0 AS number",
            "WHERE isFinite(number) GROUP BY number ORDER BY number");
    double[] numbers = new double[rows.size()];
    long[] counts = new long[rows.size()];
    for (int i = 0; i < rows.size(); i++) {
      numbers[i] = rows.get(i).get(0).asDouble();
      counts[i] = rows.get(i).get(1).asLong();
    }
    return rows.isEmpty() ? Optional.empty() : Optional.of(Numbers.of(numbers, counts));
  }

  /// Nothing if every value is NULL. Strings are themselves, everything else JSON.
  Optional<Categories> categories(Values values) {
    JsonNode rows =
        rows(
            values,
            "leftUTF8(if(startsWith(value, '\"'), JSONExtractString(value), value), "
                + CATEGORY_CHARACTERS_MAX
                + ") AS category",
            "WHERE value != 'null' GROUP BY category ORDER BY count() DESC, category LIMIT "
                + CATEGORIES_MAX);
    Map<String, Long> counts = new LinkedHashMap<>();
    rows.forEach(row -> counts.put(row.get(0).asString(""), row.get(1).asLong()));
    return counts.isEmpty() ? Optional.empty() : Optional.of(Categories.of(counts));
  }

  /// What the newest call of a service brought along, by parameter as JSON; nothing without any.
  Optional<Map<String, String>> request(String workspaceId, String service, int version) {
    JsonNode rows =
        data(
            "SELECT request FROM "
                + ServiceDataSource.SERVICE_READS.rowsOf(workspaceId)
                + " WHERE service = {service:String} AND version = "
                + version
                + " ORDER BY read_at DESC LIMIT 1",
            Map.of("service", service));
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    Map<String, String> request = new LinkedHashMap<>();
    rows.get(0).get(0).forEachEntry((parameter, json) -> request.put(parameter, json.asString("")));
    return Optional.of(request);
  }

  private JsonNode rows(Values values, String selected, String rest) {
    String sql =
        "SELECT "
            + selected
            + ", count() FROM (SELECT value FROM "
            + values.rows()
            + " ORDER BY place LIMIT "
            + VALUES_MAX
            + ") "
            + rest;
    return data(sql, values.parameters());
  }

  private JsonNode data(String sql, Map<String, String> parameters) {
    String text =
        clickHouse.text(
            Statement.of(Role.ADMIN, sql)
                .withParameters(parameters)
                .withSettings(
                    Map.of(
                        "max_execution_time", Long.toString(TIMEOUT.toSeconds()),
                        "session_timezone", "UTC",
                        "output_format_json_quote_64bit_integers", "0",
                        "output_format_json_quote_denormals", "1"))
                .withTimeout(TIMEOUT)
                .withFormat("JSONCompact"));
    return JSON.readTree(text).path("data");
  }
}
