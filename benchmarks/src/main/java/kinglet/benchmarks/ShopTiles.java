// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// The features of a view kept in PostgreSQL as they come: for each shopper and window sixty tiles
/// of counts, sums, minima and maxima, which every event changes.
record ShopTiles(ShopView view) {
  private static final List<String> COLUMNS = List.of("amount", "discount", "quantity");

  /// Microseconds of a tile for each hour of its window.
  private static final long TILE_MICROS = 60_000_000;

  private static final long HOUR_MICROS = 3_600_000_000L;

  /// The latest time until a moment at which no tile is cut by the begin or the end of a window.
  long wholeMicros(long micros) {
    long longest =
        view.hours().stream().mapToLong(hours -> hours * TILE_MICROS).max().orElseThrow();
    return micros - micros % longest - 1;
  }

  /// The table, and the function that reads the features of a key.
  List<String> definitions() {
    String parts =
        COLUMNS.stream()
            .map(column -> ", %1$s_sum float8, %1$s_min float8, %1$s_max float8".formatted(column))
            .collect(Collectors.joining());
    List<String> features = new ArrayList<>();
    List<String> types = new ArrayList<>();
    for (int window = 0; window < view.hours().size(); window++) {
      for (int aggregate = 0; aggregate < view.aggregates().size(); aggregate++) {
        String sql = sql(view.aggregates().get(aggregate), view.hours().get(window));
        features.add("(" + sql + ")::float8");
        types.add("f" + window + "_" + aggregate + " float8");
      }
    }
    return List.of(
        "CREATE TABLE shop_tiles (user_id text, hours bigint, tile bigint, n bigint"
            + parts
            + ", PRIMARY KEY (user_id, hours, tile)) WITH (fillfactor = 70)",
        "CREATE FUNCTION shopper(k text, t bigint) RETURNS TABLE ("
            + String.join(", ", types)
            + ") LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN QUERY SELECT "
            + String.join(", ", features)
            + " FROM "
            + windows()
            + " JOIN shop_tiles s ON s.user_id = k AND s.hours = w.hours"
            + " AND s.tile > (t - w.hours * "
            + HOUR_MICROS
            + ") / (w.hours * "
            + TILE_MICROS
            + ") AND s.tile <= t / (w.hours * "
            + TILE_MICROS
            + "); END $$");
  }

  private String windows() {
    return view.hours().stream()
        .map(hours -> "(" + hours + "::bigint)")
        .collect(Collectors.joining(", ", "(VALUES ", ") AS w (hours)"));
  }

  /// One feature over the tiles of all windows.
  private static String sql(String aggregate, int hours) {
    String of = " FILTER (WHERE s.hours = " + hours + ")";
    String count = "sum(n)" + of;
    String column = aggregate.substring(aggregate.indexOf('(') + 1, aggregate.length() - 1);
    String sum = "sum(" + column + "_sum)" + of;
    return switch (aggregate.substring(0, 3)) {
      case "cou" -> "coalesce(" + count + ", 0)";
      case "sum" -> sum;
      case "avg" -> sum + " / nullif(" + count + ", 0)";
      case "min" -> "min(" + column + "_min)" + of;
      case "max" -> "max(" + column + "_max)" + of;
      default -> throw new IllegalStateException("no tiles of " + aggregate);
    };
  }

  /// Adds events in a transaction; tiles are locked in their order.
  String add(List<ShopEvent> events) {
    String rows =
        events.stream()
            .map(event ->
                "('%s',%d,%s,%s,%d)"
                    .formatted(
                        event.key(),
                        event.micros(),
                        event.amount(),
                        event.discount(),
                        event.quantity()))
            .collect(Collectors.joining(","));
    String parts =
        COLUMNS.stream()
            .map(column -> ", sum(%1$s), min(%1$s), max(%1$s)".formatted(column))
            .collect(Collectors.joining());
    String merged =
        COLUMNS.stream()
            .map(column ->
                (", %1$s_sum = s.%1$s_sum + excluded.%1$s_sum,"
                        + " %1$s_min = least(s.%1$s_min, excluded.%1$s_min),"
                        + " %1$s_max = greatest(s.%1$s_max, excluded.%1$s_max)")
                    .formatted(column))
            .collect(Collectors.joining());
    return "INSERT INTO shop_tiles AS s SELECT user_id, hours, at / (hours * "
        + TILE_MICROS
        + ") AS tile, count(*)"
        + parts
        + " FROM (VALUES "
        + rows
        + ") AS e (user_id, at, amount, discount, quantity), "
        + windows()
        + " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
        + " ON CONFLICT (user_id, hours, tile) DO UPDATE SET n = s.n + excluded.n"
        + merged;
  }

  /// The features of a key.
  ///
  /// @param micros when, as SQL
  static String read(String key, String micros) {
    return "SELECT * FROM shopper('" + key + "', " + micros + ")";
  }
}
