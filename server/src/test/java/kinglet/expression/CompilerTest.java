// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import kinglet.error.PlatformException;
import kinglet.expression.Columns.Column;
import kinglet.type.DataType;
import kinglet.value.Slot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What does not compile, where it is wrong, and what a row gives.
final class CompilerTest {
  private static final Columns COLUMNS =
      new Columns(
          List.of(
              new Column("price", DataType.parse("Int32")),
              new Column("kind", DataType.parse("String")),
              new Column("tags", DataType.parse("Array(String)")),
              new Column(Optional.of("stock"), "amount", DataType.parse("UInt8")),
              new Column("__time", DataType.parse("DateTime64(6)"))));

  private static Compiled compile(String sql) {
    return Compiler.in(ZoneId.of("UTC")).compile(ExpressionParser.parse(sql), COLUMNS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '#',
      value = {
        "prise + 1 ~ 0 ~ 5 ~ UNKNOWN_COLUMN ~ There is no column 'prise'. Did you mean 'price'?",
        "1 + lenght(kind) ~ 4 ~ 16 ~ UNKNOWN_FUNCTION ~ Features have no function 'lenght'; a materialized view may use all functions of ClickHouse. Did you mean 'length'?",
        "price + kind ~ 8 ~ 12 ~ WRONG_ARGUMENT ~ plus takes a number as the second argument, not String",
        "length(price) ~ 7 ~ 12 ~ WRONG_ARGUMENT ~ length takes a text, an array or a map as the first argument, not Int32",
        "length() ~ 0 ~ 8 ~ WRONG_ARGUMENT ~ length takes 1 arguments, not 0",
        "if(price > 1, kind, price) ~ 0 ~ 26 ~ WRONG_ARGUMENT ~ if has no common type for String, Int32: convert one with CAST",
        "kind IN ('a', price) ~ 8 ~ 20 ~ WRONG_ARGUMENT ~ IN takes constants: write has(array, x) for an array",
        "toDate(kind) = '2026-99-01' ~ 15 ~ 27 ~ WRONG_ARGUMENT ~ '2026-99-01' is no Date",
        "dateDiff('day', toDate(price), toDate(price), 'Foo/Bar') ~ 46 ~ 55 ~ WRONG_ARGUMENT ~ There is no time zone 'Foo/Bar'",
        "match(kind, '(') ~ 12 ~ 15 ~ WRONG_ARGUMENT ~ The pattern is wrong: missing closing )",
        "tags[0] ~ 5 ~ 6 ~ WRONG_ARGUMENT ~ Elements are counted from 1, or from the end with -1",
        "map(price, kind)[1.5] ~ 17 ~ 20 ~ WRONG_ARGUMENT ~ arrayElement takes an integer as the second argument, not Float64",
        "arrayMap(x -> yyy, tags) ~ 14 ~ 17 ~ UNKNOWN_COLUMN ~ There is no column 'yyy'",
        "CAST(price AS Foo) ~ 14 ~ 17 ~ WRONG_ARGUMENT ~ The type 'Foo' is not valid: unknown type 'Foo' at character 4",
        "now() ~ 0 ~ 5 ~ WRONG_ARGUMENT ~ now has no meaning here: use the event's time",
        "length(kind) OVER w ~ 0 ~ 19 ~ WRONG_ARGUMENT ~ length is no aggregation: it takes no OVER, DISTINCT or parameters",
        "other.amount ~ 0 ~ 12 ~ UNKNOWN_COLUMN ~ There is no column 'other.amount'"
      })
  void saysWhatIsWrongAndWhere(String sql, int start, int end, String code, String message) {
    PlatformException failure = catchThrowableOfType(PlatformException.class, () -> compile(sql));
    assertThat(failure).hasMessage(message);
    assertThat(failure.code()).isEqualTo(ExpressionError.valueOf(code));
    assertThat(SourceRange.of(failure)).contains(new SourceRange(start, end));
  }

  @Test
  void foldsConstants() {
    assertThat(compile("1 + 2 * 3").constant().orElseThrow().whole()).isEqualTo(7);
    assertThat(compile("price + 2 * 3").constant()).isEmpty();
  }

  @Test
  void replacesNothingByAnEmptyPattern() {
    for (String function : List.of("replaceRegexpAll", "replaceRegexpOne")) {
      assertThat(compile(function + "('year', '', '-')").constant().orElseThrow().text())
          .isEqualTo("year");
    }
  }

  @Test
  void readsTheTimeOfTheRow() {
    Compiler compiler =
        new Compiler(
            ZoneId.of("UTC"), Optional.of(new Expression.Name(Optional.empty(), "__time", 0, 0)));
    Compiled compiled = compiler.compile(ExpressionParser.parse("toHour(now())"), COLUMNS);
    Slot out = new Slot();
    compiled
        .evaluator()
        .evaluate((column, into) -> into.setWhole(column == 4 ? 7_200_000_000L : 0), out);
    assertThat(out.whole()).isEqualTo(2);
  }

  @Test
  void givesNullWhereClickHouseFails() {
    for (String sql : List.of("intDiv(price, 0)", "price % 0", "toInt32(kind)", "toDate(kind)")) {
      Slot out = new Slot();
      compile(sql)
          .evaluator()
          .evaluate(
              (column, into) -> {
                if (column == 1) {
                  into.setText("x");
                } else {
                  into.setWhole(1);
                }
              },
              out);
      assertThat(out.isNull()).as(sql).isTrue();
    }
  }
}
