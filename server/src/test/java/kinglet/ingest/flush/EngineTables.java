// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.journal.EntryKind;
import kinglet.journal.JournalEntry;
import kinglet.type.Block;
import kinglet.type.BlockCodec;
import kinglet.type.ByteRun;
import kinglet.type.Bytes;
import kinglet.type.Column;
import kinglet.type.Schema;

/// Tables of a data source in a real engine: the table, cascaded materialized views of it, its
/// quarantine.
final class EngineTables {
  static final Schema SCHEMA =
      Schema.of(Column.of("id", "UInt64"), Column.of("part", "UInt16"), Column.of("doc", "JSON"));
  static final Schema QUARANTINE =
      Schema.of(
          Column.of("c__error_column", "Array(String)"),
          Column.of("c__error", "Array(String)"),
          Column.of("id", "Nullable(String)"),
          Column.of("part", "Nullable(String)"),
          Column.of("doc", "Nullable(String)"),
          Column.of("insertion_date", "DateTime"));

  /// A row with this id breaks the constraint of its table.
  static final long REFUSED = 1_000_666;

  /// A row with this id makes the view `strict` throw.
  static final long REFUSED_BY_VIEW = 1_000_777;

  private static final String COLUMNS =
      "id UInt64, part UInt16, doc JSON, `__seq` UInt64 MATERIALIZED 0,"
          + " `__ingested_at` DateTime64(6, 'UTC') MATERIALIZED now64(6)";
  private static final String SETTINGS =
      " SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1,"
          + " fsync_part_directory = 1";

  private final ClickHouse clickHouse;
  private final String database;
  private final String name;

  EngineTables(ClickHouse clickHouse, String database, String name) {
    this.clickHouse = clickHouse;
    this.database = database;
    this.name = name;
  }

  /// Makes them all; `engine` is the table's own, such as `Null` or `MergeTree PARTITION BY part`.
  EngineTables make(String engine) {
    boolean stores = !engine.startsWith("Null");
    String constraint = stores ? ", CONSTRAINT known CHECK id != " + REFUSED : "";
    run(
        "CREATE TABLE %s ("
            + COLUMNS
            + constraint
            + ") ENGINE = "
            + engine
            + (stores ? " ORDER BY id" + SETTINGS : ""),
        name);
    run(
        "CREATE TABLE %s (part UInt16, n UInt64, total UInt64) ENGINE = SummingMergeTree"
            + " ORDER BY part"
            + SETTINGS,
        name + "_sums");
    run(
        "CREATE TABLE %s (n UInt64, total UInt64) ENGINE = SummingMergeTree ORDER BY tuple()"
            + SETTINGS,
        name + "_total");
    run(
        "CREATE TABLE %s (part UInt16, ids AggregateFunction(count), seen"
            + " AggregateFunction(uniqExact, UInt64)) ENGINE = AggregatingMergeTree ORDER BY part"
            + SETTINGS,
        name + "_states");
    view("sums", "sums", "part, count() AS n, sum(id) AS total FROM %s GROUP BY part", name);
    view("total", "total", "sum(n) AS n, sum(total) AS total FROM %s", name + "_sums");
    view(
        "states",
        "states",
        "part, countState() AS ids, uniqExactState(__seq) AS seen FROM %s GROUP BY part",
        name);
    run(
        "CREATE TABLE %s (c__error_column Array(String), c__error Array(String),"
            + " id Nullable(String), part Nullable(String), doc Nullable(String),"
            + " insertion_date DateTime, `__seq` UInt64 MATERIALIZED 0,"
            + " `__ingested_at` DateTime64(6, 'UTC') MATERIALIZED now64(6))"
            + " ENGINE = MergeTree ORDER BY insertion_date"
            + SETTINGS,
        name + "_quarantine");
    return this;
  }

  /// Adds a view that throws for some rows.
  EngineTables withStrictView() {
    run("CREATE TABLE %s (id UInt64) ENGINE = MergeTree ORDER BY id" + SETTINGS, name + "_strict");
    view(
        "strict",
        "strict",
        "id + throwIf(id = " + REFUSED_BY_VIEW + ", 'this view is strict') AS id FROM %s",
        name);
    return this;
  }

  private void view(String view, String to, String select, String from) {
    run(
        "CREATE MATERIALIZED VIEW %s TO "
            + database
            + "."
            + name
            + "_"
            + to
            + " AS SELECT "
            + select.formatted(database + "." + from),
        name + "_view_" + view);
  }

  private void run(String sql, String table) {
    clickHouse.execute(Statement.of(Role.ADMIN, sql.replaceFirst("%s", database + "." + table)));
  }

  FlushTarget target() {
    return new FlushTarget(
        name,
        database,
        name,
        name + "_quarantine",
        true,
        new TreeMap<>(Map.of(1, SCHEMA)),
        new TreeMap<>(Map.of(1, QUARANTINE)));
  }

  /// `rows, distinct sequence numbers, sum of ids` of the table.
  String stored() {
    return ask("count(), uniqExact(__seq), sum(id) FROM %s", name);
  }

  /// The same as far as each view knows it.
  String summed() {
    return ask("sum(n), sum(total) FROM %s", name + "_sums");
  }

  String totalled() {
    return ask("sum(n), sum(total) FROM %s", name + "_total");
  }

  /// Rows and distinct rows by the states.
  String states() {
    return ask("countMerge(ids), uniqExactMerge(seen) FROM %s", name + "_states");
  }

  String quarantined() {
    return ask("count(), uniqExact(__seq) FROM %s", name + "_quarantine");
  }

  String ask(String select, String table) {
    return clickHouse.text(
        Statement.of(Role.ADMIN, "SELECT " + select.formatted(database + "." + table)));
  }

  static JournalEntry rows(long dataSourceId, int partitions, String doc, long... ids) {
    Bytes docs = new Bytes(64);
    ByteBuffer numbers = ByteBuffer.allocate(8 * ids.length).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer parts = ByteBuffer.allocate(2 * ids.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long id : ids) {
      ByteBuffer unused = numbers.putLong(id);
      unused = parts.putShort((short) (id % partitions));
      byte[] text = doc.getBytes(StandardCharsets.UTF_8);
      docs.putString(text, 0, text.length);
    }
    return entry(
        dataSourceId,
        EntryKind.ROWS,
        SCHEMA,
        ids.length,
        numbers.array(),
        parts.array(),
        docs.toArray());
  }

  /// One quarantined row.
  static JournalEntry quarantined(long dataSourceId, String id) {
    Bytes empty = new Bytes(1);
    empty.putVarint(0);
    Bytes text = new Bytes(32);
    byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
    text.putString(bytes, 0, bytes.length);
    byte[] none = empty.toArray();
    byte[] nothing = new byte[0];
    byte[] present = {0};
    byte[] absent = {1};
    return entry(
        dataSourceId,
        EntryKind.QUARANTINE,
        QUARANTINE,
        1,
        none,
        nothing,
        none,
        nothing,
        present,
        text.toArray(),
        absent,
        none,
        absent,
        none,
        new byte[4]);
  }

  private static JournalEntry entry(
      long dataSourceId, EntryKind kind, Schema schema, int rows, byte[]... streams) {
    List<List<ByteRun>> runs =
        java.util.Arrays.stream(streams)
            .map(bytes -> List.of(new ByteRun(bytes, 0, bytes.length)))
            .toList();
    Block block = new Block(schema, rows, new BitSet(), runs);
    return new JournalEntry(dataSourceId, 1, kind, rows, BlockCodec.encode(block));
  }
}
