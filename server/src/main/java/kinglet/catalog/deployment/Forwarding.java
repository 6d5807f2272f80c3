// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import kinglet.catalog.DataSource;
import kinglet.catalog.Engine;
import kinglet.catalog.Identifiers;
import kinglet.clickhouse.ClickHouseError;
import kinglet.clickhouse.Role;
import kinglet.error.PlatformException;
import kinglet.sql.FunctionCall;
import kinglet.sql.FunctionRules;
import kinglet.sql.SqlReferences;
import kinglet.type.Column;
import kinglet.type.DataType;
import kinglet.type.Schema;

/// How the rows of a data source come over to its new table: a select list on the old one.
///
/// @param list what stands between SELECT and FROM, without hidden columns
/// @param columns what the list gives, in its order
/// @param hidden what the platform added to the rows and comes along
/// @param lost columns whose values do not come along
record Forwarding(String list, List<String> columns, List<String> hidden, List<String> lost) {
  Forwarding {
    columns = List.copyOf(columns);
    hidden = List.copyOf(hidden);
    lost = List.copyOf(lost);
  }

  /// Why rows cannot come over.
  static final class Impossible extends RuntimeException {
    private static final long serialVersionUID = 1;

    Impossible(String message) {
      super(message, null, false, false);
    }

    String text() {
      return String.valueOf(getMessage());
    }
  }

  /// Columns of the same name whose new type holds every old value; the others take their DEFAULT.
  static Forwarding implicit(DataSource before, Schema schema, Engine engine) {
    List<String> columns = new ArrayList<>();
    List<String> lost = new ArrayList<>();
    for (Column column : before.schema().columns()) {
      var at = schema.indexOf(column.name());
      if (at.isEmpty()) {
        lost.add(column.name());
        continue;
      }
      DataType next = schema.column(at.getAsInt()).type();
      if (!TypeFit.holds(column.type(), next)) {
        throw new Impossible(
            "The column '"
                + column.name()
                + "' changes from "
                + column.type().sql()
                + " to "
                + next.sql()
                + ", which does not hold every value: say what becomes of them with FORWARD_QUERY"
                + " > SELECT * REPLACE (CAST("
                + column.name()
                + ", "
                + Identifiers.literal(next.sql())
                + ") AS "
                + column.name()
                + ")");
      }
      columns.add(column.name());
    }
    if (columns.isEmpty()) {
      throw new Impossible("No column stays: say what becomes of the rows with FORWARD_QUERY");
    }
    return of(quoted(columns), columns, before, engine, lost);
  }

  /// What a FORWARD_QUERY says, checked against the old table and the new schema.
  static Forwarding explicit(
      DataSource before, Schema schema, Engine engine, String query, Administrator administrator) {
    SqlReferences references = SqlReferences.of(query);
    if (!references.tables().isEmpty()
        || !references.tableFunctions().isEmpty()
        || !references.settings().isEmpty()
        || references.format().isPresent()) {
      throw new Impossible("FORWARD_QUERY is a select list alone: it reads the rows there are");
    }
    for (FunctionCall function : references.functions()) {
      if (!FunctionRules.allows(function.name())) {
        throw new Impossible("The function '" + function.name() + "' is not known or not allowed");
      }
    }
    String list = query.substring("SELECT".length());
    List<String> columns = new ArrayList<>();
    for (Column given : given(before, list, administrator)) {
      var at = schema.indexOf(given.name());
      if (at.isEmpty()) {
        throw new Impossible(
            "FORWARD_QUERY gives '"
                + given.name()
                + "', which is no column of the schema: name it with AS, or leave it out");
      }
      DataType next = schema.column(at.getAsInt()).type();
      if (!TypeFit.holds(given.type(), next)) {
        throw new Impossible(
            "FORWARD_QUERY gives '"
                + given.name()
                + "' as "
                + given.type().sql()
                + ", the schema has "
                + next.sql()
                + ": write CAST(…, "
                + Identifiers.literal(next.sql())
                + ") AS "
                + given.name());
      }
      columns.add(given.name());
    }
    List<String> lost = new ArrayList<>();
    for (Column column : before.schema().columns()) {
      boolean used = columns.contains(column.name()) || references.mentions(column.name());
      if (!used) {
        lost.add(column.name());
      }
    }
    return of(list, columns, before, engine, lost);
  }

  private static List<Column> given(DataSource before, String list, Administrator administrator) {
    try {
      return administrator
          .rows(
              Role.READER,
              "DESCRIBE TABLE (SELECT" + list + "\nFROM " + before.sqlName() + ")",
              Map.of())
          .stream()
          .map(row -> Column.of(row.get(0), row.get(1)))
          .toList();
    } catch (PlatformException e) {
      if (e.code() != ClickHouseError.QUERY_FAILED) {
        throw e;
      }
      throw new Impossible(
          "FORWARD_QUERY does not fit the rows there are: "
              + EngineMessage.of(e, before.database()).replace(before.table(), before.name()));
    }
  }

  /// The rows of the quarantine, by the columns both have.
  static Forwarding ofQuarantine(Schema before, Schema schema) {
    List<String> columns = new ArrayList<>(TableDdl.QUARANTINE_COLUMNS);
    for (Column column : before.columns()) {
      if (schema.indexOf(column.name()).isPresent()) {
        columns.add(column.name());
      }
    }
    return new Forwarding(quoted(columns), columns, TableDdl.QUARANTINE_HIDDEN, List.of());
  }

  private static Forwarding of(
      String list, List<String> columns, DataSource before, Engine engine, List<String> lost) {
    boolean both = before.hiddenColumns() && engine.kind().hiddenColumns();
    return new Forwarding(list, columns, both ? TableDdl.HIDDEN : List.of(), lost);
  }

  private static String quoted(List<String> names) {
    return " " + String.join(", ", names.stream().map(Identifiers::quote).toList());
  }

  /// The SELECT on a table.
  String select(String table) {
    return "SELECT" + list + (hidden.isEmpty() ? "" : "\n," + quoted(hidden)) + "\nFROM " + table;
  }

  /// What the SELECT gives, in its order.
  List<String> given() {
    List<String> all = new ArrayList<>(columns);
    all.addAll(hidden);
    return all;
  }
}
