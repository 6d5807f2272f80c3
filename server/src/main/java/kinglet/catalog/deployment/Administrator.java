// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.ClickHouseError;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.error.PlatformException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Runs the statements of a deployment.
final class Administrator {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration DDL_TIMEOUT = Duration.ofMinutes(10);
  private static final Duration MOVE_TIMEOUT = Duration.ofHours(24);

  private final ClickHouse clickhouse;

  Administrator(ClickHouse clickhouse) {
    this.clickhouse = clickhouse;
  }

  /// Runs a statement on tables or views; removing what is not there is no failure.
  void define(String sql) {
    try {
      executeDefinition(sql);
    } catch (PlatformException e) {
      boolean absent =
          e.code() == ClickHouseError.QUERY_FAILED
              && sql.contains(" REMOVE ")
              && e.text().contains("cannot remove");
      if (!absent) {
        throw e;
      }
    }
  }

  private void executeDefinition(String sql) {
    clickhouse.execute(
        Statement.of(Role.ADMIN, sql)
            .withTimeout(DDL_TIMEOUT)
            .withSettings(
                Map.of(
                    "mutations_sync", "2",
                    "alter_sync", "2",
                    "allow_suspicious_low_cardinality_types", "1",
                    "allow_suspicious_primary_key", "1",
                    "data_type_default_nullable", "0",
                    "compatibility_ignore_collation_in_create_table", "0",
                    "allow_materialized_view_with_bad_select", ViewDdl.forwards(sql) ? "1" : "0")));
  }

  /// Runs an INSERT SELECT, however long it takes.
  void move(String sql) {
    clickhouse.execute(
        Statement.of(Role.ADMIN, sql)
            .withTimeout(MOVE_TIMEOUT)
            .withSettings(
                Map.of(
                    "max_execution_time", "0",
                    "insert_deduplicate", "0",
                    "insert_allow_materialized_columns", "1",
                    "max_partitions_per_insert_block", "0",
                    "deduplicate_blocks_in_dependent_materialized_views", "0")));
  }

  /// The rows of a small result, each value as text.
  List<List<String>> rows(Role role, String sql, Map<String, String> parameters) {
    String text =
        clickhouse.text(
            Statement.of(role, sql).withParameters(parameters).withFormat("JSONCompactStrings"));
    List<List<String>> rows = new ArrayList<>();
    for (JsonNode row : JSON.readTree(text).get("data")) {
      List<String> values = new ArrayList<>();
      row.forEach(value -> values.add(value.asString("")));
      rows.add(values);
    }
    return rows;
  }

  List<List<String>> rows(String sql) {
    return rows(Role.ADMIN, sql, Map.of());
  }

  /// One number.
  long number(String sql) {
    return Long.parseLong(rows(sql).getFirst().getFirst());
  }
}
