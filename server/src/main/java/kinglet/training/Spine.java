// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

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
import kinglet.clickhouse.ClickHouseError;
import kinglet.clickhouse.Role;
import kinglet.error.PlatformException;
import kinglet.feature.ViewHistory;
import kinglet.job.JobContext;
import kinglet.type.Column;
import kinglet.type.DataType;
import tools.jackson.databind.JsonNode;

/// The rows with keys and times, in a table of the set.
///
/// @param columns type by name
record Spine(TrainingTables tables, Map<String, DataType> columns, String time) {
  private static final long ROWS_MAX = 1_000_000_000;

  /// Text stays as it was written; the rows keep their order.
  private static final Map<String, String> FILE_SETTINGS =
      Map.ofEntries(
          Map.entry("input_format_try_infer_dates", "0"),
          Map.entry("input_format_try_infer_datetimes", "0"),
          Map.entry("input_format_parquet_case_insensitive_column_matching", "0"),
          Map.entry("input_format_parquet_preserve_order", "1"),
          Map.entry("max_threads", "1"),
          Map.entry("max_insert_threads", "1"));

  /// The spine of a data source's columns.
  static Spine of(TrainingTables tables, DataSource source, String time) {
    Map<String, DataType> columns = new LinkedHashMap<>();
    for (Column column : source.schema().columns()) {
      columns.put(column.name(), column.type());
    }
    return new Spine(tables, columns, time);
  }

  /// The spine of a file's columns.
  ///
  /// @param texts columns that are text whatever they look like
  static Spine of(
      TrainingTables tables, Path file, String format, List<String> texts, String time) {
    Map<String, DataType> columns = new LinkedHashMap<>();
    String hints =
        texts.stream()
            .map(name -> Identifiers.quote(name) + " Nullable(String)")
            .collect(Collectors.joining(", "));
    Map<String, String> settings = new LinkedHashMap<>(FILE_SETTINGS);
    settings.put("schema_inference_hints", hints);
    try {
      for (List<JsonNode> row :
          tables.rows("DESCRIBE TABLE " + file(file, format), Role.WRITER, settings)) {
        columns.put(row.get(0).asString(), DataType.parse(row.get(1).asString()));
      }
    } catch (PlatformException e) {
      throw unreadable(e, file);
    }
    return new Spine(tables, columns, time);
  }

  private static String file(Path file, String format) {
    return "file("
        + Identifiers.literal(file.toString())
        + ", "
        + Identifiers.literal(format)
        + ")";
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
    columns.keySet().stream()
        .filter(name -> name.startsWith("__"))
        .findFirst()
        .ifPresent(name -> {
          throw bad("the column '" + name + "' of the spine must not begin with two underscores");
        });
    if (timeSql().isEmpty()) {
      throw bad(
          "the column '"
              + time
              + "' of the spine is a "
              + type(time).sql()
              + ": a time is a Date, DateTime, DateTime64 or a text such as 2026-01-31 12:00:00");
    }
  }

  /// Brings the rows of a data source into the table.
  void fill(JobContext job, DataSource source, long throughSeq) {
    create(job);
    insert(
        job,
        "row_number() OVER (ORDER BY __seq) - 1",
        source.sqlName() + " WHERE __seq <= " + throughSeq,
        Map.of("max_bytes_before_external_sort", Long.toString(256L << 20)));
  }

  /// Brings the rows of a file into the table.
  void fill(JobContext job, Path path, String format) {
    create(job);
    String types =
        columns.entrySet().stream()
            .map(column -> Identifiers.quote(column.getKey()) + " " + column.getValue().sql())
            .collect(Collectors.joining(", "));
    String from =
        "file("
            + Identifiers.literal(path.toString())
            + ", "
            + Identifiers.literal(format)
            + ", "
            + Identifiers.literal(types)
            + ")";
    try {
      insert(job, "rowNumberInAllBlocks()", from, FILE_SETTINGS);
    } catch (PlatformException e) {
      throw unreadable(e, path);
    }
  }

  private void create(JobContext job) {
    Map<String, String> types = new LinkedHashMap<>();
    types.put(TrainingTables.TIME, "Nullable(Int64)");
    columns.forEach((name, type) -> types.put(name, type.sql()));
    tables.create(job, tables.spine(), types);
  }

  private void insert(JobContext job, String number, String from, Map<String, String> settings) {
    String names =
        columns.keySet().stream().map(Identifiers::quote).collect(Collectors.joining(", "));
    tables.run(
        job,
        "INSERT INTO "
            + tables.spine()
            + " SELECT "
            + number
            + ", "
            + timeSql()
            + ", "
            + names
            + " FROM "
            + from,
        Role.WRITER,
        settings);
  }

  private static PlatformException unreadable(PlatformException failure, Path file) {
    if (failure.code() != ClickHouseError.QUERY_FAILED) {
      return failure;
    }
    return new PlatformException(
        TrainingError.INVALID_SPINE,
        "the spine cannot be read: "
            + failure.text().replace(String.valueOf(file.getParent()) + "/", ""),
        failure);
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
  String key(String name, DataType type) {
    String column = Identifiers.quote(name);
    DataType given = type(name);
    String plain =
        present(given).equals(given) || given.wire().equals(given)
            ? column
            : "CAST(" + column + ", " + Identifiers.literal(given.wire().sql()) + ")";
    return present(given).equals(type)
        ? plain
        : "accurateCastOrNull(" + plain + ", " + Identifiers.literal(type.sql()) + ")";
  }

  private DataType type(String column) {
    return Optional.ofNullable(columns.get(column)).orElseThrow();
  }

  private static DataType present(DataType type) {
    return switch (type) {
      case DataType.NullableOf(DataType inner) -> present(inner);
      case DataType.LowCardinality(DataType inner) -> present(inner);
      case DataType.SimpleAggregateFunction(String _, DataType inner) -> present(inner);
      default -> type;
    };
  }

  /// Refuses rows without a time, and keys that are none of a view. Answers how many rows there
  /// are.
  long checkRows(List<ViewHistory> views) {
    long rows = tables.number("SELECT count() FROM " + tables.spine());
    if (rows > ROWS_MAX) {
      throw new PlatformException(
          TrainingError.SPINE_TOO_LARGE,
          "the spine has " + rows + " rows, more than the " + ROWS_MAX + " a set may have");
    }
    firstBad(time, "`" + TrainingTables.TIME + "` IS NULL", "is no time");
    for (ViewHistory view : views) {
      for (int key = 0; key < view.keys().size(); key++) {
        String name = view.keys().get(key);
        String value = key(name, view.keyTypes().get(key));
        if (value.startsWith("accurateCast")) {
          firstBad(
              name,
              Identifiers.quote(name) + " IS NOT NULL AND " + value + " IS NULL",
              "is no " + view.keyTypes().get(key).sql() + ", as keys of '" + view.name() + "' are");
        }
      }
    }
    return rows;
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

  private static PlatformException bad(String message) {
    return new PlatformException(TrainingError.INVALID_SPINE, message);
  }

  /// Tells this spine from any other.
  String hash() {
    String names =
        columns.keySet().stream().map(Identifiers::quote).collect(Collectors.joining(", "));
    List<JsonNode> parts =
        tables
            .rows(
                "SELECT hex(groupBitXor(sipHash64(line))), hex(sum(cityHash64(line))) FROM (SELECT"
                    + " formatRow('RowBinary', `"
                    + TrainingTables.ROW
                    + "`, "
                    + names
                    + ") AS line FROM "
                    + tables.spine()
                    + ")",
                Role.ADMIN,
                Map.of())
            .getFirst();
    return (parts.get(0).asString() + parts.get(1).asString()).toLowerCase(Locale.ROOT);
  }
}
