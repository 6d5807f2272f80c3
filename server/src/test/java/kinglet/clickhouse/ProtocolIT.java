// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import kinglet.testkit.TestEngine;
import org.junit.jupiter.api.Test;

/// What the client and a real engine say to each other.
final class ProtocolIT {
  private static final TestEngine ENGINE = TestEngine.shared();
  private static final ClickHouse CLICKHOUSE = ENGINE.client();

  @Test
  void answersInTheWantedFormat() throws Exception {
    try (Answer answer =
        CLICKHOUSE.query(Statement.of(Role.READER, "SELECT 1 AS x").withFormat("JSONEachRow"))) {
      assertThat(new String(answer.body().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("{\"x\":1}\n");
      assertThat(answer.format()).isEqualTo("JSONEachRow");
      assertThat(answer.summary().readRows()).isEqualTo(1);
    }
  }

  @Test
  void insertedRowsAreThere() {
    String database = ENGINE.newDatabase();
    CLICKHOUSE.execute(
        Statement.of(
            Role.ADMIN,
            "CREATE TABLE " + database + ".t (a Int64, s String) ENGINE = MergeTree ORDER BY a"));
    long written =
        CLICKHOUSE.insert(
            InsertTarget.of(database, "t", List.of("a", "s"), "JSONEachRow"),
            InsertBody.of("{\"a\":1,\"s\":\"x\"}\n{\"a\":2}\n".getBytes(StandardCharsets.UTF_8)));
    assertThat(written).isEqualTo(2);
    assertThat(
            CLICKHOUSE.text(
                Statement.of(Role.READER, "SELECT a, s FROM " + database + ".t ORDER BY a")))
        .isEqualTo("1\tx\n2\t");
  }

  @Test
  void parametersArriveAsTheyAre() {
    String value = "tab\there\nnewline 'quote' \"double\" \\back \0 \u00fc\ud83d\ude00";
    assertThat(
            CLICKHOUSE.text(
                Statement.of(Role.READER, "SELECT hex({p:String})")
                    .withParameters(Map.of("p", value))))
        .isEqualToIgnoringCase(
            java.util.HexFormat.of().formatHex(value.getBytes(StandardCharsets.UTF_8)));
  }
}
