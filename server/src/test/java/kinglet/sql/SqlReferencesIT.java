// SPDX-License-Identifier: Apache-2.0
package kinglet.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.error.PlatformException;
import kinglet.testkit.Seed;
import kinglet.testkit.TestEngine;
import org.junit.jupiter.api.Test;

/// Our reading of a query against that of ClickHouse's own parser and analyzer.
final class SqlReferencesIT {
  private static final int ROUNDS = 400;
  private static final int TABLES = 8;
  private static final String[] ODD = {
    ", 1",
    ", a",
    ", 'x'",
    ", 'it''s'",
    ", '\\''",
    ", '\\\\'",
    ", \"q\"",
    ", `b`",
    ", `b``c`",
    ", $$ h $$",
    ", $t$ $$ ' $t$",
    ", ‘u’",
    ", “u”",
    " − 2",
    " - 2",
    " -- c\n",
    " --c\n",
    "/* c */",
    "/* /* n */ */",
    " # c\n",
    "#!c\n",
    " // c\n",
    "\u00a0",
    "\u3000",
    "\u200b",
    "\ufeff",
    ", 0x1F",
    ", 0b1",
    ", 1_000",
    ", .5",
    ", 5.",
    ", 1e3",
    ", 1.e3",
    ", x'41'",
    ", b'1'",
    ", a.1",
    ", a.1.2",
    ", t.`b`",
    ", a::Int8",
    ", x -> 1",
    " + 1",
    " AS z",
    ", [1, 2][1]",
    ", (1, 2).1",
    "'",
    "\"",
    "`",
    "\\",
    "$",
    "/*",
    "*/",
    "--",
    ", a$b",
    ", 1_a",
    ", 0x",
    ", 1e",
    ", a ? 1 : 2",
    "\f",
    "\u000b",
    "\r\n",
    ", é",
    ", 'é😀'",
    ", \"é\"",
    " FROM t",
    ", x''",
    ", X'4'",
    ", 1 .5",
    ", 1. .5",
    "..",
    ", t.*",
    ", -1",
    "-",
    "->",
    ", 1--1\n"
  };

  private static final Pattern TABLE = Pattern.compile("(?m)^ *TableIdentifier (\\S+)");
  private static final Pattern TABLE_FUNCTION =
      Pattern.compile("(?m)^ *TableExpression .*\\n *Function (\\S+)");

  private final ClickHouse clickHouse = TestEngine.shared().client();

  private static Set<String> matches(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    Set<String> found = new TreeSet<>();
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }

  private static Set<String> tables(SqlReferences references) {
    return Stream.concat(
            references.tables().stream()
                .filter(table -> table.kind() == ReferenceKind.TABLE)
                .map(TableReference::text),
            references.ownTables().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Optional<String> tree(String sql) {
    try {
      return Optional.of(
          clickHouse.text(
              Statement.of(Role.READER, "EXPLAIN AST " + sql).withFormat("TabSeparatedRaw")));
    } catch (PlatformException e) {
      return Optional.empty();
    }
  }

  @Test
  void tablesAreThoseTheEngineFinds() {
    Seed seed = Seed.next();
    int understood = 0;
    for (int round = 0; round < ROUNDS; round++) {
      String sql = new RandomSelect(seed.round(round).random(), TABLES).statement();
      Optional<String> tree = tree(sql);
      if (tree.isPresent()) {
        SqlReferences references = SqlReferences.of(sql);
        assertThat(tables(references))
            .as("%s round %d: %s", seed, round, sql)
            .isEqualTo(matches(TABLE, tree.get()));
        assertThat(
                Set.copyOf(references.tableFunctions().stream().map(FunctionCall::name).toList()))
            .as("%s round %d: %s", seed, round, sql)
            .isEqualTo(matches(TABLE_FUNCTION, tree.get()));
        assertThat(matches(TABLE, tree(Sql.plain(sql)).orElseThrow()))
            .isEqualTo(matches(TABLE, tree.get()));
        understood++;
      }
    }
    assertThat(understood).as("%s", seed).isGreaterThan(ROUNDS / 2);
  }

  /// Texts made of all that is odd in the lexer: what both read, both read in the same way.
  @Test
  void plainTextMeansTheSameToTheEngine() {
    Seed seed = Seed.next();
    int compared = 0;
    for (int round = 0; round < 3_000; round++) {
      RandomGenerator random = seed.round(round).random();
      StringBuilder text = new StringBuilder("SELECT 1");
      int pieces = random.nextInt(7);
      for (int i = 0; i < pieces; i++) {
        text.append(ODD[random.nextInt(ODD.length)]);
      }
      String sql = text.toString();
      Optional<String> plain = plain(sql);
      if (plain.isPresent()) {
        Optional<String> expected = tree(sql);
        if (expected.isPresent()) {
          assertThat(tree(plain.get()))
              .as("%s round %d: %s became %s", seed, round, sql, plain.get())
              .isEqualTo(expected);
          compared++;
        }
      }
    }
    assertThat(compared).as("%s", seed).isGreaterThan(100);
  }

  private static Optional<String> plain(String sql) {
    try {
      return Optional.of(Sql.plain(SqlReferences.of(sql).query()));
    } catch (PlatformException e) {
      return Optional.empty();
    }
  }

  /// Tables and common table expressions share their names here, and each table holds another
  /// value: a name taken for the wrong thing changes the answer.
  @Test
  void replacedTablesGiveTheSameRows() {
    String database = TestEngine.shared().newDatabase();
    for (int i = 0; i < TABLES; i++) {
      String table = database + ".t" + i;
      clickHouse.execute(
          Statement.of(
              Role.ADMIN, "CREATE TABLE " + table + " (c Int64) ENGINE = MergeTree ORDER BY c"));
      clickHouse.execute(Statement.of(Role.ADMIN, "INSERT INTO " + table + " VALUES (" + i + ")"));
    }
    Seed seed = Seed.next();
    int compared = 0;
    for (int round = 0; round < ROUNDS; round++) {
      String sql = new RandomSelect(seed.round(round).random(), TABLES).statement();
      Optional<List<String>> expected = rows(sql, database);
      if (expected.isPresent()) {
        String replaced =
            SqlReferences.of(sql)
                .replaceTables(table -> Optional.of(Sql.quote(database, table.name())));
        assertThat(rows(replaced, "default"))
            .as("%s round %d: %s became %s", seed, round, sql, replaced)
            .contains(expected.get());
        compared++;
      }
    }
    assertThat(compared).as("%s", seed).isGreaterThan(ROUNDS / 3);
  }

  private Optional<List<String>> rows(String sql, String database) {
    try {
      String text =
          clickHouse.text(Statement.of(Role.ADMIN, sql).withSetting("database", database));
      List<String> rows = new ArrayList<>(text.lines().toList());
      rows.sort(null);
      return Optional.of(rows);
    } catch (PlatformException e) {
      return Optional.empty();
    }
  }
}
