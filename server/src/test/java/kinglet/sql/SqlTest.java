// SPDX-License-Identifier: Apache-2.0
package kinglet.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import kinglet.error.PlatformException;
import org.junit.jupiter.api.Test;

final class SqlTest {
  private static final String[] PIECES = {
    "'",
    "\\",
    "\"",
    "`",
    "--",
    "\n",
    "/*",
    "*/",
    "$",
    "$a$",
    "a",
    "1",
    ".",
    "0x",
    "e",
    "_",
    "x'",
    " ",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ";",
    ",",
    ":",
    "::",
    "->",
    "‘",
    "’",
    "“",
    "”",
    "−",
    "\u00a0",
    "é",
    "😀",
    "#",
    "!",
    "=",
    "<",
    ">",
    "|",
    "SELECT",
    "FROM",
    "IN",
    "WITH",
    "AS",
    "JOIN",
    "t",
    "UNION",
    "ALL",
    "EXCEPT",
    "FORMAT",
    "SETTINGS",
    "joinGet",
    "APPLY",
    "EXPLAIN",
    "\0"
  };

  private static List<TokenKind> kinds(String sql) {
    return Sql.lex(sql).stream().map(Token::kind).filter(TokenKind::significant).toList();
  }

  @Test
  void cutsNumbersAndNamesAsClickHouseDoes() {
    assertThat(kinds("1_000 0x1F 0b11 1e5 5. 1.e3 0x1p3"))
        .hasSize(7)
        .containsOnly(TokenKind.NUMBER);
    assertThat(kinds("+.5")).containsExactly(TokenKind.OPERATOR, TokenKind.NUMBER);
    assertThat(kinds("1_a a$b _x")).hasSize(3).containsOnly(TokenKind.WORD);
    assertThat(kinds("a.1.2"))
        .containsExactly(
            TokenKind.WORD, TokenKind.DOT, TokenKind.NUMBER, TokenKind.DOT, TokenKind.NUMBER);
  }

  @Test
  void plainTextHasOneReading() {
    assertThat(Sql.plain("SELECT 1 -- x\n+ /* a */2")).isEqualTo("SELECT 1     \n+        2");
    assertThat(Sql.plain("SELECT $t$it's\n$t$, ‘a’, “b”, 1\u00a0− 2"))
        .isEqualTo("SELECT  'it\\'s\\n' ,  'a' ,  `b` , 1  -  2");
    assertThat(Sql.plain("SELECT 'a''b', `c`")).isEqualTo("SELECT 'a''b', `c`");
  }

  @Test
  void anExponentHasDigits() {
    assertThat(Sql.plain("SELECT 1, 1e---`, 1").strip()).isEqualTo("SELECT 1, 1e");
    assertThat(Sql.plain("SELECT 1e-5, 1e+5, 1E5")).isEqualTo("SELECT 1e-5, 1e+5, 1E5");
  }

  @Test
  void namesAndLiteralsAreQuoted() {
    assertThat(Sql.quote("a`b\\c")).isEqualTo("`a\\`b\\\\c`");
    assertThat(Sql.literal("it's \0")).isEqualTo("'it\\'s \\0'");
    String sql = Sql.quote("a`b\\c");
    assertThat(Sql.name(sql, Sql.lex(sql).getFirst())).isEqualTo("a`b\\c");
  }

  @Test
  void anyTextEndsInTokensOrARefusal() {
    long seed = Long.getLong("test.seed", 7);
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    int understood = 0;
    for (int round = 0; round < 200_000; round++) {
      StringBuilder text = new StringBuilder(random.nextInt(4) == 0 ? "SELECT * FROM t " : "");
      int pieces = random.nextInt(12);
      for (int i = 0; i < pieces; i++) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
        if (random.nextInt(3) == 0) {
          text.append(' ');
        }
      }
      understood += checkOne(text.toString(), seed, round) ? 1 : 0;
    }
    assertThat(understood).as("seed %d", seed).isGreaterThan(100);
  }

  private static boolean checkOne(String sql, long seed, int round) {
    try {
      StringBuilder joined = new StringBuilder();
      for (Token token : Sql.lex(sql)) {
        joined.append(token.text(sql));
      }
      assertThat(joined).as("seed %d round %d", seed, round).hasToString(sql);
      String plain = Sql.plain(sql);
      assertThat(Sql.plain(plain)).isEqualTo(plain);
      SqlReferences references = SqlReferences.of(sql);
      SqlReferences again = SqlReferences.of(plain);
      assertThat(again.tables().stream().map(TableReference::text))
          .as("seed %d round %d: %s", seed, round, sql)
          .containsExactlyElementsOf(
              references.tables().stream().map(TableReference::text).toList());
      return true;
    } catch (PlatformException expected) {
      assertThat(expected.code()).isInstanceOf(SqlError.class);
      return false;
    }
  }
}
