// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.file;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.ClickHouseError;
import kinglet.clickhouse.Identifiers;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.error.PlatformException;
import kinglet.type.Column;
import kinglet.type.DataType;
import kinglet.type.Known;
import kinglet.type.Schema;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What ClickHouse says of a Parquet file, and how it becomes rows of a data source.
public final class ParquetFile {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern KEY = Pattern.compile("\\['([^']*)'\\]|\\.([^.\\[]+)");
  private static final Duration TIMEOUT = Duration.ofMinutes(10);

  /// One segment is one block: as many rows as its memory allows, but no more.
  private static final long SEGMENT_BYTES = 256L << 20;

  private static final long SEGMENT_ROWS_MAX = 2_500_000;
  private static final long SEGMENT_ROWS_MIN = 1_000;

  private final ClickHouse clickHouse;
  private final FileDirectory files;
  private final String name;

  public ParquetFile(ClickHouse clickHouse, FileDirectory files, String name) {
    this.clickHouse = clickHouse;
    this.files = files;
    this.name = name;
  }

  static String table(Path file) {
    return "file(" + ColumnCast.literal(file.toString()) + ", 'Parquet')";
  }

  /// The settings under which a file is read.
  public static Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("max_query_size", "100000000");
    settings.put("max_execution_time", "0");
    settings.put("print_pretty_type_names", "0");
    settings.put("input_format_parquet_case_insensitive_column_matching", "0");
    settings.put("session_timezone", "UTC");
    return settings;
  }

  /// The rows of a file.
  ///
  /// @param fitting how many fit their columns
  /// @param failed for how many of these each condition does not hold
  public record Rows(List<FileSegment> segments, long fitting, List<Long> failed) {
    public Rows {
      segments = List.copyOf(segments);
      failed = List.copyOf(failed);
    }
  }

  /// Reads every value of the file once and answers its rows as segments, in order.
  ///
  /// @param known from when on they count as known
  /// @param conditions on rows that fit
  public Rows rows(String importId, Schema schema, Known known, List<RowCondition> conditions) {
    known.check(schema);
    Map<String, DataType> given = columns();
    List<FileSegment.FileColumn> columns = match(schema, given);
    List<FileSegment.FileColumn> stamped = new ArrayList<>(columns);
    time(known, columns, given).ifPresent(stamped::add);
    List<List<String>> totals =
        rows(
            "SELECT num_rows, total_uncompressed_size FROM file("
                + ColumnCast.literal(files.path(name).toString())
                + ", 'ParquetMetadata')");
    long rows = Long.parseLong(totals.getFirst().getFirst());
    long bytes = Long.parseLong(totals.getFirst().getLast());
    if (rows == 0) {
      return new Rows(List.of(), 0, conditions.stream().map(_ -> 0L).toList());
    }
    List<String> holds =
        conditions.stream().map(condition -> condition.holds(schema, columns)).toList();
    List<FileSegment.Condition> refusing = new ArrayList<>();
    for (int i = 0; i < conditions.size(); i++) {
      if (conditions.get(i).quarantine()) {
        refusing.add(new FileSegment.Condition(conditions.get(i).reason(), holds.get(i)));
      }
    }
    String fits = FileSegment.fits(columns);
    long each =
        Math.clamp(SEGMENT_BYTES / Math.max(1, bytes / rows), SEGMENT_ROWS_MIN, SEGMENT_ROWS_MAX);
    String sources =
        columns.stream()
            .map(FileSegment.FileColumn::source)
            .reduce((left, right) -> left + ", " + right)
            .orElse("1");
    String check =
        "SELECT intDiv(_row_number, "
            + each
            + ") AS segment, count(), countIf(NOT "
            + FileSegment.fits(columns, refusing)
            + " OR ignore("
            + sources
            + ")), countIf("
            + fits
            + ")"
            + holds.stream()
                .map(held -> ", countIf(" + fits + " AND NOT " + held + ")")
                .collect(Collectors.joining())
            + " FROM "
            + table(files.path(name))
            + " GROUP BY segment ORDER BY segment";
    List<FileSegment> segments = new ArrayList<>();
    long fitting = 0;
    long[] failed = new long[conditions.size()];
    for (List<String> row : rows(check)) {
      fitting += Long.parseLong(row.get(3));
      for (int i = 0; i < failed.length; i++) {
        failed[i] += Long.parseLong(row.get(4 + i));
      }
      segments.add(
          FileSegment.of(
              name,
              importId,
              Long.parseLong(row.get(0)) * each,
              Integer.parseInt(row.get(1)),
              Long.parseLong(row.get(2)),
              Long.parseLong(row.get(0)) * each + Long.parseLong(row.get(1)) == rows,
              stamped,
              refusing));
    }
    return new Rows(segments, fitting, Arrays.stream(failed).boxed().toList());
  }

  /// The columns ClickHouse reads from the file, in order.
  public Map<String, DataType> columns() {
    Map<String, DataType> columns = new LinkedHashMap<>();
    for (List<String> row : rows("DESCRIBE " + table(files.path(name)))) {
      columns.put(row.get(0), DataType.parse(row.get(1)));
    }
    return columns;
  }

  /// How many rows the file holds.
  public long count() {
    return Long.parseLong(
        rows("SELECT count() FROM " + table(files.path(name))).getFirst().getFirst());
  }

  /// The first rows as JSON objects, a line each.
  public String head(int count) {
    return text("SELECT * FROM " + table(files.path(name)) + " LIMIT " + count, "JSONEachRow");
  }

  /// The columns of the data source that the file fills.
  private static List<FileSegment.FileColumn> match(Schema schema, Map<String, DataType> given) {
    List<FileSegment.FileColumn> columns = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (Column column : schema.columns()) {
      if (!column.type().writable()) {
        continue;
      }
      Optional<Found> found = find(column, given);
      boolean defaulted = column.defaultExpression() != null;
      if (found.isPresent()) {
        Found at = found.get();
        ColumnCast cast = ColumnCast.of(at.source(), at.type(), column.type(), defaulted);
        columns.add(
            new FileSegment.FileColumn(
                column.name(), at.source(), cast.value(), cast.fits(), column.type().sql()));
      } else if (!defaulted && !column.type().nullable()) {
        missing.add(column.name());
      }
    }
    if (!missing.isEmpty() || columns.isEmpty()) {
      throw new PlatformException(
          FileError.FILE_SCHEMA_MISMATCH,
          "the file has no column for "
              + String.join(", ", missing.isEmpty() ? List.of("any of the columns") : missing)
              + "; its columns are "
              + String.join(", ", given.keySet()));
    }
    return columns;
  }

  /// The hidden column that says from when on rows count as known; none where its default does.
  private static Optional<FileSegment.FileColumn> time(
      Known known, List<FileSegment.FileColumn> columns, Map<String, DataType> given) {
    return switch (known) {
      case Known.FromIngestion _ -> Optional.empty();
      case Known.FromEventTime _ -> Optional.of(time("toInt64(" + Known.ALWAYS_MICROS + ")"));
      case Known.FromColumn(String name) -> {
        FileSegment.FileColumn column =
            columns.stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                    new PlatformException(
                        FileError.FILE_SCHEMA_MISMATCH,
                        "the file has no column for known_at='"
                            + name
                            + "'; its columns are "
                            + String.join(", ", given.keySet())));
        String micros =
            "toUnixTimestamp64Micro(CAST("
                + column.value()
                + ", 'Nullable(DateTime64(6, \\'UTC\\'))'))";
        yield Optional.of(
            // What a column says is never taken for the time of ingestion.
            time("ifNull(" + micros + " + (" + micros + " = 0), " + Known.INGESTION_MICROS + ")"));
      }
    };
  }

  private static FileSegment.FileColumn time(String micros) {
    return new FileSegment.FileColumn(
        Known.COLUMN.name(),
        "NULL",
        "fromUnixTimestamp64Micro(" + micros + ", 'UTC')",
        ColumnCast.ALWAYS,
        Known.COLUMN.type().sql());
  }

  /// Where a column's value stands in the file.
  private record Found(String source, DataType type) {}

  /// By its JSON path where the file has such a column, otherwise by its name.
  private static Optional<Found> find(Column column, Map<String, DataType> given) {
    String path = column.jsonPath();
    Optional<Found> byPath =
        path == null || keys(path).isEmpty() ? Optional.empty() : walk(keys(path), given);
    DataType named = given.get(column.name());
    return byPath.or(() ->
        named == null
            ? Optional.empty()
            : Optional.of(new Found(Identifiers.quote(column.name()), named)));
  }

  /// The keys of a JSON path.
  private static List<String> keys(String path) {
    return KEY.matcher(path)
        .results()
        .map(key -> key.group(1) == null ? key.group(2) : key.group(1))
        .toList();
  }

  /// Down the tuples of a column.
  private static Optional<Found> walk(List<String> keys, Map<String, DataType> given) {
    DataType type = given.get(keys.getFirst());
    if (type == null) {
      return Optional.empty();
    }
    Found found = new Found(Identifiers.quote(keys.getFirst()), type);
    for (String key : keys.subList(1, keys.size())) {
      if (!(found.type() instanceof DataType.Tuple(var elements))) {
        return Optional.empty();
      }
      Optional<DataType> element =
          elements.stream()
              .filter(candidate -> key.equals(candidate.name()))
              .map(DataType.TupleElement::type)
              .findFirst();
      if (element.isEmpty()) {
        return Optional.empty();
      }
      found =
          new Found(
              "tupleElement(" + found.source() + ", " + ColumnCast.literal(key) + ")",
              element.get());
    }
    return Optional.of(found);
  }

  private List<List<String>> rows(String sql) {
    List<List<String>> rows = new ArrayList<>();
    for (JsonNode row : JSON.readTree(text(sql, "JSONCompactStrings")).get("data")) {
      List<String> values = new ArrayList<>();
      row.forEach(value -> values.add(value.asString("")));
      rows.add(values);
    }
    return rows;
  }

  private String text(String sql, String format) {
    try {
      return clickHouse.text(
          Statement.of(Role.WRITER, sql)
              .withSettings(settings())
              .withTimeout(TIMEOUT)
              .withFormat(format));
    } catch (PlatformException e) {
      if (e.code() == ClickHouseError.QUERY_FAILED) {
        throw new PlatformException(
            FileError.UNREADABLE_FILE,
            "the file cannot be read as Parquet: " + e.text().replace(files.directory() + "/", ""),
            e);
      }
      throw e;
    }
  }
}
