// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import kinglet.auth.Token;
import kinglet.catalog.CompiledPipe;
import kinglet.clickhouse.Answer;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.metrics.Metrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What planning, checking and confirming cost on top of the same SQL sent straight to the engine,
/// over the same client. Values differ from call to call. Run it by name; it prints a table.
final class SqlOverheadBenchmark {
  private static final int WARM_UP = 2_000;
  private static final int CALLS = 1_000;
  private static final String TABLE = "`w_shop`.`events`";
  private static final Map<String, IntFunction<String>> SHAPES = shapes();

  @TempDir Path folder;

  private static Map<String, IntFunction<String>> shapes() {
    Map<String, IntFunction<String>> shapes = new LinkedHashMap<>();
    shapes.put("keyed read", i -> "SELECT id, value, day FROM T WHERE id = " + i % 1000);
    shapes.put(
        "group by",
        i -> "SELECT day, count(), avg(id) FROM T WHERE id > " + i % 500 + " GROUP BY day");
    shapes.put(
        "join",
        i ->
            "SELECT a.id, b.value FROM T AS a JOIN T AS b ON a.id = b.id WHERE a.id = " + i % 1000);
    shapes.put(
        "three levels",
        i ->
            "WITH recent AS (SELECT * FROM T WHERE id > "
                + i % 900
                + ") SELECT day, max(c) FROM (SELECT day, id % 7 AS k, count() AS c FROM recent"
                + " GROUP BY day, k) AS g GROUP BY day ORDER BY day");
    shapes.put(
        "IN with 100 values",
        i -> "SELECT count() FROM T WHERE value IN (" + values(i) + ") AND id < 900");
    return shapes;
  }

  private static String values(int seed) {
    StringBuilder list = new StringBuilder("'events" + seed + "'");
    for (int i = 1; i < 100; i++) {
      list.append(", 'events").append(seed + i).append('\'');
    }
    return list.toString();
  }

  @Test
  void throughThePlatformAndStraight() throws IOException {
    try (Shop shop = new Shop(folder)) {
      Queries queries =
          new Queries(
              shop.catalog,
              shop.engine,
              new NoFeatures(),
              QueryLimits.DEFAULTS,
              QueryLimits.DEFAULTS,
              new Metrics());
      Token token = shop.token("ADMIN");
      StringBuilder table = new StringBuilder();
      for (Map.Entry<String, IntFunction<String>> shape : SHAPES.entrySet()) {
        long[] straight = new long[CALLS];
        long[] platform = new long[CALLS];
        for (int i = -WARM_UP; i < CALLS; i++) {
          String sql = shape.getValue().apply(i + WARM_UP);
          boolean straightFirst = (i & 1) == 0;
          for (int turn = 0; turn < 2; turn++) {
            boolean isStraight = (turn == 0) == straightFirst;
            long start = System.nanoTime();
            if (isStraight) {
              straight(shop, sql.replace(" T ", " " + TABLE + " "));
            } else {
              platform(shop, queries, token, sql.replace(" T ", " events "));
            }
            if (i >= 0) {
              (isStraight ? straight : platform)[i] = System.nanoTime() - start;
            }
          }
        }
        table.append(row(shape.getKey(), median(straight), median(platform)));
      }
      System.out.println(table);
    }
  }

  private static void straight(Shop shop, String sql) throws IOException {
    Statement statement =
        Statement.of(Role.READER, sql)
            .withFormat("JSON")
            .withSettings(
                Map.of(
                    "max_execution_time", "10",
                    "max_memory_usage", Long.toString(2L << 30),
                    "max_result_bytes", Long.toString(100L << 20),
                    "output_format_json_quote_64bit_integers", "0",
                    "output_format_json_quote_denormals", "0"));
    try (Answer answer = shop.engine.query(statement)) {
      assertThat(answer.body().readAllBytes()).isNotEmpty();
    }
  }

  private static void platform(Shop shop, Queries queries, Token token, String sql) {
    PipeSource pipes = CompiledPipe::build;
    assertThat(Shop.read(queries.sql(shop.workspace, token, sql, pipes, QueryOptions.NONE)))
        .isNotEmpty();
  }

  private static double median(long[] nanos) {
    Arrays.sort(nanos);
    return nanos[nanos.length / 2] / 1e6;
  }

  private static String row(String shape, double straight, double platform) {
    return String.format(
        Locale.ROOT,
        "| %s | %.2f | %.2f | %+.1f %% |%n",
        shape,
        straight,
        platform,
        (platform / straight - 1) * 100);
  }
}
