// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import kinglet.catalog.DataSource;
import kinglet.catalog.Identifiers;
import kinglet.catalog.Snapshot;
import kinglet.clickhouse.ClickHouseError;
import kinglet.clickhouse.Role;
import kinglet.error.PlatformException;
import kinglet.job.JobContext;
import kinglet.type.Column;
import kinglet.type.DataType;
import tools.jackson.databind.JsonNode;

/// The rows with keys and times, on their way into a table of the set.
///
/// @param columns type by name
/// @param time the column with the times
record Spine(TrainingTables tables, Map<String, DataType> columns, String time, From from) {
  private static final long ROWS_MAX = 1_000_000_000;

  /// Where the rows are read.
  ///
  /// @param sql what follows FROM
  /// @param number the number of a row, as SQL
  /// @param hidden what messages do not show
  private record From(String sql, String number, Map<String, String> settings, String hidden) {
    /// Rows in the order in which they came.
    static From rows(String table, long throughSeq, String hidden) {
      return new From(
          "(SELECT * FROM " + table + " WHERE __seq <= " + throughSeq + " ORDER BY __seq)",
          "rowNumberInAllBlocks()",
          Map.of(
              "max_bytes_before_external_sort", Long.toString(256L << 20),
              "query_plan_remove_redundant_sorting", "0",
              "optimize_duplicate_order_by_and_distinct", "0"),
          hidden);
    }
  }

  /// Text stays as it was written; the rows keep their order.
  private static final Map<String, String> FILE_SETTINGS =
      Map.ofEntries(
          Map.entry("input_format_try_infer_dates", "0"),
          Map.entry("input_format_try_infer_datetimes", "0"),
          Map.entry("input_format_parquet_case_insensitive_column_matching", "0"),
          Map.entry("input_format_parquet_preserve_order", "1"),
          Map.entry("max_threads", "1"),
          Map.entry("max_insert_threads", "1"));

  /// The rows of a data source.
  static Spine of(TrainingTables tables, DataSource source, String time, long throughSeq) {
    Map<String, DataType> columns = new LinkedHashMap<>();
    for (Column column : source.schema().columns()) {
      columns.put(column.name(), column.type());
    }
    String hidden = Identifiers.quote(source.database()) + ".";
    return new Spine(tables, columns, time, From.rows(source.sqlName(), throughSeq, hidden));
  }

  /// The rows of a snapshot.
  static Spine of(TrainingTables tables, Snapshot snapshot, String time, long throughSeq) {
    return new Spine(
        tables,
        tables.columns(snapshot.sqlName()),
        time,
        From.rows(snapshot.sqlName(), throughSeq, snapshot.sqlName()));
  }

  /// The rows of a file.
  ///
  /// @param texts columns that are text whatever they look like
  static Spine of(
      TrainingTables tables, Path file, String format, List<String> texts, String time) {
    checkNotEmpty(file);
    Map<String, DataType> columns = new LinkedHashMap<>();
    Map<String, String> settings = new LinkedHashMap<>(FILE_SETTINGS);
    settings.put(
        "schema_inference_hints",
        texts.stream()
            .map(name -> Identifiers.quote(name) + " Nullable(String)")
            .collect(Collectors.joining(", ")));
    String hidden = file.getParent() + "/";
    String place = Identifiers.literal(file.toString()) + ", " + Identifiers.literal(format);
    try {
      for (List<JsonNode> row :
          tables.rows("DESCRIBE TABLE file(" + place + ")", Role.WRITER, settings)) {
        columns.put(row.get(0).asString(), DataType.parse(row.get(1).asString()));
      }
    } catch (PlatformException e) {
      throw unreadable(e, hidden);
    }
    String types =
        columns.entrySet().stream()
            .map(column -> Identifiers.quote(column.getKey()) + " " + column.getValue().sql())
            .collect(Collectors.joining(", "));
    From from =
        new From(
            "file(" + place + ", " + Identifiers.literal(types) + ")",
            "rowNumberInAllBlocks()",
            FILE_SETTINGS,
            hidden);
    return new Spine(tables, columns, time, from);
  }

  /// The rows that are in the table already.
  static Spine staged(TrainingTables tables, String time) {
    return new Spine(
        tables,
        tables.columns(tables.spine()),
        time,
        new From(tables.spine(), TrainingTables.ROW, Map.of(), tables.database()));
  }

  /// Values of columns in some row, as text; none if there is no row.
  Optional<Map<String, String>> example(List<String> names) {
    String texts =
        names.stream()
            .map(name -> ", toString(" + Identifiers.quote(name) + ")")
            .collect(Collectors.joining());
    List<List<JsonNode>> rows;
    try {
      rows =
          tables.rows(
              "SELECT 1" + texts + " FROM " + from.sql() + " LIMIT 1",
              Role.WRITER,
              from.settings());
    } catch (PlatformException e) {
      throw unreadable(e, from.hidden());
    }
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      JsonNode value = rows.getFirst().get(i + 1);
      if (!value.isNull()) {
        values.put(names.get(i), value.asString());
      }
    }
    return Optional.of(values);
  }

  /// Refuses a spine that lacks a column that is needed.
  void check(List<String> keys) {
    List<String> needed = new ArrayList<>(keys);
    needed.add(time);
    for (String name : needed) {
      if (!columns.containsKey(name)) {
        throw bad(
            "the spine has no column '"
                + name
                + "'; its columns are "
                + String.join(", ", columns.keySet()));
      }
    }
    for (String key : keys) {
      if (!isScalar(present(type(key)))) {
        throw bad(
            "the column '"
                + key
                + "' of the spine is a "
                + type(key).sql()
                + ": a key is one value");
      }
    }
    for (Map.Entry<String, DataType> column : columns.entrySet()) {
      if (column.getKey().startsWith("__")) {
        throw bad(
            "the column '"
                + column.getKey()
                + "' of the spine must not begin with two underscores");
      }
      if (!column.getValue().writable()) {
        throw bad(
            "the column '"
                + column.getKey()
                + "' of the spine is a "
                + column.getValue().sql()
                + ", which no file holds: leave it out with a query");
      }
    }
    if (timeSql().isEmpty()) {
      throw bad(
          "the column '"
              + time
              + "' of the spine is a "
              + type(time).sql()
              + ": a time is a Date, DateTime, DateTime64 or a text such as 2026-01-31 12:00:00");
    }
  }

  private static boolean isScalar(DataType type) {
    return switch (type) {
      case DataType.Array _, DataType.MapOf _, DataType.Tuple _, DataType.Json _ -> false;
      default -> type.writable();
    };
  }

  /// Brings the rows into the table.
  void fill(JobContext job) {
    Map<String, String> types = new LinkedHashMap<>();
    types.put(TrainingTables.TIME, "Nullable(Int64)");
    columns.forEach((name, type) -> types.put(name, type.sql()));
    tables.create(job, tables.spine(), types);
    try {
      tables.run(
          job,
          "INSERT INTO "
              + tables.spine()
              + " SELECT "
              + from.number()
              + ", "
              + timeSql()
              + ", "
              + names()
              + " FROM "
              + from.sql(),
          Role.WRITER,
          from.settings());
    } catch (PlatformException e) {
      throw unreadable(e, from.hidden());
    }
  }

  private String names() {
    return columns.keySet().stream().map(Identifiers::quote).collect(Collectors.joining(", "));
  }

  private static PlatformException unreadable(PlatformException failure, String hidden) {
    return failure.code() == ClickHouseError.QUERY_FAILED
        ? new PlatformException(
            TrainingError.INVALID_SPINE,
            "the spine cannot be read: " + failure.text().replace(hidden, ""),
            failure)
        : failure;
  }

  /// The time of a row in microseconds, as SQL; empty if the column is no time.
  private String timeSql() {
    String name = Identifiers.quote(time);
    return switch (present(type(time))) {
      case DataType.Date _, DataType.Date32 _, DataType.DateTime _, DataType.DateTime64 _ ->
          "toUnixTimestamp64Micro(toDateTime64(" + name + ", 6, 'UTC'))";
      case DataType.StringType _, DataType.FixedString _ ->
          "toUnixTimestamp64Micro(parseDateTime64BestEffortOrNull(CAST("
              + name
              + ", 'Nullable(String)'), 6, 'UTC'))";
      default -> "";
    };
  }

  /// A column as a value of a type, as SQL: NULL where it is none.
  String as(String name, DataType type) {
    String column = Identifiers.quote(name);
    DataType given = type(name);
    String plain =
        given.wire().equals(given)
            ? column
            : "CAST(" + column + ", " + Identifiers.literal(given.wire().sql()) + ")";
    return present(given).equals(present(type))
        ? plain
        : "accurateCastOrNull(" + plain + ", " + Identifiers.literal(present(type).sql()) + ")";
  }

  /// An empty file does not even say what its columns are.
  private static void checkNotEmpty(Path file) {
    try {
      if (Files.size(file) == 0) {
        throw bad("the spine has no rows");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The same, as a value that may be NULL whatever the column is.
  String asNullable(String name, DataType type) {
    return "CAST("
        + as(name, type)
        + ", "
        + Identifiers.literal(new DataType.NullableOf(present(type)).sql())
        + ")";
  }

  private DataType type(String column) {
    return Optional.ofNullable(columns.get(column)).orElseThrow();
  }

  static DataType present(DataType type) {
    return switch (type) {
      case DataType.NullableOf(DataType inner) -> present(inner);
      case DataType.LowCardinality(DataType inner) -> present(inner);
      case DataType.SimpleAggregateFunction(String _, DataType inner) -> present(inner);
      default -> type;
    };
  }

  /// Refuses rows without a time, and keys that are none of a view.
  void checkRows(List<WantedView> views) {
    long rows = tables.number("SELECT count() FROM " + tables.spine());
    if (rows > ROWS_MAX) {
      throw new PlatformException(
          TrainingError.SPINE_TOO_LARGE,
          "the spine has " + rows + " rows, more than the " + ROWS_MAX + " a set may have");
    }
    firstBad(time, "`" + TrainingTables.TIME + "` IS NULL", "is no time");
    for (WantedView wanted : views) {
      for (int key = 0; key < wanted.keys().size(); key++) {
        checkValues(
            wanted.keys().get(key),
            wanted.view().keyTypes().get(key),
            "as keys of '" + wanted.view().name() + "' are");
      }
    }
  }

  /// Refuses rows whose value in a column is none of a type.
  void checkValues(String name, DataType type, String why) {
    String value = as(name, type);
    if (value.startsWith("accurateCast")) {
      firstBad(
          name,
          Identifiers.quote(name) + " IS NOT NULL AND " + value + " IS NULL",
          "is no " + present(type).sql() + ", " + why);
    }
  }

  private void firstBad(String column, String condition, String what) {
    List<List<JsonNode>> found;
    try {
      found =
          tables.rows(
              "SELECT `"
                  + TrainingTables.ROW
                  + "` + 1, ifNull(toString("
                  + Identifiers.quote(column)
                  + "), 'NULL') FROM "
                  + tables.spine()
                  + " WHERE "
                  + condition
                  + " ORDER BY `"
                  + TrainingTables.ROW
                  + "` LIMIT 1",
              Role.ADMIN,
              Map.of());
    } catch (PlatformException e) {
      if (e.code() != ClickHouseError.QUERY_FAILED) {
        throw e;
      }
      throw bad(
          "the column '"
              + column
              + "' of the spine is a "
              + type(column).sql()
              + ", which "
              + what);
    }
    if (!found.isEmpty()) {
      throw bad(
          "row "
              + found.getFirst().get(0).asString()
              + " of the spine, column '"
              + column
              + "': '"
              + found.getFirst().get(1).asString()
              + "' "
              + what);
    }
  }

  static PlatformException bad(String message) {
    return new PlatformException(TrainingError.INVALID_SPINE, message);
  }

  /// Tells the first rows of this spine from any others.
  String hash(long rows) {
    List<JsonNode> parts =
        tables
            .rows(
                "SELECT hex(groupBitXor(line)), hex(sum(line)) FROM (SELECT"
                    + " sipHash64(formatRow('RowBinary', `"
                    + TrainingTables.ROW
                    + "`, "
                    + names()
                    + ")) AS line FROM "
                    + tables.spine()
                    + " WHERE `"
                    + TrainingTables.ROW
                    + "` < "
                    + rows
                    + ")",
                Role.ADMIN,
                Map.of())
            .getFirst();
    return (parts.get(0).asString() + parts.get(1).asString()).toLowerCase(Locale.ROOT);
  }
}
