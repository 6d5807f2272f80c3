// SPDX-License-Identifier: Apache-2.0
package kinglet.verification;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.feature.Replay;
import kinglet.feature.ValueExplanation;
import kinglet.feature.ViewHistory;
import kinglet.sql.Sql;

/// The rows of history that a replayed value was computed of, for people.
final class EventsBehind {
  /// So many of each window are shown, the newest.
  private static final int EVENTS_MAX = 3;

  private static final int ROW_CHARS_MAX = 300;

  private final ClickHouse clickHouse;
  private final ViewHistory view;

  EventsBehind(ClickHouse clickHouse, ViewHistory view) {
    this.clickHouse = clickHouse;
    this.view = view;
  }

  /// A line for each window of a value, and one for each event.
  ///
  /// @param keys each column of the key as SQL
  /// @param bound until where rows counted
  List<String> of(Replay replay, int column, List<String> keys, long bound) {
    List<String> lines = new ArrayList<>();
    for (ValueExplanation.Part part : replay.explain(column, EVENTS_MAX)) {
      List<String> rows = rows(part, keys, bound);
      lines.add(
          "  "
              + part.window()
              + ", "
              + part.start().map(start -> start + " to ").orElse("until ")
              + part.end()
              + (part.tiles().isEmpty() ? "" : ", in tiles")
              + (rows.isEmpty() ? ": no events" : part.complete() ? ":" : ", the newest events:"));
      rows.forEach(row -> lines.add("    " + cut(row)));
    }
    return lines;
  }

  private static String cut(String row) {
    return row.length() <= ROW_CHARS_MAX ? row : row.substring(0, ROW_CHARS_MAX) + "…";
  }

  /// The events by their numbers, and the rows of the entity in tiles if SQL finds them.
  private List<String> rows(ValueExplanation.Part part, List<String> keys, long bound) {
    List<String> any = new ArrayList<>();
    if (!part.events().isEmpty()) {
      any.add(
          part.events().stream()
              .map(event -> Long.toString(event.seq()))
              .collect(Collectors.joining(", ", "__seq IN (", ")")));
    }
    Optional<String> isOf = view.isOf(keys);
    if (isOf.isPresent() && !part.tiles().isEmpty()) {
      any.add(
          "("
              + isOf.get()
              + " AND "
              + view.eventMicros()
              + " <= "
              + micros(part.tiles().getFirst().end())
              + part.tiles()
                  .getLast()
                  .start()
                  .map(start -> " AND " + view.eventMicros() + " >= " + micros(start))
                  .orElse("")
              + ")");
    }
    if (any.isEmpty()) {
      return List.of();
    }
    return clickHouse
        .text(
            Statement.of(
                    Role.ADMIN,
                    "SELECT __seq, "
                        + view.eventColumns()
                        + " FROM "
                        + view.table()
                        + " WHERE __seq <= "
                        + bound
                        + " AND ("
                        + String.join(" OR ", any)
                        + ") ORDER BY "
                        + view.eventMicros()
                        + " DESC, __seq DESC LIMIT "
                        + EVENTS_MAX)
                .withFormat("JSONEachRow"))
        .lines()
        .toList();
  }

  private static String micros(String time) {
    return "toUnixTimestamp64Micro(parseDateTime64BestEffort(" + Sql.literal(time) + ", 6, 'UTC'))";
  }
}
