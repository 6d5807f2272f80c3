// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import kinglet.testkit.Seed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// SELECTs of feature views are read as written, or refused with a place.
final class FeatureQueryReaderTest {
  private static final String SHOPPER =
      """
      SELECT
          user_id,
          count()                      OVER last_1h  AS views_1h,
          sumIf(price, kind = 'buy')   OVER last_24h AS spend_24h,
          groupArrayLast(10)(item_id)  OVER last_rows AS recent_items,
          max(ts)                      OVER ever     AS last_seen,
          sum(price) OVER last_24h / nullIf(count() OVER last_24h, 0) AS avg_price,
      FROM shop_events AS e
      LEFT JOIN items AS i ON i.item_id = e.item_id AND upper(e.shop) = i.shop
      LEFT JOIN stock USING (item_id)
      WHERE kind IN ('view', 'buy') -- the others are noise
      WINDOW
          last_1h  AS (PARTITION BY user_id ORDER BY ts RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW EXCLUDE GROUP),
          last_24h AS (PARTITION BY user_id, e.shop ORDER BY e.ts ASC RANGE INTERVAL '24' HOURS PRECEDING),
          last_rows AS (PARTITION BY user_id ORDER BY ts ROWS BETWEEN 9 PRECEDING AND CURRENT ROW),
          `ever`   AS (PARTITION BY user_id ORDER BY ts)
      """;

  @Test
  void readsWhatIsWritten() {
    FeatureQuery query = FeatureQueryReader.read(SHOPPER);
    assertThat(query.items())
        .extracting(FeatureQuery.Item::name)
        .containsExactly(
            "user_id", "views_1h", "spend_24h", "recent_items", "last_seen", "avg_price");
    assertThat(query.source()).isEqualTo("shop_events");
    assertThat(query.alias()).isEqualTo("e");
    assertThat(query.where()).isPresent();
    assertThat(query.lookups())
        .extracting(FeatureQuery.Lookup::view)
        .containsExactly("items", "stock");
    assertThat(query.lookups().getFirst().keys())
        .extracting(FeatureQuery.Key::column)
        .containsExactly("item_id", "shop");
    assertThat(query.windows())
        .extracting(Window::frame)
        .containsExactly(
            new Frame.Range(3_600_000_000L),
            new Frame.Range(86_400_000_000L),
            new Frame.Rows(9),
            new Frame.Unbounded());
    assertThat(query.windows()).extracting(Window::excludesGroup).startsWith(true, false);
    assertThat(query.windows().get(1).partition()).isEqualTo(List.of("user_id", "shop"));
    assertThat(query.windows().get(1).order()).isEqualTo("ts");
    assertThat(query.windows().getFirst().hopMicros()).isEqualTo(Optional.empty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT * FROM t | 7 | one by one",
        "SELECT DISTINCT a FROM t | 7 | leave DISTINCT out",
        "WITH 1 AS x SELECT x FROM t | 0 | WITH is not offered",
        "SELECT count() OVER w FROM t | 7 | Give the column a name",
        "SELECT a, a FROM t | 10 | stands twice",
        "SELECT a FROM (SELECT 1) | 14 | one data source",
        "SELECT a FROM t GROUP BY a | 16 | groups by its ENTITY",
        "SELECT a FROM t ORDER BY a | 16 | belongs to the query that reads",
        "SELECT a FROM t INNER JOIN u ON u.k = a | 16 | LEFT JOIN",
        "SELECT a FROM t LEFT JOIN u ON k > a | 31 | ON compares the keys",
        "SELECT a FROM t WINDOW w AS (PARTITION BY k ORDER BY s RANGE BETWEEN 5 PRECEDING AND CURRENT ROW) | 69 | INTERVAL 1 HOUR PRECEDING",
        "SELECT a FROM t WINDOW w AS (PARTITION BY k ORDER BY s RANGE INTERVAL 1 MONTH PRECEDING) | 72 | INTERVAL 30 DAY",
        "SELECT a FROM t WINDOW w AS (PARTITION BY k ORDER BY s ROWS BETWEEN 1 FOLLOWING AND CURRENT ROW) | 70 | nothing of the future",
        "SELECT a FROM t WINDOW w AS (PARTITION BY k ORDER BY s ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) | 84 | AND CURRENT ROW",
        "SELECT a FROM t WINDOW w AS (PARTITION BY k ORDER BY s DESC) | 55 | leave DESC out",
        "SELECT a FROM t WINDOW w AS (ORDER BY s) | 29 | PARTITION BY",
        "SELECT a FROM t WINDOW w AS (PARTITION BY k ORDER BY s), w AS (PARTITION BY k ORDER BY s) | 57 | stands twice",
        "SELECT a FROM t WINDOW w AS (PARTITION BY k ORDER BY s ROWS 100000 PRECEDING) | 55 | at most 100000",
        "SELECT a FROM t WINDOW w AS (PARTITION BY k ORDER BY s EXCLUDE TIES) | 55 | EXCLUDE GROUP",
      })
  void refusesWithThePlace(String sql, int offset, String reason) {
    assertThatThrownBy(
            () -> {
              FeatureQuery _ = FeatureQueryReader.read(sql);
            })
        .isInstanceOfSatisfying(
            DefinitionProblem.class,
            problem -> {
              assertThat(problem.text()).contains(reason);
              assertThat(problem.offset()).as(problem.text()).isEqualTo(offset);
            });
  }

  @Test
  void mutatedTextsAreReadOrRefused() {
    String pieces = " \n()[],.'\"`*-:;AS OVER WINDOW INTERVAL 1 RANGE";
    Seed seed = Seed.next();
    for (int i = 0; i < 20_000; i++) {
      RandomGenerator random = seed.round(i).random();
      StringBuilder text = new StringBuilder(SHOPPER);
      for (int change = 0; change <= random.nextInt(4); change++) {
        int at = random.nextInt(text.length());
        int end = Math.min(text.length(), at + random.nextInt(12));
        int piece = random.nextInt(pieces.length());
        text.replace(at, end, random.nextBoolean() ? pieces.substring(piece) : "");
      }
      String sql = text.toString();
      try {
        FeatureQuery query = FeatureQueryReader.read(sql);
        assertThat(query.items()).as("%s", seed.round(i)).isNotEmpty();
      } catch (DefinitionProblem problem) {
        assertThat(problem.text()).as("%s", seed.round(i)).isNotBlank();
        assertThat(problem.offset()).as("%s", seed.round(i)).isBetween(0, sql.length());
      }
    }
  }
}
