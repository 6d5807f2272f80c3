// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import kinglet.error.PlatformException;
import kinglet.sql.Sql;
import kinglet.sql.SqlError;
import kinglet.sql.Token;
import kinglet.sql.TokenKind;
import kinglet.testkit.Seed;
import org.junit.jupiter.api.Test;

/// Whatever a value is, the SQL has the same tokens as with a harmless one.
final class TemplateInjectionTest {
  private static final int ROUNDS = 50_000;
  private static final List<String> TEMPLATES =
      List.of(
          "%SELECT {{x}}, 1",
          "%SELECT a FROM t WHERE b = {{String(x)}} AND c = 1",
          "%SELECT a WHERE b={{String(x)}}AND c",
          "%SELECT a{{String(x)}}b",
          "%SELECT x{{String(x)}}, b{{x}}, 'p'{{x}}'s', `p`{{x}}, \"p\"{{x}}",
          "%SELECT {{x}}{{x}}",
          "%SELECT {{column(x, 'c')}}, `p`{{symbol(x)}}`s`",
          "%SELECT {{column(x)}}{{column(x)}}",
          "%SELECT * FROM {{table(x)}} WHERE 1",
          "%SELECT {{symbol(x)}}.{{Symbol(x)}}",
          "%SELECT has([1], {{sql_unescape(x, '%\\'\\\\')}}) -- end",
          "%SELECT {{sql_and(a=x, b__gt=x)}}",
          "%SELECT 1 -- {{x}}\n, 2",
          "%SELECT 1 # {{x}}\n, 2",
          "%SELECT 1 /* {{x}} */, 2",
          "%SELECT '{{x}}', 2",
          "%SELECT '%{{String(x)}}%', 2",
          "%SELECT '{{column(x)}}', 2",
          "%SELECT \"{{x}}\", 2",
          "%SELECT `{{x}}`, 2",
          "%SELECT ‘{{x}}’, “{{x}}”, 2",
          "%SELECT ‘{{Int(x)}}’, “{{Int(x)}}”, 2",
          "%SELECT 1 // it's\n, '{{x}}' // '{{x}}",
          "%SELECT 1 /**/* '{{x}}'",
          "%SELECT a$t${{x}}$t$",
          "%SELECT 1$t${{x}}$t$",
          "%SELECT $t$t${{x}}$t$",
          "%SELECT /* /* */ {{x}} */ 1, {{x}}",
          "%SELECT /*/ {{x}} */ 1, '{{x}}",
          "%SELECT $tag${{x}}$tag$, 2",
          "%SELECT ${{x}}$, 2",
          "%SELECT 1 -{{Int(x)}} -1",
          "%SELECT -{{Int32(x)}}, --{{x}}\n 3",
          "%SELECT {{Float64(x)}}, {{Boolean(x)}}, {{Date(x)}}, {{DateTime64(x)}}",
          "%SELECT {{x.split(',')[0]}}, {{x + 'a'}}, {{x.upper()}}",
          "%SELECT {{JSON(x)}}",
          "%{{backend_hint(x)}}SELECT 1",
          "%SELECT {{columns(x.replace(',', ''), 'a', fn='sum')}}",
          "%SELECT /{{x}}/, *{{x}}*, ({{x}})");

  private static final List<String> PIECES =
      List.of(
          "'",
          "\"",
          "`",
          "\\",
          "--",
          "/*",
          "*/",
          "#",
          ";",
          "\n",
          "\0",
          "\r",
          "$",
          "$tag$",
          "$$",
          ",",
          "(",
          ")",
          "{",
          "}",
          "{{",
          "}}",
          "{%",
          "%}",
          "%",
          "_",
          "’",
          "‘",
          "”",
          "“",
          "é",
          "😀",
          "\uD800",
          "\u2028",
          "\u00a0",
          " ",
          "OR 1=1",
          "UNION ALL SELECT",
          "x",
          "0",
          "-1",
          "-",
          ".",
          "\\'",
          "''",
          "\\\\",
          "\t",
          "\u0001",
          "\u007f",
          "FORMAT",
          "1e9",
          "nan",
          "true",
          "2020-01-01",
          "{a:String}");

  /// Harmless values, one of each kind a template may ask for.
  private static final List<String> TWINS =
      List.of(
          "harmless", "\"text\"", "true", "1", "-1", "a.a", "a.a.a", "2020-01-01", "1.5", "-1.5");

  @Test
  void valuesNeverChangeTheTokens() {
    Seed seed = Seed.next();
    RandomGenerator random = seed.random();
    int rendered = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Template template = Template.parse(TEMPLATES.get(random.nextInt(TEMPLATES.size())));
      String value = value(random);
      Optional<String> sql = sql(template, value);
      Optional<List<String>> shape = sql.flatMap(TemplateInjectionTest::shape);
      if (shape.isEmpty()) {
        continue;
      }
      rendered++;
      // Of a number the harmless twin has the same sign, since a minus is a token of its own.
      boolean same =
          TWINS.stream()
              .map(twin -> sql(template, twin).flatMap(TemplateInjectionTest::shape))
              .anyMatch(shape::equals);
      boolean parts = value.contains(".") || value.contains("{") || value.contains("nan");
      assertThat(same || parts && noneOpen(sql.get()))
          .as("%s: <%s> in %s", seed, value, sql.get())
          .isTrue();
    }
    assertThat(rendered).isGreaterThan(ROUNDS / 5);
  }

  /// Every function, method and operator that can write a value, in a place of its own.
  private static List<String> expressions() {
    List<String> all = new ArrayList<>();
    for (TemplateFunction function : TemplateFunction.values()) {
      all.addAll(calls(function));
    }
    for (String method : TextMethods.NAMES) {
      all.addAll(
          List.of(
              "x." + method + "()",
              "x." + method + "(x)",
              "x." + method + "('a', x)",
              "x." + method + "(3)",
              "'a,b'." + method + "(x)",
              "'{} {0[0]} {n}'." + method + "(x, n=x)"));
    }
    all.addAll(
        List.of(
            "x",
            "x + x",
            "x * 3",
            "'a%sb' % x",
            "'%(k)r' % {'k': x}",
            "'%-9.3s' % x",
            "'{!r:>9}'.format(x)",
            "x[0]",
            "x[1:]",
            "x[::-1]",
            "[x, x]",
            "(x, 1)",
            "{x: x}",
            "[y for y in x]",
            "x or 'a'",
            "x if x else 'b'",
            "x in 'abc'",
            "x < 'b'",
            "JSON(x).get('a')",
            "JSON(x)['a'][0]"));
    return all;
  }

  private static List<String> calls(TemplateFunction function) {
    return switch (function) {
      case TYPED ->
          ParameterType.BY_NAME.keySet().stream()
              .flatMap(name -> Stream.of(name + "(x)", name + "(y, x)"))
              .toList();
      case ARRAY ->
          ParameterType.BY_NAME.keySet().stream()
              .flatMap(name -> Stream.of("Array(x, '" + name + "')", "Array(y, x, '1')"))
              .toList();
      case COLUMNS -> List.of("columns(x, 'a', fn='sum')", "columns(x)", "columns('a', 'a', fn=x)");
      case SQL_AND, SQL_OR ->
          function.names().stream()
              .map(name -> name + "(a=x, b__gt=x, c__in=Array(x), d__not_in=x.split('a'))")
              .toList();
      case SQL_UNESCAPE ->
          List.of("sql_unescape(x, '%_')", "sql_unescape(x, x)", "sql_unescape(x, '\\'\\\\')");
      case SPLIT_TO_ARRAY ->
          List.of("split_to_array(x, separator='a')", "split_to_array('a', x, x)");
      case SECRET -> List.of("tb_secret(x, 'd')", "tb_secret('a', x)");
      case DAY_DIFF,
          DATE_DIFF_IN_DAYS,
          DATE_DIFF_IN_HOURS,
          DATE_DIFF_IN_MINUTES,
          DATE_DIFF_IN_SECONDS ->
          List.of(function.names().getFirst() + "(x, '2020-01-01')");
      case ERROR, CUSTOM_ERROR -> List.of();
      case BOOLEAN,
          JSON,
          COLUMN,
          SYMBOL,
          TABLE,
          DEFINED,
          ENUMERATE_WITH_LAST,
          MAX_THREADS,
          BACKEND_HINT,
          CACHE_TTL,
          ACTIVATE,
          DISABLE,
          LEN,
          SUM,
          MIN,
          MAX,
          ABS,
          ROUND,
          RANGE,
          ENUMERATE,
          ZIP,
          SORTED,
          REVERSED,
          ANY,
          ALL,
          STR,
          INT,
          FLOAT,
          LIST,
          SET,
          TUPLE,
          DICT ->
          function.names().stream()
              .flatMap(name -> Stream.of(name + "(x)", name + "(y, x)", name + "([x, x])"))
              .toList();
    };
  }

  @Test
  void noFunctionLetsAValueOut() {
    Seed seed = Seed.next();
    RandomGenerator random = seed.random();
    Map<String, Integer> rendered = new HashMap<>();
    for (String expression : expressions()) {
      Optional<Template> template = parsed("%SELECT 1, {{" + expression + "}} , 2 FROM t");
      if (template.isEmpty()) {
        continue;
      }
      Set<String> words = new HashSet<>(Set.of("SELECT", "FROM", "t", "true", "false", "NULL"));
      words.addAll(Set.of("inf", "nan"));
      for (String twin : TWINS) {
        sql(template.get(), twin).ifPresent(sql -> words.addAll(words(sql)));
      }
      for (int round = 0; round < 60; round++) {
        String value = value(random);
        sql(template.get(), value)
            .ifPresent(sql -> {
              rendered.merge(expression, 1, Integer::sum);
              if (expression.contains("fn=x") || expression.contains("secret(x")) {
                // Words a template may let its caller choose: names of functions and secrets.
                assertThat(value).matches("\\w+");
                words.add(value);
              }
              List<String> tokens = shape(sql).orElseThrow(() -> new AssertionError(sql));
              assertThat(tokens.subList(0, 3))
                  .as("%s: <%s> in %s", seed, value, sql)
                  .containsExactly("SELECT", "NUMBER", ",");
              assertThat(tokens.subList(tokens.size() - 4, tokens.size()))
                  .as("%s: <%s> in %s", seed, value, sql)
                  .containsExactly(",", "NUMBER", "FROM", "t");
              assertThat(words).as("%s: <%s> in %s", seed, value, sql).containsAll(words(sql));
              assertThat(tokens.subList(3, tokens.size() - 4))
                  .as("%s: <%s> in %s", seed, value, sql)
                  .allMatch(token -> words.contains(token) || HARMLESS.contains(token));
            });
      }
    }
    assertThat(rendered).hasSizeGreaterThan(180);
  }

  /// What values may be made of, besides the words of the template.
  private static final Set<String> HARMLESS =
      Set.of(
          "STRING",
          "NUMBER",
          "QUOTED_NAME",
          "[",
          "]",
          "(",
          ")",
          ",",
          ".",
          "-",
          "=",
          ">",
          "{",
          ":",
          "}");

  private static List<String> words(String sql) {
    return Sql.lex(sql).stream()
        .filter(token -> token.kind() == TokenKind.WORD)
        .map(token -> sql.substring(token.start(), token.end()))
        .toList();
  }

  private static Optional<Template> parsed(String text) {
    try {
      return Optional.of(Template.parse(text));
    } catch (PlatformException e) {
      assertThat(e.code()).isInstanceOf(TemplateError.class);
      return Optional.empty();
    }
  }

  /// Values whose structure shows, such as names with more dots, add names and literals alone.
  private static boolean noneOpen(String sql) {
    return Sql.lex(sql).stream()
        .noneMatch(token ->
            sql.substring(token.start(), token.end()).contains("UNION")
                && token.kind() == TokenKind.WORD);
  }

  private static String value(RandomGenerator random) {
    StringBuilder value = new StringBuilder();
    int pieces = 1 + random.nextInt(6);
    for (int i = 0; i < pieces; i++) {
      value.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    return value.toString();
  }

  private static Optional<String> sql(Template template, String value) {
    try {
      Map<String, List<String>> values = new HashMap<>();
      values.put("x", List.of(value));
      return Optional.of(template.render(Arguments.of(values), RenderMode.RENDER).sql());
    } catch (PlatformException e) {
      assertThat(e.code()).isInstanceOf(TemplateError.class);
      return Optional.empty();
    }
  }

  /// The kinds of the tokens, with the texts of those that are neither names nor literals; nothing
  /// if the text is refused.
  private static Optional<List<String>> shape(String sql) {
    List<Token> tokens;
    try {
      tokens = Sql.lex(sql);
    } catch (PlatformException e) {
      assertThat(e.code()).isInstanceOf(SqlError.class);
      return Optional.empty();
    }
    List<String> shape = new ArrayList<>();
    for (Token token : tokens) {
      switch (token.kind()) {
        case SPACE, COMMENT -> {}
        case STRING, NUMBER, QUOTED_NAME, HEREDOC -> shape.add(token.kind().name());
        default -> shape.add(sql.substring(token.start(), token.end()));
      }
    }
    return Optional.of(shape);
  }
}
