// SPDX-License-Identifier: Apache-2.0
package kinglet.cli.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class WorkloadsTest {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final long START_MICROS = 1_790_000_000_000_000L;
  private static final int EVENTS = 60_000;

  private static Map<String, byte[]> bodies(Workloads kind, long seed) {
    Workload workload = kind.start(seed);
    Rows rows = new Rows();
    for (int i = 0; i < EVENTS; i++) {
      workload.next(START_MICROS + i * 10_007L, rows);
    }
    return rows.bodies();
  }

  private static List<JsonNode> rows(Workloads kind, String source) {
    return new String(bodies(kind, 1).get(source), StandardCharsets.UTF_8)
        .lines()
        .map(MAPPER::readTree)
        .toList();
  }

  private static Map<String, Long> counts(List<JsonNode> rows, String column) {
    return rows.stream()
        .collect(Collectors.groupingBy(row -> row.get(column).asString(), Collectors.counting()));
  }

  @ParameterizedTest
  @EnumSource
  void theSameSeedMakesTheSameRows(Workloads kind) {
    Map<String, byte[]> once = bodies(kind, 7);
    Map<String, byte[]> again = bodies(kind, 7);
    assertThat(once.keySet()).containsExactlyInAnyOrderElementsOf(kind.dataSources());
    once.forEach((source, body) -> assertThat(again.get(source)).isEqualTo(body));
    assertThat(bodies(kind, 8)).isNotEqualTo(once);
    assertThat(Workloads.named(kind.title())).contains(kind);
  }

  @Test
  void shoppersBuyWhatTheyLookedAtAndCanPay() {
    List<JsonNode> rows = rows(Workloads.CHECKOUT, "shop_events");
    Map<String, Long> kinds = counts(rows, "kind");
    assertThat(kinds.get("view")).isGreaterThan(kinds.get("cart"));
    assertThat(kinds.get("buy")).isGreaterThan(1_000);
    assertThat(kinds.get("remove")).isGreaterThan(1_000);
    assertThat(kinds.get("buy") + kinds.get("remove")).isLessThanOrEqualTo(kinds.get("cart"));
    Map<String, Integer> stock = new HashMap<>();
    for (JsonNode movement : rows(Workloads.CHECKOUT, "stock_movements")) {
      int left = movement.get("stock").asInt();
      int change = movement.get("change").asInt();
      assertThat(left).isNotNegative();
      Integer before = stock.put(movement.get("item_id").asString(), left);
      assertThat(before == null ? left : before + change).isEqualTo(left);
    }
  }

  @Test
  void ringsShareDevices() {
    List<JsonNode> bets = rows(Workloads.BETTING, "bets");
    Map<String, Long> devices = counts(bets, "device_id");
    List<JsonNode> ring =
        bets.stream().filter(bet -> bet.get("device_id").asString().endsWith("r")).toList();
    assertThat(ring).hasSizeBetween(40, 4_000);
    assertThat(counts(ring, "bettor_id").size()).isGreaterThan(counts(ring, "device_id").size());
    assertThat(devices.size()).isGreaterThan(5_000);
    assertThat(ring).allMatch(bet -> bet.get("stake").asDouble() >= 150);
  }

  @Test
  void fewerVisitorsBookThanSearch() {
    Map<String, Long> kinds = counts(rows(Workloads.BOOKING, "visits"), "kind");
    assertThat(kinds.get("search")).isGreaterThan(kinds.get("room"));
    assertThat(kinds.get("room")).isGreaterThan(kinds.get("book"));
    assertThat(kinds.get("book")).isGreaterThan(500);
  }
}
