// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import kinglet.catalog.DataSource;
import kinglet.catalog.Engine;
import kinglet.catalog.EngineKey;
import kinglet.catalog.Identifiers;
import kinglet.catalog.Index;
import kinglet.type.Column;
import kinglet.type.DataType;
import kinglet.type.Schema;
import org.jspecify.annotations.Nullable;

/// What turns a table into another one in place: statements, their undoing, and what follows the
/// switch; or the reason why it cannot be done in place.
///
/// Each statement may be repeated without harm.
final class Alteration {
  private final DataSource before;
  private final Schema schema;
  private final Engine engine;
  private final List<Index> indexes;
  private final String table;
  private final String quarantine;
  private final List<String> apply = new ArrayList<>();
  private final List<String> undo = new ArrayList<>();
  private final List<String> after = new ArrayList<>();
  private final List<String> removedColumns = new ArrayList<>();
  private boolean rewrites;
  private @Nullable String obstacle;

  private Alteration(DataSource before, Schema schema, Engine engine, List<Index> indexes) {
    this.before = before;
    this.schema = schema;
    this.engine = engine;
    this.indexes = indexes;
    this.table = "ALTER TABLE " + before.sqlName() + " ";
    this.quarantine =
        "ALTER TABLE " + Identifiers.quote(before.database(), before.quarantineTable()) + " ";
  }

  static Alteration of(DataSource before, Schema schema, Engine engine, List<Index> indexes) {
    Alteration alteration = new Alteration(before, schema, engine, indexes);
    alteration.compare();
    return alteration;
  }

  /// Why the table must be made anew, if it must.
  Optional<String> obstacle() {
    return Optional.ofNullable(obstacle);
  }

  List<String> apply() {
    return apply;
  }

  /// In the order of [#apply]; to be run backwards.
  List<String> undo() {
    return undo;
  }

  List<String> after() {
    return after;
  }

  /// What is done to the table of the rows, as SQL over the data source's name.
  List<String> operations() {
    return Stream.concat(apply.stream(), after.stream())
        .filter(statement -> statement.startsWith(table))
        .map(statement ->
            "ALTER TABLE "
                + Identifiers.quote(before.name())
                + " "
                + statement.substring(table.length()))
        .toList();
  }

  List<String> removedColumns() {
    return removedColumns;
  }

  /// Whether values of rows that are there are written anew.
  boolean rewrites() {
    return rewrites;
  }

  boolean isEmpty() {
    return obstacle == null && apply.isEmpty() && after.isEmpty();
  }

  private void compare() {
    keys();
    if (obstacle == null) {
      settings();
      dimensions();
      columns();
      indexes();
      ttl();
    }
    boolean differs = !apply.isEmpty() || !after.isEmpty();
    if (differs && obstacle == null && !before.engine().kind().mergeTree()) {
      obstacle = "a table of engine " + before.engine().kind().sql() + " cannot be altered";
    }
  }

  private void keys() {
    if (before.engine().kind() != engine.kind()) {
      obstacle =
          "ENGINE changes from " + before.engine().kind().sql() + " to " + engine.kind().sql();
      return;
    }
    for (EngineKey key : EngineKey.values()) {
      if (key != EngineKey.TTL
          && !value(before.engine(), before.schema(), key).equals(value(engine, schema, key))) {
        obstacle = key.instruction() + " changes";
        return;
      }
    }
  }

  private static String value(Engine engine, Schema schema, EngineKey key) {
    String value =
        key == EngineKey.SORTING_KEY && engine.kind().mergeTree()
            ? TableDdl.sortingKey(engine, schema)
            : engine.key(key).orElse("");
    return value.replaceAll("[\\s`]+", "");
  }

  private void settings() {
    Map<String, String> old = before.engine().settings();
    Set<String> names = new TreeSet<>(old.keySet());
    names.addAll(engine.settings().keySet());
    for (String name : names) {
      @Nullable String from = old.get(name);
      @Nullable String to = engine.settings().get(name);
      if (Objects.equals(from, to)) {
        continue;
      }
      if (name.startsWith("index_granularity")) {
        obstacle = "the setting " + name + " changes";
        return;
      }
      add(setting(name, to), setting(name, from));
    }
  }

  /// A table that gets its first such column must allow it first.
  private void dimensions() {
    boolean was = !SortingKey.dimensionsOutside(before.engine(), before.schema()).isEmpty();
    boolean is = !SortingKey.dimensionsOutside(engine, schema).isEmpty();
    if (is && !was) {
      add(setting(TableDdl.DIMENSIONS_SETTING, "1"), setting(TableDdl.DIMENSIONS_SETTING, null));
    }
  }

  private String setting(String name, @Nullable String value) {
    return table
        + (value == null ? "RESET SETTING " + name : "MODIFY SETTING " + name + " = " + value);
  }

  private void columns() {
    Map<String, Column> old = byName(before.schema());
    Map<String, Column> fresh = byName(schema);
    Set<String> keyColumns = SortingKey.columns(before.engine(), before.schema());
    for (Column column : before.schema().columns()) {
      if (!fresh.containsKey(column.name())) {
        removedColumns.add(column.name());
        after.add(table + "DROP COLUMN IF EXISTS " + Identifiers.quote(column.name()));
      }
    }
    String previous = "";
    for (Column column : schema.columns()) {
      Column was = old.get(column.name());
      if (was == null) {
        added(column, previous);
      } else {
        changed(was, column, keyColumns.contains(column.name()));
      }
      previous = column.name();
    }
    if (obstacle == null) {
      order(old, fresh);
    }
  }

  private void added(Column column, String previous) {
    String name = Identifiers.quote(column.name());
    String where = previous.isEmpty() ? " FIRST" : " AFTER " + Identifiers.quote(previous);
    add(
        table + "ADD COLUMN IF NOT EXISTS " + TableDdl.column(column) + where,
        table + "DROP COLUMN IF EXISTS " + name);
    add(
        quarantine + "ADD COLUMN IF NOT EXISTS " + TableDdl.quarantineColumn(column),
        quarantine + "DROP COLUMN IF EXISTS " + name);
  }

  private void changed(Column was, Column column, boolean key) {
    boolean sameType = was.type().sql().equals(column.type().sql());
    if (!sameType && (key || !widens(was.type(), column.type()))) {
      obstacle =
          "the column '"
              + column.name()
              + "' changes from "
              + was.type().sql()
              + " to "
              + column.type().sql();
      return;
    }
    rewrites |= !sameType;
    boolean sameDefault = Objects.equals(was.defaultExpression(), column.defaultExpression());
    boolean sameCodec = Objects.equals(was.codec(), column.codec());
    if (sameType && sameDefault && sameCodec) {
      return;
    }
    add(modify(column), modify(was));
    remove(was.defaultExpression(), column.defaultExpression(), column.name(), "DEFAULT");
    remove(was.codec(), column.codec(), column.name(), "CODEC");
  }

  private static boolean widens(DataType from, DataType to) {
    boolean aggregates =
        from instanceof DataType.SimpleAggregateFunction
            || to instanceof DataType.SimpleAggregateFunction;
    return !aggregates && TypeFit.holds(from, to);
  }

  private String modify(Column column) {
    return table + "MODIFY COLUMN " + TableDdl.column(column);
  }

  /// A property that is gone needs a statement of its own: a MODIFY without it leaves it.
  private void remove(@Nullable String was, @Nullable String is, String column, String property) {
    String statement = table + "MODIFY COLUMN " + Identifiers.quote(column) + " REMOVE " + property;
    if (was != null && is == null) {
      apply.add(statement);
    } else if (was == null && is != null) {
      undo.add(statement);
    }
  }

  /// Puts the columns that stay into the order of the file.
  private void order(Map<String, Column> old, Map<String, Column> fresh) {
    List<String> was =
        before.schema().columns().stream().map(Column::name).filter(fresh::containsKey).toList();
    List<String> is = schema.columns().stream().map(Column::name).filter(old::containsKey).toList();
    if (was.equals(is)) {
      return;
    }
    String previous = "";
    for (Column column : schema.columns()) {
      apply.add(modify(column) + (previous.isEmpty() ? " FIRST" : after(previous)));
      previous = column.name();
    }
    List<String> back = new ArrayList<>();
    previous = "";
    for (Column column : before.schema().columns()) {
      back.add(modify(column) + (previous.isEmpty() ? " FIRST" : after(previous)));
      previous = column.name();
    }
    undo.addAll(back.reversed());
  }

  private static String after(String column) {
    return " AFTER " + Identifiers.quote(column);
  }

  private void indexes() {
    Map<String, Index> old = new LinkedHashMap<>();
    before.indexes().forEach(index -> old.put(index.name(), index));
    Map<String, Index> fresh = new LinkedHashMap<>();
    indexes.forEach(index -> fresh.put(index.name(), index));
    for (Index index : before.indexes()) {
      if (!index.equals(fresh.get(index.name()))) {
        add(dropIndex(index), addIndex(index));
      }
    }
    for (Index index : indexes) {
      if (!index.equals(old.get(index.name()))) {
        add(addIndex(index), dropIndex(index));
      }
    }
  }

  private String addIndex(Index index) {
    return table + "ADD " + index.sql().replaceFirst("^INDEX ", "INDEX IF NOT EXISTS ");
  }

  private String dropIndex(Index index) {
    return table + "DROP INDEX IF EXISTS " + Identifiers.quote(index.name());
  }

  private void ttl() {
    Optional<String> was = before.engine().ttl();
    Optional<String> is = engine.ttl();
    if (!was.equals(is)) {
      add(table + TableDdl.alterTtl(is), table + TableDdl.alterTtl(was));
    }
  }

  private void add(String statement, String undoing) {
    apply.add(statement);
    undo.add(undoing);
  }

  private static Map<String, Column> byName(Schema schema) {
    Map<String, Column> columns = new HashMap<>();
    schema.columns().forEach(column -> columns.put(column.name(), column));
    return columns;
  }
}
