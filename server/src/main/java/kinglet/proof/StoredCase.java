// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.InsertBody;
import kinglet.clickhouse.InsertTarget;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.feature.row.RowBinaryInput;
import kinglet.type.Bytes;
import kinglet.type.DataType;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;

/// The events and reads of a case as tables of ClickHouse.
///
/// A row of [#events] has its columns, its event time `__m` in microseconds, its sequence number
/// `__q`, that from which on it counts no more `__lost`, and when it came in `__i`. One of [#reads]
/// has its number `__r`, the key with `__` before its columns, the time `__t`, the sequence number
/// `__s` that it has seen, and whether it is `__settled`.
final class StoredCase implements AutoCloseable {
  private static final String DATABASE = "kinglet_proof";
  private static final AtomicLong TABLES = new AtomicLong();
  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  /// Rows come to aggregation in the order of events; expressions are computed as they are written.
  private static final Map<String, String> SETTINGS =
      Map.of(
          "max_threads", "1",
          "aggregate_functions_null_for_empty", "1",
          "optimize_arithmetic_operations_in_aggregate_functions", "0");

  private final ClickHouse clickHouse;
  private final Case made;
  private final String events;
  private final String reads;
  private final String lookups;
  private final String own;

  StoredCase(ClickHouse clickHouse, Case made, History history) {
    this.clickHouse = clickHouse;
    this.made = made;
    long number = TABLES.incrementAndGet();
    this.events = DATABASE + ".events_" + number;
    this.reads = DATABASE + ".reads_" + number;
    this.lookups = DATABASE + ".lookups_" + number;
    this.own = made.joined().isPresent() ? DATABASE + ".own_" + number : events;
    execute("CREATE DATABASE IF NOT EXISTS " + DATABASE);
    store(history);
  }

  String events() {
    return events;
  }

  String reads() {
    return reads;
  }

  /// What a query answers.
  ///
  /// @param types those of all columns but the first
  /// @param values the values of these, by the number in the first
  record Rows(List<DataType> types, Map<Long, List<@Nullable Object>> values) {}

  /// @param sql of which the first column is a UInt64
  Rows query(String sql) {
    Statement statement =
        Statement.of(Role.WRITER, sql + " FORMAT RowBinaryWithNamesAndTypes")
            .withSettings(SETTINGS)
            .withTimeout(TIMEOUT);
    try (kinglet.clickhouse.Answer answer = clickHouse.query(statement);
        InputStream in = answer.body()) {
      return read(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Rows read(InputStream in) throws IOException {
    int count = varint(in);
    List<String> names = texts(in, count);
    List<DataType> types = texts(in, count).stream().map(DataType::parse).toList();
    List<DataType> valueTypes = types.subList(1, names.size());
    RowBinaryInput rows = new RowBinaryInput(in);
    Map<Long, List<@Nullable Object>> values = new HashMap<>();
    Slot slot = new Slot();
    while (rows.hasNext()) {
      long number = rows.whole(Long.BYTES);
      List<@Nullable Object> row = new ArrayList<>();
      for (DataType type : valueTypes) {
        rows.read(type, slot);
        row.add(Values.of(type, slot));
      }
      values.put(number, row);
    }
    return new Rows(valueTypes, values);
  }

  @Override
  public void close() {
    execute("DROP TABLE IF EXISTS " + events);
    execute("DROP TABLE IF EXISTS " + reads);
    execute("DROP TABLE IF EXISTS " + lookups);
    execute("DROP TABLE IF EXISTS " + own);
  }

  private void execute(String sql) {
    clickHouse.execute(Statement.of(Role.ADMIN, sql));
  }

  private void store(History history) {
    create(own, made.ownFields());
    Bytes rows = new Bytes(1 << 16);
    made.events().stream()
        .sorted(Comparator.comparingLong(Event::micros).thenComparingLong(Event::seq))
        .forEach(event ->
            write(
                event,
                made.ownFields(),
                !made.counts(event) ? Long.MAX_VALUE : history.lostSeq(event),
                rows));
    insert(own, rows);
    made.joined().ifPresent(this::join);
    String keys =
        made.entity().stream()
            .map(field -> "__" + field.name() + " " + field.type().sql() + ", ")
            .collect(Collectors.joining());
    execute(
        "CREATE TABLE "
            + reads
            + " ("
            + keys
            + "__t Int64, __s UInt64, __r UInt64, __settled UInt8) ENGINE = Memory");
    rows.clear();
    for (int i = 0; i < made.reads().size(); i++) {
      Read read = made.reads().get(i);
      for (int column = 0; column < made.entity().size(); column++) {
        DataType type = made.entity().get(column).type();
        Values.write(type, made.keys().get(read.key()).get(column), rows);
      }
      rows.putLong(read.micros());
      rows.putLong(read.seenSeq());
      rows.putLong(i);
      rows.putByte(history.isSettled(made, read) ? 1 : 0);
    }
    insert(reads, rows);
  }

  /// A row has its event time, its number, from which on it counts no more, and when it came in.
  private void create(String table, List<Field> fields) {
    String columns =
        fields.stream()
            .map(field -> field.name() + " " + field.type().sql() + ", ")
            .collect(Collectors.joining());
    execute(
        "CREATE TABLE "
            + table
            + " ("
            + columns
            + "__m Int64, __q UInt64, __lost UInt64, __i Int64) ENGINE = Memory");
  }

  private static void write(Event event, List<Field> fields, long lostSeq, Bytes rows) {
    for (int i = 0; i < fields.size(); i++) {
      Values.write(fields.get(i).type(), event.values().get(i), rows);
    }
    rows.putLong(event.micros());
    rows.putLong(event.seq());
    rows.putLong(lostSeq);
    rows.putLong(event.ingestedMicros());
  }

  /// Gives each event what it looks up.
  private void join(Joined joined) {
    create(events, made.fields());
    create(lookups, joined.fields());
    Bytes rows = new Bytes(1 << 16);
    joined.events().forEach(event -> write(event, joined.fields(), 0, rows));
    insert(lookups, rows);
    String columns =
        joined.columns().stream().map(Term::sql).collect(Collectors.joining(", ", "tuple(", ")"));
    String found =
        "SELECT o.__q AS __found, argMax(__columns, (l.__m, l.__q)) AS __values FROM "
            + own
            + " AS o INNER JOIN (SELECT "
            + columns
            + " AS __columns, lk, __m, __q FROM "
            + lookups
            + ") AS l ON o."
            + made.fields().get(joined.on()).name()
            + " = l.lk WHERE l.__q < o.__q AND l.__m <= o.__i GROUP BY o.__q";
    String values =
        IntStream.rangeClosed(1, joined.columns().size())
            .mapToObj(i -> ", if(__found = 0, NULL, __values." + i + ")")
            .collect(Collectors.joining());
    String names =
        made.ownFields().stream()
            .map(field -> "o." + field.name())
            .collect(Collectors.joining(", "));
    execute(
        "INSERT INTO "
            + events
            + " SELECT "
            + names
            + values
            + ", o.__m, o.__q, o.__lost, o.__i FROM "
            + own
            + " AS o LEFT JOIN ("
            + found
            + ") AS f ON o.__q = f.__found ORDER BY o.__m, o.__q");
  }

  private void insert(String table, Bytes rows) {
    if (rows.size() > 0) {
      long unused =
          clickHouse.insert(
              InsertTarget.of(
                  DATABASE, table.substring(DATABASE.length() + 1), List.of(), "RowBinary"),
              InsertBody.of(rows.toArray()));
    }
  }

  private static List<String> texts(InputStream in, int count) throws IOException {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      texts.add(new String(in.readNBytes(varint(in)), StandardCharsets.UTF_8));
    }
    return texts;
  }

  private static int varint(InputStream in) throws IOException {
    int value = 0;
    for (int shift = 0; shift < Integer.SIZE; shift += 7) {
      int next = in.read();
      value |= (next & 0x7F) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw new IOException("a length of more than five bytes");
  }
}
