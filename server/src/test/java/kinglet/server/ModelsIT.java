// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
    for (String part : List.of("flights", "models/options.sh")) {
      copy(HOME.resolve("examples").resolve(part), directory.resolve("examples").resolve(part));
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> found = Files.walk(from)) {
      for (Path file : found.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file).toString());
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
    String _ = run("./kinglet deploy examples/flights");
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
}
