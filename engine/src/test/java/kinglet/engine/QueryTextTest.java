// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class QueryTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1",
        "  select 1",
        "-- c\nSELECT 1",
        "/* c */ WITH 1 AS x SELECT x",
        "(SELECT 1) UNION ALL (SELECT 2)",
        "FROM t SELECT a",
        "# c\nSELECT 1",
        "#! c\nSELECT 1"
      })
  void selectsAreSeen(String sql) {
    assertThat(of(sql).kind()).isEqualTo(QueryText.Kind.SELECT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "-- only", "EXPLAIN SELECT 1", "CREATE TABLE t (a Int8)"})
  void theRestIsOther(String sql) {
    assertThat(of(sql).kind()).isEqualTo(QueryText.Kind.OTHER);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT 1 FORMAT JSON | JSON",
        "SELECT 1 format JSON; | JSON",
        "SELECT 1 FORMAT JSON SETTINGS a = 1 | JSON",
        "SELECT 1 /* FORMAT CSV */ FORMAT JSON -- FORMAT TSV | JSON",
        "SELECT 'FORMAT CSV' FORMAT JSON | JSON",
        "SELECT (SELECT 1 AS format) FORMAT JSON | JSON",
        "SELECT $tag$ FORMAT CSV $tag$ FORMAT JSON | JSON",
        "SELECT `a\\` FORMAT CSV` FORMAT JSON | JSON"
      })
  void theTrailingFormatIsFound(String sql, String format) {
    assertThat(of(sql).format()).contains(format);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1",
        "SELECT format FROM t",
        "SELECT 1 -- FORMAT JSON",
        "SELECT 'x FORMAT JSON'",
        "SELECT (1 FORMAT JSON)",
        "SELECT \u201cx FORMAT JSON\u201d"
      })
  void noFormatIsInvented(String sql) {
    assertThat(of(sql).format()).isEmpty();
  }

  @Test
  void theFileClauseStandsBeforeTheFormat() {
    assertThat(of("SELECT '\u00fc' FORMAT JSON SETTINGS a = 1;").into("/dev/fd/9", "CSV"))
        .isEqualTo(
            "SELECT '\u00fc' \nINTO OUTFILE '/dev/fd/9' TRUNCATE FORMAT JSON SETTINGS a = 1");
    assertThat(of("SELECT 1 SETTINGS b = 2 -- end").into("/dev/fd/9", "CSV"))
        .isEqualTo("SELECT 1 SETTINGS b = 2\nINTO OUTFILE '/dev/fd/9' TRUNCATE FORMAT CSV");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "INSERT INTO t FORMAT JSONEachRow {1} | JSONEachRow | {1}",
        "insert into t (a, `format`) format CSV 1,2 | CSV | 1,2",
        "INSERT INTO t VALUES (1) | Values | (1)",
        "INSERT INTO t (a) SETTINGS x = 'FORMAT y' FORMAT TSV 1;2 | TSV | 1;2"
      })
  void anInsertEndsWhereItsDataBegins(String sql, String format, String data) {
    QueryText text = of(sql);
    assertThat(text.kind()).isEqualTo(QueryText.Kind.INSERT_DATA);
    assertThat(text.format()).contains(format);
    assertThat(sql.substring(text.dataStart())).isEqualTo(data);
  }

  @Test
  void binaryDataStaysAsItIs() {
    byte[] head = "INSERT INTO t FORMAT RowBinary\n".getBytes(StandardCharsets.UTF_8);
    byte[] all = new byte[head.length + 256];
    System.arraycopy(head, 0, all, 0, head.length);
    for (int i = 0; i < 256; i++) {
      all[head.length + i] = (byte) i;
    }
    QueryText text = QueryText.of(all);
    assertThat(text.head()).isEqualTo("INSERT INTO t ");
    assertThat(text.dataStart()).isEqualTo(head.length);
  }

  @Test
  void anInsertOfAQueryHasNoData() {
    QueryText text = of("INSERT INTO t SELECT a FROM u");
    assertThat(text.kind()).isEqualTo(QueryText.Kind.OTHER);
    assertThat(text.whole()).isEqualTo("INSERT INTO t SELECT a FROM u");
  }

  @Test
  void aSecondStatementIsSeen() {
    assertThat(of("SELECT 1; SELECT 2").several()).isTrue();
    assertThat(of("SELECT ';' ; -- ;").several()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT file('x')",
        "SELECT FILE('x')",
        "SELECT `fi\\x6ce`('x')",
        "SELECT * APPLY file",
        "SELECT 'file'",
        "SELECT * FROM system.one",
        "SELECT * FROM \"System\".x",
        "SELECT * FROM INFORMATION_SCHEMA.tables"
      })
  void suspiciousNamesNeedProof(String sql) {
    assertThat(of(sql).needsProof()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"SELECT profile FROM files", "SELECT systems", "SELECT `a b`"})
  void plainNamesNeedNone(String sql) {
    assertThat(of(sql).needsProof()).isFalse();
  }

  private static QueryText of(String sql) {
    return QueryText.of(sql.getBytes(StandardCharsets.UTF_8));
  }
}
