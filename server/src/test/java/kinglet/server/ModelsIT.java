// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import kinglet.testkit.Launcher;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The examples' models, trained by their scripts and let score live features.
final class ModelsIT {
  private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int REQUEST_BYTES = 8 << 20;

  @TempDir static Path directory;

  private static TestServer server;

  @BeforeAll
  static void start() throws Exception {
    server = TestServer.ready(directory.resolve("data"));
    Launcher.write(directory, server.uri("").toString());
    Path examples = directory.resolve("examples");
    copy(HOME.resolve("examples/models/options.sh"), examples.resolve("models/options.sh"));
    for (String example : List.of("flights", "checkout")) {
      copy(HOME.resolve("examples").resolve(example), examples.resolve(example));
      copy(HOME.resolve("examples").resolve(example), directory.resolve("project/" + example));
    }
    String _ = run("./kinglet deploy project");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> found = Files.walk(from)) {
      for (Path file : found.filter(Files::isRegularFile).toList()) {
        Path target = file.equals(from) ? to : to.resolve(from.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Path _ = Files.copy(file, target);
      }
    }
  }

  /// Runs a line in a shell beside `./kinglet` and the examples, and answers what it prints.
  private static String run(String line) throws IOException, InterruptedException {
    Path log = Files.createTempFile(directory, "run", ".log");
    Process shell =
        new ProcessBuilder("bash", "-c", line)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(shell.waitFor(2, TimeUnit.MINUTES)).as("the shell ends").isTrue();
      assertThat(shell.exitValue()).as("%s", Files.readString(log)).isZero();
    } finally {
      shell.destroyForcibly();
    }
    return Files.readString(log);
  }

  /// The area under the ROC curve of each guess on days that nobody learned from.
  private static Map<String, Double> heldOut(String model) throws IOException {
    JsonNode scores = JSON.readTree(Files.readString(directory.resolve(model))).path("heldOut");
    Map<String, Double> areas = new TreeMap<>();
    for (JsonNode score : scores) {
      assertThat(score.path("rows").asLong()).as(scores.toString()).isGreaterThan(500);
      areas.put(score.path("guess").asString(), score.path("auc").asDouble());
    }
    return areas;
  }

  /// Twelve days of real flights from three airports.
  private static void feedFlights() throws IOException {
    String file =
        "file('"
            + HOME.resolve("node_modules/vega-datasets/data/flights-3m.parquet")
            + "', 'Parquet')";
    String sql =
        "SELECT toDateTime(now() - dateDiff('second', date, toDateTime('2001-06-01 00:00:00',"
            + " 'UTC')), 'UTC') AS departed_at, origin, destination, delay AS delay_minutes,"
            + " distance AS distance_miles FROM "
            + file
            + " WHERE origin IN ('ORD', 'ATL', 'DFW') AND date >= toDateTime('2001-05-20 00:00:00', 'UTC')"
            + " AND date < toDateTime('2001-06-01 00:00:00', 'UTC') FORMAT JSONEachRow";
    try (BufferedReader lines = new BufferedReader(reader(server.server().read(sql)))) {
      StringBuilder rows = new StringBuilder();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        rows.append(line).append('\n');
        if (rows.length() > REQUEST_BYTES) {
          send(rows);
        }
      }
      send(rows);
    }
  }

  private static InputStreamReader reader(InputStream bytes) {
    return new InputStreamReader(bytes, StandardCharsets.UTF_8);
  }

  private static void send(StringBuilder rows) {
    HttpResponse<String> answer =
        server.post("/v0/events?name=flights&wait=true", rows.toString(), "application/x-ndjson");
    assertThat(answer.body()).contains("\"quarantined_rows\":0");
    rows.setLength(0);
  }

  @Test
  void lateFlightsAreToldBetterThanByTheirAirport() throws Exception {
    feedFlights();

    String printed = run("examples/flights/train.sh --rows 6000 --out flights.json");

    Map<String, Double> areas = heldOut("flights.json");
    assertThat(areas.get("share of all")).isEqualTo(0.5);
    assertThat(areas.get("model")).as(printed).isGreaterThan(areas.get("share by origin") + 0.04);
    assertThat(printed).contains("10 flights to come");
    assertThat(printed.lines().filter(line -> line.matches(" +[A-Z]{3} to [A-Z]{3} .*")))
        .as(printed)
        .hasSize(10);
  }

  @Test
  void aCartIsOfferedWhatItsFeaturesSay() throws Exception {
    String _ = run("./kinglet generate checkout --history 4d --history-events 120000 --rate 0");

    String printed = run("examples/checkout/train.sh --out checkout.json");

    Map<String, Double> areas = heldOut("checkout.json");
    assertThat(areas.get("model"))
        .as(printed)
        .isGreaterThan(areas.get("share by user_id") + 0.04)
        .isGreaterThan(areas.get("share by item_id") + 0.04);
    offer();
  }

  /// Asks the scoring program, before and after the shopper looked at the item.
  private void offer() throws Exception {
    Process program =
        new ProcessBuilder(
                "./kinglet", "model", "checkout", "--model", "checkout.json", "--port", "0")
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    try (BufferedReader lines = new BufferedReader(reader(program.getInputStream()))) {
      String line = String.valueOf(lines.readLine());
      assertThat(line).startsWith("offers: http://127.0.0.1:");
      String offers = line.substring("offers: ".length(), line.indexOf('?'));
      String cart = "?user_id=visitor&item_id=i0&cart_value=40";
      JsonNode before = answer(offers + cart, 200);
      assertThat(before.path("offer").asString())
          .isIn("few_left", "free_delivery", "ten_percent_off");
      String look =
          "{\"at\":\"%s\",\"user_id\":\"visitor\",\"item_id\":\"i0\",\"category\":\"bag\","
                  .formatted(Instant.now())
              + "\"kind\":\"view\",\"price\":40,\"device\":\"desktop\"}\n";
      HttpResponse<String> seen =
          server.post("/v0/events?name=shop_events", look.repeat(4), "application/x-ndjson");
      assertThat(seen.statusCode()).as(seen.body()).isEqualTo(202);
      JsonNode after = answer(offers + cart, 200);
      assertThat(after.path("given_up").asDouble())
          .as("%s, then %s", before, after)
          .isLessThan(before.path("given_up").asDouble() - 0.1);
      assertThat(answer(offers + "?user_id=visitor&item_id=i0", 400).path("error").asString())
          .isEqualTo("'cart_value' is missing");
    } finally {
      program.destroy();
      assertThat(program.waitFor(10, TimeUnit.SECONDS)).as("the program ends").isTrue();
    }
  }

  private static JsonNode answer(String url, int status) {
    HttpResponse<String> answer = server.send(HttpRequest.newBuilder(URI.create(url)).GET());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return JSON.readTree(answer.body());
  }
}
