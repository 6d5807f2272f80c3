// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/// Where rows go and how they are written: table, columns, input format, settings.
///
/// Without columns the table's own order holds.
public record InsertTarget(
    String database,
    String table,
    List<String> columns,
    String format,
    Map<String, String> settings,
    String queryId,
    Duration timeout) {

  public InsertTarget {
    columns = List.copyOf(columns);
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  public static InsertTarget of(
      String database, String table, List<String> columns, String format) {
    return new InsertTarget(
        database,
        table,
        columns,
        format,
        Map.of(),
        UUID.randomUUID().toString(),
        Statement.DEFAULT_TIMEOUT);
  }

  public InsertTarget withSettings(Map<String, String> changed) {
    return new InsertTarget(database, table, columns, format, changed, queryId, timeout);
  }

  public InsertTarget withTimeout(Duration changed) {
    return new InsertTarget(database, table, columns, format, settings, queryId, changed);
  }

  /// The INSERT statement without its data.
  String sql() {
    String list =
        columns.isEmpty()
            ? ""
            : columns.stream().map(Identifiers::quote).collect(Collectors.joining(", ", " (", ")"));
    return "INSERT INTO "
        + Identifiers.quote(database)
        + "."
        + Identifiers.quote(table)
        + list
        + " FORMAT "
        + format;
  }
}
