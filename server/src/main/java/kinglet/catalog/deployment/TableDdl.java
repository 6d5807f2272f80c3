// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import kinglet.catalog.Engine;
import kinglet.catalog.EngineKey;
import kinglet.catalog.EngineKind;
import kinglet.catalog.Identifiers;
import kinglet.catalog.Index;
import kinglet.type.Column;
import kinglet.type.DataType;
import kinglet.type.Known;
import kinglet.type.Schema;

/// The SQL that makes the tables of a data source.
final class TableDdl {
  /// The row's number in the journal; 0 for rows that a view wrote.
  static final String SEQ = "__seq";

  /// When the row was accepted.
  static final String INGESTED_AT = "__ingested_at";

  /// From when on the row counts as known.
  static final String KNOWN_AT = Known.COLUMN.name();

  /// What the platform adds to every row.
  static final List<String> HIDDEN = List.of(SEQ, INGESTED_AT, KNOWN_AT);

  /// What it adds to a row in quarantine.
  static final List<String> QUARANTINE_HIDDEN = List.of(SEQ, INGESTED_AT);

  /// What every quarantine has beside the columns of its data source.
  static final List<String> QUARANTINE_COLUMNS =
      List.of("c__error_column", "c__error", "c__import_id", "insertion_date");

  /// Lets an AggregatingMergeTree have columns that are neither sorted by nor aggregated.
  static final String DIMENSIONS_SETTING = "allow_dimensions_outside_sorting_key";

  /// How many parts a table remembers, so that a repeated insert changes nothing: more than the
  /// partitions one insert may touch, or the first of its own parts would be forgotten.
  private static final int DEDUPLICATION_WINDOW = 10_000;

  private static final String QUARANTINE_TTL_DAYS = "30";

  private TableDdl() {}

  /// `CREATE TABLE IF NOT EXISTS` for the rows themselves.
  static String create(
      String database, String table, Schema schema, Engine engine, List<Index> indexes) {
    List<String> columns = new ArrayList<>();
    schema.columns().forEach(column -> columns.add(column(column)));
    return create(database, table, columns, schema, engine, indexes);
  }

  /// The same with the text of each column given.
  static String create(
      String database,
      String table,
      List<String> columnTexts,
      Schema schema,
      Engine engine,
      List<Index> indexes) {
    List<String> items = new ArrayList<>(columnTexts);
    if (engine.kind().hiddenColumns()) {
      items.add(hidden(engine.kind(), SEQ, "UInt64", "0"));
      items.add(hidden(engine.kind(), INGESTED_AT, "DateTime64(6, 'UTC')", "now64(6, 'UTC')"));
      items.add(
          hidden(
              engine.kind(),
              KNOWN_AT,
              Known.COLUMN.type().sql(),
              "fromUnixTimestamp64Micro(" + Known.INGESTION_MICROS + ", 'UTC')"));
    }
    indexes.forEach(index -> items.add(index.sql()));
    return "CREATE TABLE IF NOT EXISTS "
        + Identifiers.quote(database, table)
        + " (\n  "
        + String.join(",\n  ", items)
        + "\n)\nENGINE = "
        + engine(engine, schema)
        + keys(engine, schema);
  }

  /// `CREATE TABLE IF NOT EXISTS` for the rows that did not fit.
  static String createQuarantine(String database, String table, Schema schema) {
    List<String> items = new ArrayList<>();
    items.add("`c__error_column` Array(String)");
    items.add("`c__error` Array(String)");
    items.add("`c__import_id` Nullable(String)");
    schema.columns().forEach(column -> items.add(quarantineColumn(column)));
    items.add("`insertion_date` DateTime('UTC') DEFAULT now('UTC')");
    items.add(hidden(EngineKind.MERGE_TREE, SEQ, "UInt64", "0"));
    items.add(
        hidden(EngineKind.MERGE_TREE, INGESTED_AT, "DateTime64(6, 'UTC')", "now64(6, 'UTC')"));
    return "CREATE TABLE IF NOT EXISTS "
        + Identifiers.quote(database, table)
        + " (\n  "
        + String.join(",\n  ", items)
        + "\n)\nENGINE = MergeTree\nPARTITION BY toYYYYMM(insertion_date)\nORDER BY insertion_date"
        + "\nTTL insertion_date + toIntervalDay("
        + QUARANTINE_TTL_DAYS
        + ")\nSETTINGS "
        + settings(Map.of());
  }

  static String quarantineColumn(Column column) {
    return Identifiers.quote(column.name()) + " Nullable(String)";
  }

  /// A column as CREATE and ALTER have it.
  static String column(Column column) {
    return columnText(column.name(), column.type(), column.defaultExpression(), column.codec());
  }

  static String columnText(
      String name,
      @org.jspecify.annotations.Nullable DataType type,
      @org.jspecify.annotations.Nullable String defaultExpression,
      @org.jspecify.annotations.Nullable String codec) {
    return Identifiers.quote(name)
        + (type == null ? "" : " " + type.sql())
        + (defaultExpression == null ? "" : " DEFAULT " + defaultExpression)
        + (codec == null ? "" : " CODEC(" + codec + ")");
  }

  /// Merged rows of one key keep the newest values where the engine computes on columns.
  private static String hidden(EngineKind kind, String name, String type, String value) {
    boolean computes =
        kind == EngineKind.SUMMING_MERGE_TREE || kind == EngineKind.AGGREGATING_MERGE_TREE;
    return Identifiers.quote(name)
        + " "
        + (computes ? "SimpleAggregateFunction(max, " + type + ")" : type)
        + " MATERIALIZED "
        + value;
  }

  private static String engine(Engine engine, Schema schema) {
    List<String> arguments =
        switch (engine.kind()) {
          case MERGE_TREE, AGGREGATING_MERGE_TREE, NULL, LOG, TINY_LOG -> List.of();
          case REPLACING_MERGE_TREE -> given(engine, EngineKey.VER, EngineKey.IS_DELETED);
          case SUMMING_MERGE_TREE ->
              engine
                  .key(EngineKey.COLUMNS)
                  .map(columns -> List.of(tuple(columns)))
                  .orElse(List.of());
          case COLLAPSING_MERGE_TREE -> given(engine, EngineKey.SIGN);
          case VERSIONED_COLLAPSING_MERGE_TREE -> given(engine, EngineKey.SIGN, EngineKey.VERSION);
          case JOIN -> join(engine, schema);
        };
    return engine.kind().sql()
        + (arguments.isEmpty() ? "" : "(" + String.join(", ", arguments) + ")");
  }

  private static List<String> given(Engine engine, EngineKey... keys) {
    List<String> values = new ArrayList<>();
    for (EngineKey key : keys) {
      engine.key(key).ifPresent(values::add);
    }
    return values;
  }

  private static List<String> join(Engine engine, Schema schema) {
    return List.of(
        engine.key(EngineKey.JOIN_STRICTNESS).orElse("ANY"),
        engine.key(EngineKey.JOIN_TYPE).orElse("LEFT"),
        engine
            .key(EngineKey.KEY_COLUMNS)
            .orElseGet(() -> Identifiers.quote(schema.column(0).name())));
  }

  private static String tuple(String columns) {
    String text = columns.strip();
    return text.startsWith("(") || text.startsWith("tuple(") ? text : "(" + text + ")";
  }

  private static String keys(Engine engine, Schema schema) {
    if (!engine.kind().mergeTree()) {
      return "";
    }
    StringBuilder sql = new StringBuilder();
    engine.key(EngineKey.PARTITION_KEY).ifPresent(key -> sql.append("\nPARTITION BY ").append(key));
    engine
        .key(EngineKey.PRIMARY_KEY)
        .ifPresent(key -> sql.append("\nPRIMARY KEY ").append(list(key)));
    sql.append("\nORDER BY ").append(sortingKey(engine, schema));
    engine.key(EngineKey.SAMPLING_KEY).ifPresent(key -> sql.append("\nSAMPLE BY ").append(key));
    engine.ttl().ifPresent(ttl -> sql.append("\nTTL ").append(ttl));
    Map<String, String> own = new LinkedHashMap<>(engine.settings());
    if (!SortingKey.dimensionsOutside(engine, schema).isEmpty()) {
      own.put(DIMENSIONS_SETTING, "1");
    }
    return sql.append("\nSETTINGS ").append(settings(own)).toString();
  }

  /// The sorting key as SQL, chosen from the columns when the file gives none.
  static String sortingKey(Engine engine, Schema schema) {
    return engine
        .key(EngineKey.SORTING_KEY)
        .map(TableDdl::list)
        .orElseGet(() -> list(SortingKey.chosen(schema)));
  }

  /// A list of expressions as a tuple; one that already is one stays.
  static String list(String key) {
    String text = key.strip();
    if (text.isEmpty()) {
      return "tuple()";
    }
    boolean wrapped =
        (text.startsWith("(") || text.startsWith("tuple(")) && SortingKey.closesAtEnd(text);
    return wrapped ? text : "tuple(" + text + ")";
  }

  private static String settings(Map<String, String> own) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("non_replicated_deduplication_window", Integer.toString(DEDUPLICATION_WINDOW));
    all.put("fsync_after_insert", "1");
    all.put("fsync_part_directory", "1");
    all.put("min_rows_to_fsync_after_merge", "1");
    all.putAll(own);
    return all.entrySet().stream()
        .map(entry -> entry.getKey() + " = " + entry.getValue())
        .collect(Collectors.joining(", "));
  }

  /// The TTL clause for ALTER, or its removal.
  static String alterTtl(Optional<String> ttl) {
    return ttl.map(expression -> "MODIFY TTL " + expression).orElse("REMOVE TTL");
  }
}
