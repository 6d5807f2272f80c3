// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import kinglet.expression.Expression;
import kinglet.feature.row.StoredRows;
import kinglet.sql.Sql;
import kinglet.type.Column;
import kinglet.type.DataType;

/// A version of a feature view, and where its history is. Immutable.
public final class ViewHistory {
  private final ViewProgram program;
  private final int version;
  private final long dataSourceId;
  private final String table;
  private final List<ViewHistory> lookups;

  /// @param dataSourceId the number of the data source
  /// @param table the table of the data source, ready for SQL
  /// @param lookups the lookup views it names
  ViewHistory(
      ViewProgram program,
      int version,
      long dataSourceId,
      String table,
      List<ViewHistory> lookups) {
    this.program = program;
    this.version = version;
    this.dataSourceId = dataSourceId;
    this.table = table;
    this.lookups = List.copyOf(lookups);
  }

  ViewProgram program() {
    return program;
  }

  List<ViewHistory> lookups() {
    return lookups;
  }

  public String name() {
    return program.name();
  }

  public int version() {
    return version;
  }

  /// The table with its history, ready for SQL.
  public String table() {
    return table;
  }

  /// The columns that are read of each data source, by its number; those of lookup views too.
  public Map<Long, List<Column>> reads() {
    Map<Long, List<Column>> reads = new LinkedHashMap<>();
    addReads(reads);
    return reads;
  }

  private void addReads(Map<Long, List<Column>> reads) {
    List<Column> own = reads.computeIfAbsent(dataSourceId, _ -> new ArrayList<>());
    for (int place : StoredRows.columns(program.rows())) {
      own.add(program.rows().schema().column(place));
    }
    lookups.forEach(lookup -> lookup.addReads(reads));
  }

  /// The same, with rows from elsewhere.
  ///
  /// @param tables by the number of the data source in whose place they are read, ready for SQL
  public ViewHistory in(Map<Long, String> tables) {
    return new ViewHistory(
        program,
        version,
        dataSourceId,
        tables.getOrDefault(dataSourceId, table),
        lookups.stream().map(lookup -> lookup.in(tables)).toList());
  }

  public List<FeatureColumn> columns() {
    return program.columns();
  }

  /// The names of the key columns, in the order of ENTITY.
  public List<String> keys() {
    return program.view().entity();
  }

  /// What values of the key columns are, but for NULL.
  public List<DataType> keyTypes() {
    return program.keyTypes().stream().map(ViewHistory::present).toList();
  }

  private static DataType present(DataType type) {
    return switch (type) {
      case DataType.NullableOf(DataType inner) -> present(inner);
      case DataType.LowCardinality(DataType inner) -> present(inner);
      case DataType.SimpleAggregateFunction(String _, DataType inner) -> present(inner);
      default -> type;
    };
  }

  /// The columns of the data source that are the key, as SQL; none if a part of it is computed.
  Optional<List<String>> keyColumns() {
    List<String> columns = new ArrayList<>();
    for (String key : keys()) {
      Expression expression =
          program.view().query().items().stream()
              .filter(item -> item.name().equals(key))
              .findFirst()
              .<Expression>map(item -> item.expression())
              .orElse(new Expression.Name(Optional.empty(), key, 0, 0));
      if (!(expression instanceof Expression.Name name)
          || program.rows().schema().indexOf(name.column()).isEmpty()
          || name.table()
              .filter(alias -> !alias.equals(program.view().query().alias()))
              .isPresent()) {
        return Optional.empty();
      }
      columns.add(Sql.quote(name.column()));
    }
    return Optional.of(columns);
  }

  /// The time of an event in microseconds, as SQL.
  public String eventMicros() {
    return "toUnixTimestamp64Micro(toDateTime64("
        + Sql.quote(program.view().eventTime())
        + ", 6, 'UTC'))";
  }

  /// The columns of the data source that the view is made of, as SQL.
  public String eventColumns() {
    return Arrays.stream(StoredRows.columns(program.rows()))
        .mapToObj(column -> Sql.quote(program.rows().schema().column(column).name()))
        .collect(Collectors.joining(", "));
  }

  /// How many bytes values of no fixed length take in all rows, as SQL.
  String textBytes() {
    String texts =
        Arrays.stream(StoredRows.columns(program.rows()))
            .mapToObj(program.rows().schema()::column)
            .filter(column -> column.type().wire().width() <= 0)
            .map(column -> Sql.quote(column.name()))
            .collect(Collectors.joining(", "));
    return texts.isEmpty() ? "0" : "sum(byteSize(" + texts + "))";
  }

  /// Whether a row belongs to an entity, as SQL; none if a part of the key is computed.
  ///
  /// @param key each column as SQL
  public Optional<String> isOf(List<String> key) {
    return keyColumns().map(columns -> texts(columns) + " = " + texts(key));
  }

  /// Whether a row's entity is one of some, as SQL; none if a part of the key is computed.
  ///
  /// @param keys each column of a key as SQL
  /// @param rows where the keys stand, as SQL that follows FROM
  public Optional<String> isAmong(List<String> keys, String rows) {
    return keyColumns().map(columns -> in(texts(columns), texts(keys), rows));
  }

  /// The same, for keys that are as the view's own: where the data source lies in their order,
  /// other rows are hardly read. Rows without a part of the key are among them.
  ///
  /// @param keys each column of a key as SQL, of [#keyTypes] or NULL
  public Optional<String> isOneOf(List<String> keys, String rows) {
    return keyColumns()
        .map(columns ->
            program.keyTypes().stream().anyMatch(ViewHistory::isNullable)
                ? in(hash(columns), hash(keys), rows)
                : in(tuple(columns), tuple(keys), rows));
  }

  private static String in(String row, String key, String rows) {
    return row + " IN (SELECT " + key + " FROM " + rows + ")";
  }

  private static String tuple(List<String> columns) {
    return columns.stream().collect(Collectors.joining(", ", "(", ")"));
  }

  private static boolean isNullable(DataType type) {
    return switch (type) {
      case DataType.NullableOf(DataType _) -> true;
      case DataType.LowCardinality(DataType inner) -> isNullable(inner);
      case DataType.SimpleAggregateFunction(String _, DataType inner) -> isNullable(inner);
      default -> false;
    };
  }

  /// Whether a share of the history can be read by itself.
  public boolean divides() {
    return keyColumns().isPresent();
  }

  /// Whether the entities can be replayed one after the other: no row needs what is known of
  /// another key.
  public boolean groups() {
    return divides() && lookups.isEmpty();
  }

  /// The group of entities that a key belongs to, as SQL; there is one, 0, unless entities are
  /// replayed one after the other.
  ///
  /// @param keys each column of the key, as SQL, of [#keyTypes] or NULL
  public String group(List<String> keys) {
    return groups() ? hash(keys) : "toUInt64(0)";
  }

  /// A number of a key, as SQL: the same for the same key, and hardly ever for another one.
  public String hash(List<String> keys) {
    StringBuilder columns = new StringBuilder();
    for (int i = 0; i < keys.size(); i++) {
      columns.append(i == 0 ? "" : ", ").append(hashed(keys.get(i), keyTypes().get(i)));
    }
    // Of keys with a dictionary the hash would have one too.
    return "CAST(cityHash64(" + columns + "), 'UInt64')";
  }

  private static String hashed(String key, DataType type) {
    return type instanceof DataType.Int && type.width() <= Long.BYTES
        ? "toInt64(ifNull(" + key + ", 0))"
        : "ifNull(toString(" + key + "), '')";
  }

  /// Which share of the entities keys belong to, whatever their types are, as SQL.
  ///
  /// @param keys each column of the key, as SQL
  public static String share(List<String> keys, int shares) {
    return "cityHash64" + texts(keys) + " % " + shares;
  }

  private static String texts(List<String> keys) {
    return keys.stream()
        .map(key -> "ifNull(toString(" + key + "), '')")
        .collect(Collectors.joining(", ", "(", ")"));
  }
}
