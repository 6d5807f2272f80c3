// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/// The examples with made-up events, deployed, fed and asked as their pages say.
final class GeneratedExamplesIT {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  @TempDir static Path directory;

  private static TestServer server;

  private final Map<String, String> environment = new HashMap<>();

  @BeforeAll
  static void start() {
    server = TestServer.ready(directory.resolve("data"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private CommandRun run(String... arguments) {
    environment.put("KINGLET_HOST", server.uri("").toString());
    return CommandRun.of(environment, arguments);
  }

  @ParameterizedTest
  @CsvSource({
    "checkout, cart_outcomes, shoes, checkout_offer, user_id=u0 item_id=i0 cart_value=20, views_1h",
    "betting, exposure, away, bet_check, bettor_id=b0 device_id=d0 match_id=m0 selection=home stake=5,"
        + " bettors_24h",
    "booking, funnel, Lisbon, visitor_vector, visitor_id=v0, searches_24h",
  })
  void anExampleIsDeployedFedAndAsked(
      String example,
      String endpoint,
      String expected,
      String service,
      String parameters,
      String counted) {
    CommandRun made = run("workspace", "create", example);
    assertThat(made.err()).isEmpty();
    environment.put("KINGLET_TOKEN", made.out().strip().lines().toList().getLast());
    assertThat(run("deploy", Path.of("../examples", example).toString()).err()).isEmpty();
    CommandRun fed =
        run("generate", example, "--history", "1h", "--history-events", "20000", "--rate", "0");
    assertThat(fed.err()).contains("20,000 of 20,000 events");
    assertThat(fed.status()).isZero();
    assertThat(run("generate", example, "--rate", "2000", "--events", "1000").status()).isZero();
    assertThat(run("endpoint", "data", endpoint).out()).contains(expected);
    List<String> call = new ArrayList<>(List.of("endpoint", "data", service, "--format", "json"));
    for (String parameter : parameters.split(" ", -1)) {
      call.addAll(List.of("--param", parameter));
    }
    CommandRun vector = run(call.toArray(String[]::new));
    assertThat(vector.err()).isEmpty();
    assertThat(MAPPER.readTree(vector.out()).at("/data/0/" + counted).asInt()).isPositive();
  }

  @Test
  void rowsAreOnlyPrinted() {
    CommandRun printed = run("generate", "betting", "--events", "3", "--rate", "1000", "--print");
    List<String> lines = printed.out().lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines).allMatch(line -> line.startsWith("{\"bets\": {\"at\":\""));
  }

  @Test
  void wrongUsageIsExplained() {
    assertThat(run("generate", "chess").err()).contains("there are checkout, betting, booking");
    assertThat(run("generate", "betting", "--history", "long").err()).contains("such as 10s");
    assertThat(run("generate", "betting", "--rate", "-1").err()).contains("--rate");
  }
}
