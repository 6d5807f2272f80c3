// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import kinglet.auth.Token;
import kinglet.catalog.CompiledPipe;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.error.ErrorKind;
import kinglet.error.PlatformException;
import kinglet.sql.FunctionRules;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Endpoints and SQL on the real engine.
final class QueriesIT {
  private static final PipeSource PIPES = CompiledPipe::build;

  @TempDir static Path folder;
  private static Shop shop;
  private static Queries queries;
  private static Token admin;

  @BeforeAll
  static void open() {
    shop = new Shop(folder);
    queries = shop.queries(QueryLimits.DEFAULTS);
    admin = shop.token("ADMIN");
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  private static String sql(Token token, String sql) {
    return Shop.read(queries.sql(shop.workspace, token, sql, PIPES, QueryOptions.NONE));
  }

  @Test
  void whatACrashLeftIsRemoved() {
    String left = "w_features_" + "0123456789abcdef".repeat(2);
    shop.engine.execute(Statement.of(Role.ADMIN, "CREATE DATABASE " + left + " ENGINE = Memory"));
    queries.recover();
    assertThat(
            shop.engine.text(
                Statement.of(
                    Role.ADMIN,
                    "SELECT count() FROM system.databases WHERE name = '" + left + "'")))
        .isEqualTo("0");
  }

  private static String endpoint(Token token, String pipe, QueryOptions options) {
    return Shop.read(queries.endpoint(shop.workspace, token, pipe, PIPES, options));
  }

  static List<String> legitimate() throws IOException {
    try (InputStream in = QueriesIT.class.getResourceAsStream("legitimate.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("legitimate")
  void allowsWhatProjectsUse(String text) {
    Token reader =
        shop.token(
            "DATASOURCES:READ:events",
            "DATASOURCES:READ:lookup",
            "PIPES:READ:top_events",
            "PIPES:READ:plain");
    assertThat(sql(reader, text)).isNotEmpty().doesNotContain(Shop.DATABASE, "__seq");
  }

  @Test
  void everyFunctionOfTheEngineIsEitherOfferedOrRefused() {
    List<String> names =
        shop.engine
            .text(
                Statement.of(Role.ADMIN, "SELECT name, is_aggregate FROM system.functions")
                    .withFormat("TSV"))
            .lines()
            .toList();
    Set<String> undecided = new TreeSet<>();
    for (String line : names) {
      String name = line.split("\t")[0];
      if (FunctionRules.allows(name) == FunctionRules.refuses(name)) {
        undecided.add(name);
      }
    }
    assertThat(undecided).isEmpty();
    Set<String> tableFunctions =
        shop.engine
            .text(Statement.of(Role.ADMIN, "SELECT name FROM system.table_functions"))
            .lines()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    tableFunctions.removeIf(name -> !FunctionRules.allows(name));
    assertThat(tableFunctions)
        .as("table functions that are offered functions too")
        .containsOnly("format");
  }

  @Test
  void endpointReadsWhatItsTokenCannot() {
    Token reader = shop.token("PIPES:READ:over_secrets");
    assertThat(endpoint(reader, "over_secrets", QueryOptions.NONE)).contains("\"c\": 1000");
    assertThatThrownBy(() -> sql(reader, "SELECT count() FROM secrets"))
        .isInstanceOfSatisfying(
            PlatformException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.FORBIDDEN))
        .hasMessageContaining("'secrets'");
    assertThat(sql(reader, "SELECT c + 1 AS d FROM over_secrets")).contains("\"d\": 1001");
  }

  @Test
  void quarantineIsReadWithItsDataSource() {
    assertThat(sql(shop.token("DATASOURCES:READ:events"), "SELECT count() FROM events_quarantine"))
        .contains("\"count()\": 0");
  }

  @Test
  void filtersOfScopesHold() {
    Token few = shop.token("DATASOURCES:READ:events:id < 3", "PIPES:READ:top_events:id > 7");
    assertThat(sql(few, "SELECT count() AS c FROM events")).contains("\"c\": 3");
    assertThat(endpoint(few, "top_events", QueryOptions.NONE)).contains("\"rows\": 2");
    assertThat(sql(few, "SELECT count() AS c FROM top_events")).contains("\"c\": 2");
    Token loose = shop.token("DATASOURCES:READ:events:id < 3) OR (1");
    assertThatThrownBy(() -> sql(loose, "SELECT count() AS c FROM events"))
        .isInstanceOf(PlatformException.class);
  }

  @Test
  void unknownPipesAnswerNotFound() {
    for (String name : List.of("nothing", "plain")) {
      assertThatThrownBy(() -> endpoint(admin, name, QueryOptions.NONE))
          .hasMessage("The pipe '" + name + "' does not exist")
          .isInstanceOfSatisfying(
              PlatformException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.NOT_FOUND));
    }
    assertThatThrownBy(() -> endpoint(shop.token("PIPES:READ:plain"), "hidden", QueryOptions.NONE))
        .hasMessageContaining("'hidden'")
        .isInstanceOfSatisfying(
            PlatformException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.FORBIDDEN));
  }

  @Test
  void queriesOverAnEndpointKnowItByTwoNames() {
    assertThat(
            endpoint(
                admin,
                "top_events",
                QueryOptions.NONE.withQ("SELECT _.id FROM _ JOIN top_events USING id LIMIT 2")))
        .contains("\"rows\": 2");
    assertThat(
            Shop.read(
                queries.sql(
                    shop.workspace,
                    admin,
                    "SELECT count() AS c FROM _",
                    PIPES,
                    QueryOptions.NONE.withPipeline("top_events"))))
        .contains("\"c\": 10");
  }

  @ParameterizedTest
  @EnumSource(value = AnswerFormat.class, mode = EnumSource.Mode.EXCLUDE, names = "NATIVE")
  void everyFormatIsWritten(AnswerFormat format) {
    String text =
        "SELECT 'up' AS name, toFloat64(1) AS value FROM events LIMIT 1 FORMAT "
            + format.clickHouseName();
    QueryAnswer answer = queries.sql(shop.workspace, admin, text, PIPES, QueryOptions.NONE);
    assertThat(answer.format()).isEqualTo(format);
    assertThat(Shop.read(answer)).contains("up");
  }

  @Test
  void numbersAreUnquotedUnlessAskedFor() {
    assertThat(endpoint(admin, "top_events", QueryOptions.NONE))
        .contains("\"big\": 18446744073709551615", "\"rows\": 10", "2026-01-01 00:00:00");
    assertThat(
            endpoint(
                admin,
                "top_events",
                QueryOptions.NONE.withSettings(
                    Map.of("output_format_json_quote_64bit_integers", "1"))))
        .contains("\"big\": \"18446744073709551615\"");
    assertThatThrownBy(() ->
            endpoint(
                admin,
                "top_events",
                QueryOptions.NONE.withSettings(Map.of("output_format_schema", "/tmp/x"))))
        .isInstanceOf(PlatformException.class);
  }

  @Test
  void bytesAreThoseOfTheEngine() {
    String direct =
        shop.engine.text(
            Statement.of(Role.READER, "SELECT id, value FROM w_shop.events ORDER BY id")
                .withFormat("CSVWithNames"));
    assertThat(sql(admin, "SELECT id, value FROM events ORDER BY id FORMAT CSVWithNames"))
        .isEqualTo(direct + "\n");
  }

  @Test
  void failuresAreTheEnginesWithoutOurInternals() {
    assertThatThrownBy(() -> endpoint(admin, "broken", QueryOptions.NONE))
        .hasMessageStartingWith("[Error] ")
        .hasMessageContaining("nothing_here")
        .message()
        .doesNotContain(Shop.DATABASE, "__seq", "SELECT");
    assertThatThrownBy(() -> sql(admin, "SELECT FROM WHERE"))
        .isInstanceOfSatisfying(
            PlatformException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
        .hasMessageStartingWith("[Error] ");
    assertThatThrownBy(() -> sql(admin, "SELECT __se FROM events"))
        .message()
        .doesNotContain("__seq");
  }

  @Test
  void explainsWithoutDatabaseNames() {
    Explanation explanation =
        queries.explain(shop.workspace, admin, "top_events", PIPES, QueryOptions.NONE);
    assertThat(explanation.debugQuery()).contains("`events`").doesNotContain(Shop.DATABASE);
    assertThat(explanation.queryExplain()).contains("ReadFromMergeTree").doesNotContain("w_shop");
  }

  @Test
  void limitsHold() {
    Queries quick =
        shop.queries(new QueryLimits(Duration.ofMillis(500), 64 << 20, 10_000, 200, 1, 1));
    assertThatThrownBy(() ->
            Shop.read(quick.endpoint(shop.workspace, admin, "slow", PIPES, QueryOptions.NONE)))
        .isInstanceOfSatisfying(
            PlatformException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.TIMEOUT));
    Queries small =
        shop.queries(new QueryLimits(Duration.ofMinutes(1), 64 << 20, 10_000, 200, 1, 1));
    assertThatThrownBy(() -> sqlOf(small, "SELECT " + "1,".repeat(200) + "1"))
        .isInstanceOfSatisfying(
            PlatformException.class, e -> assertThat(e.code()).isEqualTo(QueryError.SQL_TOO_LONG));
    assertThatThrownBy(() -> sqlOf(small, "SELECT groupArray(number) FROM numbers(100000000)"))
        .isInstanceOfSatisfying(
            PlatformException.class, e -> assertThat(e.code()).isEqualTo(QueryError.QUERY_MEMORY));
    assertThatThrownBy(() -> sqlOf(small, "SELECT number, 'xxxxxxxx' FROM numbers(100000)"))
        .isInstanceOfSatisfying(
            PlatformException.class,
            e -> assertThat(e.code()).isEqualTo(QueryError.RESULT_TOO_LARGE));
    assertThat(sqlOf(small, "SELECT 1 AS one")).contains("\"one\": 1");
  }

  private static String sqlOf(Queries queries, String text) {
    return Shop.read(queries.sql(shop.workspace, admin, text, PIPES, QueryOptions.NONE));
  }

  @Test
  void aWorkspaceRunsOnlySoManyQueriesAtOnce() {
    Queries one =
        shop.queries(new QueryLimits(Duration.ofSeconds(10), 1 << 30, 1 << 20, 8192, 1, 0));
    try (QueryAnswer open = one.sql(shop.workspace, admin, "SELECT 1", PIPES, QueryOptions.NONE)) {
      assertThat(open.format()).isEqualTo(AnswerFormat.JSON);
      assertThatThrownBy(() -> sqlOf(one, "SELECT 1"))
          .isInstanceOfSatisfying(
              PlatformException.class,
              e -> {
                assertThat(e.kind()).isEqualTo(ErrorKind.RATE_LIMITED);
                assertThat(e.details()).containsEntry("retry_after", "1");
              });
    }
    assertThat(sqlOf(one, "SELECT 1 AS one")).contains("\"one\": 1");
  }

  @Test
  void theEnginesParserIsAskedOncePerStructure() {
    String text = "SELECT value FROM events WHERE id IN (%s) AND value = '%s' AND id < 77";
    assertThat(sql(admin, String.format(Locale.ROOT, text, "1, 2", "a"))).isNotEmpty();
    shop.recorded.forget();
    for (int i = 0; i < 20; i++) {
      assertThat(sql(admin, String.format(Locale.ROOT, text, "1, 2, " + i, "b" + i))).isNotEmpty();
    }
    assertThat(shop.recorded.asked()).isZero();
    assertThat(shop.recorded.executed()).isEqualTo(20);
  }
}
