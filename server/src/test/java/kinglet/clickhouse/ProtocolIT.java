// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import kinglet.error.PlatformException;
import kinglet.testkit.TestEngine;
import kinglet.testkit.Waiting;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Queries, their answers and their failures, through the client and a real engine.
final class ProtocolIT {
  private static final TestEngine ENGINE = TestEngine.shared();
  private static final ClickHouse CLICKHOUSE = ENGINE.client();

  @Test
  void answersInTheWantedFormat() throws IOException {
    try (Answer answer = CLICKHOUSE.query(reader("SELECT 1 AS x").withFormat("JSONEachRow"))) {
      assertThat(new String(answer.body().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("{\"x\":1}\n");
      assertThat(answer.format()).isEqualTo("JSONEachRow");
      assertThat(answer.summary().readRows()).isEqualTo(1);
      assertThat(answer.summary().resultRows()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1 FORMAT JSONEachRow",
        "SELECT 1 FORMAT JSONEachRow SETTINGS max_threads = DEFAULT",
        "select 1 format JSONEachRow ;",
        "SELECT 1 /* FORMAT CSV */ FORMAT JSONEachRow -- FORMAT CSV",
        "WITH 1 AS format SELECT 1 FORMAT JSONEachRow",
        "(SELECT 1) FORMAT JSONEachRow",
        "FROM system.one SELECT 1 FORMAT JSONEachRow",
        "SELECT 1 UNION DISTINCT SELECT 1 FORMAT JSONEachRow"
      })
  void aFormatInTheTextWins(String sql) {
    assertThat(CLICKHOUSE.text(reader(sql).withFormat("CSV"))).startsWith("{").endsWith("1}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "EXPLAIN SELECT 1",
        "EXPLAIN AST SELECT 1",
        "DESCRIBE (SELECT 1 AS x)",
        "EXISTS TABLE default.nothing"
      })
  void statementsBesideSelectAnswerToo(String sql) {
    assertThat(CLICKHOUSE.text(reader(sql))).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "plain",
        "tab\there\nnewline\r 'quote' \"double\" `back` \\ back\\slash \0 \b \f",
        "\u00fc\u4e2d\ud83d\ude00\u2028",
        "\\N",
        "NULL",
        "'; DROP TABLE x; --",
        "%2B+&=?#"
      })
  void parametersArriveAsTheyAre(String value) {
    assertThat(CLICKHOUSE.text(reader("SELECT hex({p:String})").withParameters(Map.of("p", value))))
        .isEqualToIgnoringCase(HexFormat.of().formatHex(value.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void parametersOfOtherTypesAreRead() {
    assertThat(
            CLICKHOUSE.text(
                reader("SELECT {a:Array(String)}[2], {n:Int64} + 1, {d:Date}")
                    .withParameters(
                        Map.of("a", "['x','it\\'s\ta']", "n", "-5", "d", "2026-02-03"))))
        .isEqualTo("it\\'s\\ta\t-4\t2026-02-03");
  }

  @Test
  void oneDocumentComesOutOfManyBlocks() throws IOException {
    try (Answer answer =
        CLICKHOUSE.query(reader("SELECT number FROM numbers(300000)").withFormat("JSONCompact"))) {
      String text = new String(answer.body().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(text.split("\"meta\"", -1)).hasSize(2);
      assertThat(text.stripTrailing()).startsWith("{").endsWith("}");
      assertThat(text).contains("\"rows\": 300000").contains("[299999]");
    }
  }

  @Test
  void aBigResultStreamsInBoundedMemory() throws IOException {
    byte[] buffer = new byte[1 << 16];
    long size = 0;
    // Other tests share the engine: what counts is what this answer adds, the heap included.
    long before = memoryOfEngine();
    long memoryMax = before;
    try (Answer answer =
            CLICKHOUSE.query(
                reader("SELECT repeat('x', 1000) FROM numbers(3000000)").withFormat("TSV"));
        InputStream body = answer.body()) {
      for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
        if (size / 100_000_000 != (size + count) / 100_000_000) {
          memoryMax = Math.max(memoryMax, memoryOfEngine());
        }
        size += count;
      }
    }
    assertThat(size).isEqualTo(3_000_000L * 1001);
    assertThat(memoryMax - before).isLessThan(size / 3);
  }

  /// Resident bytes of the engine process, 0 where the platform does not tell.
  private static long memoryOfEngine() throws IOException {
    Path status = Path.of("/proc/" + ENGINE.supervisor().pid() + "/status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElse(0);
  }

  @Test
  void aResultIsThereBeforeTheQueryIsOver() throws IOException {
    Statement endless =
        reader("SELECT number, repeat('x', 100) AS left_early FROM numbers(100000000000)")
            .withFormat("CSV");
    try (Answer answer = CLICKHOUSE.query(endless)) {
      assertThat(answer.body().readNBytes(1_000_000)).hasSize(1_000_000);
    }
    Waiting.until(() -> running("left_early").equals("0"), Duration.ofSeconds(10));
  }

  @Test
  void settingsHoldForOneStatementOnly() {
    String sql = "SELECT getSetting('max_result_rows'), getSetting('max_threads')";
    String before = CLICKHOUSE.text(reader(sql));
    for (int i = 0; i < 20; i++) {
      String changed =
          CLICKHOUSE.text(
              reader(sql).withSettings(Map.of("max_result_rows", "1" + i, "max_threads", "3")));
      assertThat(changed).isEqualTo("1" + i + "\t3");
      assertThat(CLICKHOUSE.text(reader(sql))).isEqualTo(before);
    }
  }

  @Test
  void settingsOfAnAdminDoNotLeakEither() {
    String sql = "SELECT getSetting('max_insert_threads')";
    Statement admin = Statement.of(Role.ADMIN, sql);
    String before = CLICKHOUSE.text(admin);
    for (int i = 0; i < 6; i++) {
      assertThat(
              CLICKHOUSE.text(Statement.of(Role.ADMIN, sql).withSetting("max_insert_threads", "7")))
          .isEqualTo("7");
      assertThat(CLICKHOUSE.text(Statement.of(Role.ADMIN, sql))).isEqualTo(before);
    }
  }

  @Test
  void statementsThatChangeASessionDoNotLeak() {
    String sql = "SELECT getSetting('max_insert_threads'), currentDatabase()";
    String before = CLICKHOUSE.text(Statement.of(Role.ADMIN, sql));
    for (int i = 0; i < 4; i++) {
      CLICKHOUSE.execute(Statement.of(Role.ADMIN, "SET max_insert_threads = 9"));
      CLICKHOUSE.execute(Statement.of(Role.ADMIN, "USE system"));
      CLICKHOUSE.execute(Statement.of(Role.ADMIN, "CREATE TEMPORARY TABLE leak (a Int8)"));
    }
    for (int i = 0; i < 4; i++) {
      assertThat(CLICKHOUSE.text(Statement.of(Role.ADMIN, sql))).isEqualTo(before);
      assertFails(
          Statement.of(Role.ADMIN, "SELECT * FROM leak"), ClickHouseError.QUERY_FAILED, "60");
    }
  }

  @Test
  void anUnknownSettingIsRefused() {
    assertFails(
        Statement.of(Role.ADMIN, "SELECT 1").withSetting("no_such_setting", "1"),
        ClickHouseError.QUERY_FAILED,
        "115");
  }

  @Test
  void limitsOfAStatementHold() {
    assertFails(
        reader("SELECT max(sipHash64(number)) FROM numbers(100000000000)")
            .withSetting("max_execution_time", "0.5"),
        ClickHouseError.QUERY_TIMEOUT,
        "159");
    assertFails(
        reader("SELECT groupArray(number) FROM numbers(100000000)")
            .withSetting("max_memory_usage", "50000000"),
        ClickHouseError.MEMORY_LIMIT,
        "241");
    assertFails(
        reader("SELECT number FROM numbers(1000)").withSetting("max_result_rows", "10"),
        ClickHouseError.QUERY_FAILED,
        "396");
  }

  @Test
  void aFailureKeepsClickHousesNumberAndWords() {
    assertThatThrownBy(() -> CLICKHOUSE.text(reader("SELECT nope")))
        .isInstanceOfSatisfying(
            PlatformException.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(ClickHouseError.QUERY_FAILED);
              assertThat(failure.details()).containsEntry("clickhouse_code", "47");
              assertThat(failure.text())
                  .startsWith("Unknown expression identifier")
                  .contains("(UNKNOWN_IDENTIFIER)")
                  .doesNotContain("version");
            });
  }

  @RepeatedTest(10)
  void aFailureAfterTheFirstByteIsSeen() throws IOException {
    Statement late =
        reader("SELECT throwIf(number = 3000000, 'too far'), number FROM numbers(10000000)")
            .withSetting("max_threads", "1")
            .withFormat("JSON");
    try (Answer answer = CLICKHOUSE.query(late);
        InputStream body = answer.body()) {
      assertThat(body.readNBytes(100)).hasSize(100);
      assertThatThrownBy(() -> body.transferTo(OutputStream.nullOutputStream()))
          .isInstanceOfSatisfying(
              PlatformException.class,
              failure -> {
                assertThat(failure.details()).containsEntry("clickhouse_code", "395");
                assertThat(failure.text()).contains("too far");
              });
    }
  }

  @Test
  void aFailureWithLittleSentIsAFailureFromTheStart() {
    assertFails(
        reader("SELECT throwIf(number = 3) FROM numbers(10)").withFormat("JSON"),
        ClickHouseError.QUERY_FAILED,
        "395");
  }

  @Test
  void waitEndOfQueryHoldsTheAnswerBack() {
    Statement late =
        reader("SELECT throwIf(number = 3000000), number FROM numbers(10000000)")
            .withSetting("max_threads", "1")
            .withSetting("wait_end_of_query", "1");
    assertFails(late, ClickHouseError.QUERY_FAILED, "395");
    String whole =
        CLICKHOUSE.text(
            reader("SELECT number FROM numbers(2000000)").withSetting("wait_end_of_query", "1"));
    assertThat(whole).endsWith("1999999").hasSize(14_888_889);
  }

  @Test
  void aCancelledQueryEnds() throws Exception {
    Statement endless =
        reader("SELECT max(sipHash64(number)) AS killed FROM numbers(100000000000)")
            .withTimeout(Duration.ofSeconds(60));
    CompletableFuture<String> answer =
        CompletableFuture.supplyAsync(() -> CLICKHOUSE.text(endless));
    Waiting.until(() -> running("killed").equals("1"), Duration.ofSeconds(20));
    CLICKHOUSE.cancel(endless.queryId());
    assertThatThrownBy(() -> answer.get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .asInstanceOf(InstanceOfAssertFactories.type(PlatformException.class))
        .extracting(PlatformException::code)
        .isEqualTo(ClickHouseError.QUERY_CANCELLED);
  }

  @Test
  void aCallerThatStopsWaitingEndsItsQuery() {
    Statement endless =
        reader("SELECT max(sipHash64(number)) AS given_up FROM numbers(100000000000)")
            .withTimeout(Duration.ofSeconds(1));
    assertThatThrownBy(() -> CLICKHOUSE.text(endless))
        .isInstanceOfSatisfying(
            PlatformException.class,
            failure -> assertThat(failure.code()).isEqualTo(ClickHouseError.QUERY_TIMEOUT));
    Waiting.until(() -> running("given_up").equals("0"), Duration.ofSeconds(10));
  }

  @Test
  void cancellingNothingIsNoFailure() {
    CLICKHOUSE.cancel("no such 'query'");
  }

  @Test
  void oneRequestIsOneStatement() {
    assertFails(reader("SELECT 1; SELECT 2"), ClickHouseError.QUERY_FAILED, "62");
  }

  @Test
  void theWholeServerAnswersAPing() {
    assertThat(CLICKHOUSE.ping()).isTrue();
  }

  /// How many statements ClickHouse runs that carry this mark in their text, as text.
  private static String running(String mark) {
    return CLICKHOUSE.text(
        Statement.of(
                Role.ADMIN,
                "SELECT countIf(position(query, {mark:String}) > 0 AND query NOT LIKE '%countIf%')"
                    + " FROM system.processes")
            .withParameters(Map.of("mark", mark)));
  }

  private static Statement reader(String sql) {
    return Statement.of(Role.READER, sql);
  }

  private static void assertFails(Statement statement, ClickHouseError error, String number) {
    assertThatThrownBy(() -> CLICKHOUSE.text(statement))
        .as("%s", statement.sql())
        .isInstanceOfSatisfying(
            PlatformException.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(error);
              assertThat(failure.details()).containsEntry("clickhouse_code", number);
            });
  }
}
