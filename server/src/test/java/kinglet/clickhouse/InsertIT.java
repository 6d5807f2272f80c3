// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import kinglet.error.PlatformException;
import kinglet.testkit.TestEngine;
import org.junit.jupiter.api.Test;

/// Rows on their way into a real engine.
final class InsertIT {
  private static final TestEngine ENGINE = TestEngine.shared();
  private static final ClickHouse CLICKHOUSE = ENGINE.client();
  private static final int ROWS = 1_000_000;

  private final String database = ENGINE.newDatabase();

  @Test
  void aMillionJsonRowsStream() {
    table("t", "");
    long written =
        CLICKHOUSE.insert(target("t", "JSONEachRow"), InsertBody.writing(InsertIT::writeJson));
    assertThat(written).isEqualTo(ROWS);
    assertComplete();
  }

  private static void writeJson(OutputStream out) throws IOException {
    for (int i = 0; i < ROWS; i++) {
      out.write(("{\"a\":" + i + ",\"s\":\"v" + i + "\"}\n").getBytes(StandardCharsets.US_ASCII));
    }
  }

  @Test
  void aMillionBinaryRowsStream() {
    table("t", "");
    long written =
        CLICKHOUSE.insert(target("t", "RowBinary"), InsertBody.writing(InsertIT::writeRowBinary));
    assertThat(written).isEqualTo(ROWS);
    assertComplete();
  }

  private static void writeRowBinary(OutputStream out) throws IOException {
    ByteBuffer number = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < ROWS; i++) {
      out.write(number.putLong(0, i).array());
      byte[] text = ("v" + i).getBytes(StandardCharsets.US_ASCII);
      out.write(text.length);
      out.write(text);
    }
  }

  @Test
  void aMillionNativeRowsStream() {
    table("t", "");
    long written =
        CLICKHOUSE.insert(target("t", "Native"), InsertBody.writing(InsertIT::writeNative));
    assertThat(written).isEqualTo(ROWS);
    assertComplete();
  }

  private static void writeNative(OutputStream out) throws IOException {
    int blockRows = 50_000;
    for (int start = 0; start < ROWS; start += blockRows) {
      out.write(2);
      writeVarint(out, blockRows);
      writeText(out, "a");
      writeText(out, "Int64");
      ByteBuffer numbers = ByteBuffer.allocate(8 * blockRows).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = start; i < start + blockRows; i++) {
        numbers.putLong(i);
      }
      out.write(numbers.array());
      writeText(out, "s");
      writeText(out, "String");
      for (int i = start; i < start + blockRows; i++) {
        writeText(out, "v" + i);
      }
    }
  }

  private static void writeText(OutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    writeVarint(out, bytes.length);
    out.write(bytes);
  }

  private static void writeVarint(OutputStream out, int value) throws IOException {
    int left = value;
    while (left >= 0x80) {
      out.write(left & 0x7F | 0x80);
      left >>>= 7;
    }
    out.write(left);
  }

  @Test
  void rowsMayComeFromAStreamOrFromValues() {
    table("t", "");
    byte[] rows = "1\tx\n2\ty\n".getBytes(StandardCharsets.US_ASCII);
    assertThat(
            CLICKHOUSE.insert(
                target("t", "TSV"), InsertBody.reading(() -> new ByteArrayInputStream(rows))))
        .isEqualTo(2);
    CLICKHOUSE.execute(
        Statement.of(Role.WRITER, "INSERT INTO " + database + ".t VALUES (3, 'a;b'), (4, ')')"));
    CLICKHOUSE.execute(
        Statement.of(
            Role.WRITER, "INSERT INTO " + database + ".t SELECT number, 'n' FROM numbers(5, 2)"));
    CLICKHOUSE.execute(
        Statement.of(
            Role.WRITER,
            "INSERT INTO " + database + ".t (s, a) FORMAT JSONEachRow\n{\"a\":7,\"s\":\"j\"}"));
    assertThat(text("SELECT groupArray((a, s)) FROM (SELECT * FROM $.t ORDER BY a)"))
        .isEqualTo("[(1,'x'),(2,'y'),(3,'a;b'),(4,')'),(5,'n'),(6,'n'),(7,'j')]");
  }

  @Test
  void aRowThatDoesNotParseFailsTheInsert() {
    table("t", "");
    byte[] rows = "{\"a\":1}\n{\"a\":\"x\"}\n".getBytes(StandardCharsets.US_ASCII);
    assertThatThrownBy(() -> CLICKHOUSE.insert(target("t", "JSONEachRow"), InsertBody.of(rows)))
        .isInstanceOfSatisfying(
            PlatformException.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(ClickHouseError.QUERY_FAILED);
              assertThat(failure.details()).containsEntry("clickhouse_code", "27");
            });
    assertThat(text("SELECT count() FROM $.t")).isEqualTo("0");
  }

  @Test
  void aLongInsertThatFailsEarlySaysWhy() {
    assertThatThrownBy(() ->
            CLICKHOUSE.insert(
                target("nothing", "JSONEachRow"), InsertBody.writing(InsertIT::writeJson)))
        .isInstanceOfSatisfying(
            PlatformException.class,
            failure -> assertThat(failure.details()).containsEntry("clickhouse_code", "60"));
  }

  @Test
  void aWriterThatFailsCommitsNothing() {
    table("t", "");
    assertThatThrownBy(() ->
            CLICKHOUSE.insert(
                target("t", "JSONEachRow"),
                InsertBody.writing(out -> {
                  out.write("{\"a\":1}\n".getBytes(StandardCharsets.US_ASCII));
                  throw new IOException("no more rows");
                })))
        .isInstanceOf(PlatformException.class);
    assertThat(text("SELECT count() FROM $.t")).isEqualTo("0");
    assertThat(
            CLICKHOUSE.insert(
                target("t", "JSONEachRow"),
                InsertBody.of("{\"a\":1}".getBytes(StandardCharsets.US_ASCII))))
        .isEqualTo(1);
  }

  @Test
  void aTokenDeduplicatesThroughCascadedViews() {
    String window = " SETTINGS non_replicated_deduplication_window = 100";
    table("source", window);
    table("middle", window);
    CLICKHOUSE.execute(
        Statement.of(
            Role.ADMIN,
            "CREATE TABLE $.total (n SimpleAggregateFunction(sum, UInt64))".replace("$", database)
                + " ENGINE = AggregatingMergeTree ORDER BY tuple()"
                + window));
    CLICKHOUSE.execute(
        Statement.of(
            Role.ADMIN,
            "CREATE MATERIALIZED VIEW $.v1 TO $.middle AS SELECT a + 1 AS a, s FROM $.source"
                .replace("$", database)));
    CLICKHOUSE.execute(
        Statement.of(
            Role.ADMIN,
            "CREATE MATERIALIZED VIEW $.v2 TO $.total AS SELECT count() AS n FROM $.middle"
                .replace("$", database)));
    byte[] rows = "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n".getBytes(StandardCharsets.US_ASCII);
    InsertTarget first = target("source", "JSONEachRow").withSettings(token("1-1-3"));
    for (int attempt = 0; attempt < 3; attempt++) {
      long unused = CLICKHOUSE.insert(first, InsertBody.of(rows));
    }
    assertThat(
            text(
                "SELECT (SELECT count() FROM $.source), (SELECT count() FROM $.middle),"
                    + " (SELECT sum(n) FROM $.total)"))
        .isEqualTo("3\t3\t3");
    long unused =
        CLICKHOUSE.insert(
            target("source", "JSONEachRow").withSettings(token("1-4-6")), InsertBody.of(rows));
    assertThat(
            text(
                "SELECT (SELECT count() FROM $.source), (SELECT count() FROM $.middle),"
                    + " (SELECT sum(n) FROM $.total)"))
        .isEqualTo("6\t6\t6");
  }

  private static Map<String, String> token(String token) {
    return Map.of(
        "insert_deduplication_token",
        token,
        "deduplicate_blocks_in_dependent_materialized_views",
        "1");
  }

  private void table(String name, String settings) {
    CLICKHOUSE.execute(
        Statement.of(
            Role.ADMIN,
            "CREATE TABLE "
                + database
                + "."
                + name
                + " (a Int64, s String) ENGINE = MergeTree ORDER BY a"
                + settings));
  }

  private InsertTarget target(String table, String format) {
    return InsertTarget.of(database, table, List.of("a", "s"), format);
  }

  private void assertComplete() {
    assertThat(text("SELECT count(), sum(a), countIf(s = concat('v', toString(a))) FROM $.t"))
        .isEqualTo("1000000\t499999500000\t1000000");
  }

  private String text(String sql) {
    return CLICKHOUSE.text(Statement.of(Role.READER, sql.replace("$", database)));
  }
}
