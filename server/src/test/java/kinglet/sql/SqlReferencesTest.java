// SPDX-License-Identifier: Apache-2.0
package kinglet.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import kinglet.error.PlatformException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SqlReferencesTest {
  private static List<String> tables(String sql) {
    return SqlReferences.of(sql).tables().stream().map(TableReference::text).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "SELECT 1 |",
        "SELECT a FROM t | t",
        "select a from t as x, u y join v on x.a = v.a, (select 1 from w) z | t,u,v,w",
        "SELECT a FROM db.t | db.t",
        "SELECT a FROM `db` . \"t\" | db.t",
        "SELECT a FROM/* c /* d */ e */t -- f | t",
        "WITH c AS (SELECT 1 FROM t) SELECT * FROM c, u | t,u",
        "WITH t AS (SELECT 1 FROM t) SELECT * FROM t | t",
        "WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT 2 FROM r) SELECT * FROM r |",
        "WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a |",
        "WITH c AS (SELECT 1) SELECT * FROM c UNION ALL SELECT * FROM c UNION ALL SELECT 1 FROM d|d",
        "(WITH z AS (SELECT 1 AS x) SELECT * FROM z) UNION ALL (SELECT * FROM z)|",
        "SELECT * FROM (WITH z AS (SELECT 1 AS x) SELECT * FROM z) a, z | z",
        "WITH (SELECT max(x) FROM t) AS m SELECT a IN m FROM u | t,u",
        "WITH 1 AS c SELECT * FROM c | c",
        "SELECT a IN t, b NOT IN (u), c GLOBAL IN ((v)), d IN (w, x), e IN (SELECT 1 FROM y) | t,u,v,y",
        "SELECT (SELECT 1 FROM a), EXISTS(SELECT 1 FROM b), x = ANY (SELECT 1 FROM c) | a,b,c",
        "SELECT * FROM t LEFT ARRAY JOIN arr AS a, brr LEFT JOIN u USING a, b | t,u",
        "SELECT * FROM t FINAL SAMPLE 1/10 OFFSET 1/2 WHERE 1 | t",
        "SELECT * FROM t GLOBAL ANY LEFT JOIN u USING (x), v | t,u,v",
        "SELECT * FROM (a JOIN b ON 1), c | a,b,c",
        "SELECT a IS DISTINCT FROM b FROM t JOIN u ON x IS NOT DISTINCT FROM y | t,u",
        "SELECT extract(YEAR FROM d), trim(BOTH 'x' FROM s), substring(s FROM 2 FOR 1) FROM t | t",
        "SELECT format, settings FROM t WHERE settings = 1 ORDER BY format DESC | t",
        "SELECT limit FROM t | t",
        "SELECT * EXCEPT (a, b), * EXCEPT c, t.* REPLACE (x AS y) FROM t | t",
        "SELECT 1 FROM t EXCEPT SELECT 2 FROM u INTERSECT (SELECT 3 FROM v) | t,u,v",
        "SELECT * FROM numbers(10) n, t | t",
        "SELECT joinGet('j', 'a', 1), joinGet(`d`.k, 'a', 1) | j,d.k",
        "SELECT 'FROM x', `FROM y`, $$ FROM z $$, ‘FROM w’ FROM t | t",
        "SELECT count() OVER w FROM t WINDOW w AS (PARTITION BY (SELECT 1 FROM u)) | t,u",
        "SELECT sum(a) FILTER (WHERE b IN u) FROM t | u,t",
        "SELECT CAST(a AS Decimal(10, 2)), a::Array(String) FROM t | t",
        "SELECT left(a, 1), any(b) FROM t WHERE right(a, 1) = 'x' | t",
        "FROM t SELECT a WHERE b IN (FROM u SELECT c) | t,u",
        "SELECT a FROM t SETTINGS max_threads = 1 | t",
        "SELECT * APPLY(x -> x IN u) FROM t | u,t",
        "SELECT ((SELECT 1 FROM a) UNION ALL (SELECT 2 FROM b)), ((SELECT 3 FROM c), 4) | a,b,c",
        "SELECT position('a' IN b.c) FROM t | t",
        "SELECT x, from FROM t | t",
        "SELECT t.from, t.where FROM t JOIN u ON t.on = u.join | t,u",
        "SELECT arr[1] IN (a.b.c) FROM t | t",
      })
  void findsTables(String sql, String expected) {
    assertThat(tables(sql)).containsExactly(expected == null ? new String[0] : expected.split(","));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ";",
        "INSERT INTO t SELECT 1",
        "SELECT 1; SELECT 2",
        "SELECT 1 INTO OUTFILE 'x'",
        "SELECT 1 PARALLEL WITH SELECT 2",
        "EXPLAIN CURRENT TRANSACTION",
        "EXPLAIN TABLE OVERRIDE mysql('x') PARTITION BY x",
        "EXPLAIN INSERT INTO t SELECT 1",
        "WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x",
        "SELECT * FROM (EXPLAIN SELECT 1)",
        "SELECT * FROM (VALUES (1))",
        "SELECT * FROM {t:Identifier}",
        "SELECT * FROM t UUID '00000000-0000-0000-0000-000000000001'",
        "SELECT * FROM t STREAM",
        "SELECT * FROM a.b.c",
        "SELECT joinGet(concat('a', 'b'), 'c', 1)",
        "SELECT 'x",
        "SELECT `x",
        "SELECT /* x",
        "SELECT (1",
        "SELECT 1)",
        "SELECT 'a\0b'",
        "SELECT 1\0",
        "SELECT @@version",
        "SELECT 1 \\G",
        "SELECT 1 #x",
        "SELECT ‘a\\’",
        "DESCRIBE TABLE t",
        "SHOW TABLES",
        "SET a = 1",
        "TABLE t",
      })
  void refuses(String sql) {
    assertThatThrownBy(() -> SqlReferences.of(sql)).isInstanceOf(PlatformException.class);
  }

  @Test
  void nestsOnlySoDeep() {
    String deep = "SELECT " + "(".repeat(100_000) + "1" + ")".repeat(100_000);
    assertThatThrownBy(() -> SqlReferences.of(deep)).hasMessageContaining("nests deeper");
    String selects = "SELECT * FROM " + "(SELECT * FROM ".repeat(150) + "t" + ")".repeat(150);
    assertThat(tables(selects)).containsExactly("t");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "SELECT a FROM t | SELECT a FROM `d`.`t`",
        "SELECT a FROM t AS x, `t` | SELECT a FROM `d`.`t` AS x, `d`.`t`",
        "SELECT p.a FROM p | SELECT p.a FROM (SELECT 1) AS `p`",
        "SELECT p.a FROM p FINAL | SELECT p.a FROM (SELECT 1) AS `p` FINAL",
        "SELECT a FROM p x | SELECT a FROM (SELECT 1) x",
        "SELECT a IN (p), b IN t | SELECT a IN ((SELECT 1)), b IN `d`.`t`",
        "SELECT joinGet('t', 'a', 1) | SELECT joinGet('d.t', 'a', 1)",
        "SELECT 1 FROM other FORMAT JSON ; | SELECT 1 FROM other",
        "EXPLAIN SELECT 1 FROM t -- c | SELECT 1 FROM `d`.`t`",
        "SELECT 1 FORMAT JSON SETTINGS max_threads = 2 | SELECT 1 SETTINGS max_threads = 2",
      })
  void replacesTables(String sql, String expected) {
    String replaced =
        SqlReferences.of(sql)
            .replaceTables(table ->
                switch (table.name()) {
                  case "t" -> Optional.of("`d`.`t`");
                  case "p" -> Optional.of("(SELECT 1)");
                  default -> Optional.empty();
                });
    assertThat(replaced).isEqualTo(expected);
  }

  @Test
  void tellsWhatElseAQueryNames() {
    SqlReferences references =
        SqlReferences.of(
            "SELECT f(a), * APPLY(toString), * APPLY sum, {p:Array(String)} FROM numbers(1) "
                + "SETTINGS max_threads = 1, join_use_nulls = 'x' FORMAT CSV;");
    assertThat(references.functions())
        .extracting(FunctionCall::name)
        .containsExactly("f", "toString", "sum");
    assertThat(references.tableFunctions())
        .extracting(FunctionCall::name)
        .containsExactly("numbers");
    assertThat(references.settings())
        .extracting(SettingAssignment::name)
        .containsExactly("max_threads", "join_use_nulls");
    assertThat(references.parameters())
        .containsExactly(new QueryParameter("p", "Array(String)", 45));
    assertThat(references.format()).contains("CSV");
    assertThat(references.mentions("a")).isTrue();
    assertThat(references.mentions("b")).isFalse();
  }

  @Test
  void settingsCanBeTakenOut() {
    SqlReferences references =
        SqlReferences.of("SELECT * FROM (SELECT 1 SETTINGS a = 'x') SETTINGS b = -1, c = 2");
    assertThat(references.settings())
        .extracting(one -> one.name() + one.value())
        .containsExactly("ax", "b-1", "c2");
    assertThat(references.withoutSettings().strip())
        .isEqualTo("SELECT * FROM (SELECT 1" + " ".repeat(17) + ")");
  }

  @Test
  void explainsKeepTheirPrefix() {
    SqlReferences references = SqlReferences.of("EXPLAIN PLAN indexes = 1, header = 0 SELECT 1");
    assertThat(references.statement())
        .isInstanceOfSatisfying(
            StatementKind.Explain.class,
            explain -> {
              assertThat(explain.prefix()).isEqualTo("EXPLAIN PLAN indexes = 1, header = 0");
              assertThat(explain.settings()).hasSize(2);
            });
    assertThat(references.query()).isEqualTo("SELECT 1");
  }
}
