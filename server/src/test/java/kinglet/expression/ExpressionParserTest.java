// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import kinglet.error.PlatformException;
import kinglet.sql.Sql;
import kinglet.sql.SqlError;
import kinglet.sql.Token;
import kinglet.testkit.Seed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is read, what is refused, and where.
final class ExpressionParserTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '#',
      value = {
        "a + b * c ~ a + (b * c)",
        "a - b - c ~ (a - b) - c",
        "-a.1 ~ negate(tupleElement(a, 1))",
        "NOT a = b AND c ~ (NOT (a = b)) AND c",
        "a AND b AND c OR d ~ (a AND b AND c) OR d",
        "x BETWEEN 1 AND 2 AND y ~ ((x >= 1) AND (x <= 2)) AND y",
        "x NOT BETWEEN 1 AND 2 ~ (x < 1) OR (x > 2)",
        "a IN (1, 2) ~ a IN (1, 2)",
        "a ? b : c ? d : e ~ if(a, b, if(c, d, e))",
        "t.x[1] ~ arrayElement(t.x, 1)",
        "a::Array(Nullable(Int8)) ~ CAST(a, 'Array(Nullable(Int8))')",
        "INTERVAL 1 HOUR ~ toIntervalHour(1)",
        "INTERVAL '3 days' ~ toIntervalDay(3)",
        "quantile(0.9)(x) OVER w ~ quantile(0.9)(x) OVER w",
        "count(*) OVER w ~ count(*) OVER w",
        "uniqExact(DISTINCT x) ~ uniqExact(DISTINCT x)",
        "(x, y) -> x + y ~ (x, y) -> x + y",
        "x -> x ~ (x) -> x",
        "CASE WHEN a THEN 1 END ~ multiIf(a, 1, NULL)",
        "CASE a WHEN 1 THEN 2 ELSE 3 END ~ caseWithExpression(a, 1, 2, 3)",
        "a || b || 'c' ~ a || b || 'c'",
        "`a b`.`from` ~ `a b`.`from`",
        "dateDiff(DAY, a, b) ~ dateDiff('day', a, b)",
        "'a\\x41\\n' ~ 'aA\\n'"
      })
  void saysWhatItRead(String text, String expected) {
    String sql = ExpressionParser.parse(text).sql();
    assertThat(sql).isEqualTo(expected);
    assertThat(ExpressionParser.parse(sql).sql()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '#',
      value = {
        "a + ~ 3 ~ 3 ~ Expected an expression, but the text ends",
        "a + ) ~ 4 ~ 5 ~ Expected an expression, but found ')'",
        "f(a b) ~ 4 ~ 5 ~ Expected ',' or ')', but found 'b'",
        "a b ~ 2 ~ 3 ~ Expected an operator or the end, but found 'b'",
        "f(*) ~ 2 ~ 3 ~ '*' stands only in count(*)",
        "a IS 5 ~ 5 ~ 6 ~ Expected NULL or DISTINCT FROM after IS, but found '5'",
        "a BETWEEN 1 ~ 11 ~ 11 ~ Expected AND and the upper bound of BETWEEN, but the text ends",
        "CASE a END ~ 7 ~ 10 ~ Expected WHEN, but found 'END'",
        "INTERVAL 1 x ~ 11 ~ 12 ~ Expected a unit such as HOUR after the number of INTERVAL, but found 'x'",
        "(SELECT 1) ~ 1 ~ 7 ~ A query inside an expression is not possible here",
        "sum(x) OVER (a) ~ 12 ~ 13 ~ Expected the name of a window after OVER, which the clause WINDOW defines, but found '('",
        "{p:Int8} ~ 0 ~ 1 ~ A query parameter in braces has no value here: write the value itself",
        "(x, 1) -> x ~ 4 ~ 5 ~ Before -> stand the names of its parameters",
        "'\\xFF' ~ 0 ~ 6 ~ The string is not UTF-8: make its bytes with unhex('...')"
      })
  void saysWhatIsWrongAndWhere(String text, int start, int end, String message) {
    PlatformException failure =
        catchThrowableOfType(PlatformException.class, () -> ExpressionParser.parse(text));
    assertThat(failure).hasMessage(message);
    assertThat(failure.code()).isEqualTo(ExpressionError.EXPRESSION_SYNTAX);
    assertThat(SourceRange.of(failure)).contains(new SourceRange(start, end));
  }

  @Test
  void stopsWhereTheExpressionEnds() {
    String sql = "SELECT a + 1 AS x, sum(b) OVER w y FROM t";
    List<Token> tokens = Sql.lex(sql).stream().filter(t -> t.kind().significant()).toList();
    ExpressionParser parser = new ExpressionParser(sql, tokens);
    assertThat(parser.parseAt(1).sql()).isEqualTo("a + 1");
    assertThat(tokens.get(parser.position()).text(sql)).isEqualTo("AS");
    assertThat(parser.parseAt(parser.position() + 3).sql()).isEqualTo("sum(b) OVER w");
    assertThat(tokens.get(parser.position()).text(sql)).isEqualTo("y");
  }

  @Test
  void limitsDepthAndSize() {
    for (String text :
        List.of(
            "(".repeat(150) + "a" + ")".repeat(150),
            "-".repeat(3).replace("-", "- ").repeat(100) + "a",
            "NOT ".repeat(1_000) + "a",
            "a ? ".repeat(200) + "b" + " : c".repeat(200),
            "x -> ".repeat(500) + "x",
            "a" + " + a".repeat(10_000))) {
      PlatformException failure =
          catchThrowableOfType(PlatformException.class, () -> ExpressionParser.parse(text));
      assertThat(failure.code()).isEqualTo(ExpressionError.EXPRESSION_TOO_COMPLEX);
    }
  }

  @Test
  void brokenTextsAreRefusedWithAPlace() {
    Seed seed = Seed.next();
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      String text = new RandomText(seed.round(round).random()).broken();
      try {
        String sql = ExpressionParser.parse(text).sql();
        assertThat(ExpressionParser.parse(sql).sql()).as("%s: %s", seed, text).isEqualTo(sql);
      } catch (PlatformException failure) {
        refused++;
        if (!(failure.code() instanceof SqlError)) {
          assertThat(SourceRange.of(failure)).as("%s: %s", seed, text).isPresent();
        }
      }
    }
    assertThat(refused).isBetween(5_000, 19_000);
  }
}
