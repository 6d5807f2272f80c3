// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import kinglet.config.Config;
import kinglet.error.PlatformException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// Runs a server, fills it with three million flights and asks its endpoints.
@Command(
    name = "demo",
    description =
        "Run a server, feed it three million real flights through the Events API, call its"
            + " endpoints, and stay up.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  private static final Duration READY_TIMEOUT = Duration.ofMinutes(2);
  private static final long ALL_ROWS = 3_000_000;

  /// Each endpoint is called this often; the median time is shown.
  private static final int CALLS = 9;

  /// The questions the demo asks, and what they are about.
  private static final List<Question> QUESTIONS =
      List.of(
          new Question("The worst routes of the last week", "worst_routes", "days=7"),
          new Question("The latest departures from O'Hare", "airport_board", "airport=ORD"),
          new Question(
              "How late flights leave three airports, over thirty days (minutes)",
              "delay_quantiles",
              "airports=ORD,ATL,DFW&days=30"),
          new Question("Departures of the last hours", "hourly_traffic", "hours=6"));

  private final CommandContext context;
  private final Console console;

  @Mixin private StartOptions options = new StartOptions();

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "feed only the latest N flights (default all 3000000)")
  private long rows = ALL_ROWS;

  @Option(names = "--exit", description = "stop after the answers")
  private boolean exit;

  private record Question(String title, String pipe, String parameters) {}

  DemoCommand(CommandContext context) {
    this.context = context;
    this.console = context.console();
  }

  @Override
  public Integer call() throws IOException {
    Path home = home();
    Config config = options.read(context.environment(), "warn");
    try (ServerStarter.Running server = context.starter().start(config);
        ApiClient client =
            new ApiClient(
                URI.create("http://127.0.0.1:" + server.port() + "/"), server.adminToken())) {
      step("Kinglet listens on " + client.origin());
      if (!server.awaitReady(READY_TIMEOUT)) {
        throw new PlatformException(
            CliError.SERVER_REFUSED, "the engine did not start within two minutes; see the log");
      }
      deploy(client, home.resolve("examples/flights"));
      feed(server, client, home.resolve("node_modules/vega-datasets/data/flights-3m.parquet"));
      for (Question question : QUESTIONS) {
        ask(client, question);
      }
      changeFeatures(client);
      goOn(client, where(config, server.port()));
      if (!exit) {
        console.print("");
        console.print("Kinglet stays up; Ctrl-C stops it.");
        server.awaitStop();
      }
    }
    return 0;
  }

  /// The options that name this server to other commands, where it is not the usual one.
  private static String where(Config config, int port) {
    Config.Server usual = Config.defaults().server();
    Path data = config.server().dataDirectory();
    return (port == usual.port() ? "" : " --host http://127.0.0.1:" + port)
        + (data.equals(usual.dataDirectory()) ? "" : " --data " + data);
  }

  private static Path home() {
    return Path.of(System.getProperty("kinglet.home", ".")).toAbsolutePath().normalize();
  }

  private void step(String text) {
    console.print(console.green("==> ") + text);
  }

  private void deploy(ApiClient client, Path project) {
    long start = System.nanoTime();
    int status =
        Deployment.send(console, client, "/v1/deploy?auto_promote=true", "deployment", project);
    if (status != 0) {
      throw new PlatformException(CliError.SERVER_REFUSED, "the example project was refused");
    }
    step("deployed examples/flights in " + millis(start));
  }

  private void feed(ServerStarter.Running server, ApiClient client, Path flights)
      throws IOException {
    long known = count(client);
    if (known > 0) {
      step(String.format(Locale.ROOT, "%,d flights are here already; not fed again", known));
      return;
    }
    if (!Files.isReadable(flights)) {
      throw new PlatformException(
          CliError.INVALID_ARGUMENT, flights + " is missing; run npm ci, or feed your own rows");
    }
    long wanted = Math.min(rows, ALL_ROWS);
    Feeder feeder = new Feeder(client, "flights", console, wanted);
    try (InputStream lines = server.read(statement(flights, wanted))) {
      feeder.send(lines);
    }
    step(
        String.format(
            Locale.ROOT,
            "%,d flights sent, stored and visible in %.1f s; %d in quarantine",
            count(client),
            feeder.seconds(),
            feeder.quarantined()));
  }

  /// All flights, or the latest, moved in time so that the last one leaves now.
  private static String statement(Path flights, long wanted) {
    String file =
        "file('" + flights.toString().replace("\\", "\\\\").replace("'", "\\'") + "', 'Parquet')";
    String latest = wanted < ALL_ROWS ? " ORDER BY date DESC LIMIT " + wanted : "";
    return "WITH (SELECT max(date) FROM "
        + file
        + ") AS last_departure"
        + " SELECT toDateTime(now() - dateDiff('second', date, last_departure), 'UTC')"
        + " AS departed_at, origin, destination, delay AS delay_minutes,"
        + " distance AS distance_miles FROM "
        + file
        + latest
        + " FORMAT JSONEachRow";
  }

  private static long count(ApiClient client) {
    return client
        .getJson("/v0/sql?q=" + ApiClient.encode("SELECT count() AS n FROM flights FORMAT JSON"))
        .path("data")
        .path(0)
        .path("n")
        .asLong(0);
  }

  private void ask(ApiClient client, Question question) {
    String path = "v0/pipes/" + question.pipe() + ".json?" + question.parameters();
    Asked asked = Asked.often(client, path);
    console.print("");
    console.print(
        console.bold(question.title())
            + "  "
            + console.dim(String.format(Locale.ROOT, "GET /%s  %.1f ms", path, asked.millis())));
    Table.of(asked.answer()).print(console, "  ");
  }

  /// What an endpoint answers, and the median time of several calls.
  private record Asked(JsonNode answer, double millis) {
    static Asked often(ApiClient client, String path) {
      long[] nanos = new long[CALLS];
      JsonNode answer = client.getJson("/" + path);
      for (int call = 0; call < CALLS; call++) {
        long start = System.nanoTime();
        answer = client.getJson("/" + path);
        nanos[call] = System.nanoTime() - start;
      }
      Arrays.sort(nanos);
      return new Asked(answer, nanos[CALLS / 2] / 1e6);
    }

    JsonNode row() {
      return answer.path("data").path(0);
    }
  }

  /// Shows the features of a route before and after one more flight.
  private void changeFeatures(ApiClient client) {
    String path = "v0/pipes/departure_delay.json?origin=ORD&destination=LAX";
    Asked before = Asked.often(client, path);
    String flight =
        "{\"departed_at\":\""
            + Instant.now().truncatedTo(ChronoUnit.SECONDS)
            + "\",\"origin\":\"ORD\",\"destination\":\"LAX\",\"delay_minutes\":240,"
            + "\"distance_miles\":1745}";
    long start = System.nanoTime();
    JsonNode unused =
        client.postJson(
            "/v0/events?name=flights", BodyPublishers.ofString(flight), "application/x-ndjson");
    double sent = (System.nanoTime() - start) / 1e6;
    JsonNode after = client.getJson("/" + path).path("data").path(0);
    console.print("");
    console.print(
        console.bold("What a model sees of ORD to LAX, and after one more flight, 240 minutes late")
            + "  "
            + console.dim(
                String.format(
                    Locale.ROOT,
                    "POST /v0/events %.1f ms, GET /%s %.1f ms",
                    sent,
                    path,
                    before.millis())));
    Table table = new Table(List.of("feature", "before", "after"));
    for (String feature : after.propertyNames()) {
      table.add(List.of(feature, shown(before.row().path(feature)), shown(after.path(feature))));
    }
    table.print(console, "  ");
  }

  private static String shown(JsonNode value) {
    return value.isFloatingPointNumber()
        ? String.format(Locale.ROOT, "%.3f", value.asDouble())
        : value.isValueNode() ? value.asString("") : value.toString();
  }

  private static String millis(long startNanos) {
    return String.format(Locale.ROOT, "%.1f ms", (System.nanoTime() - startNanos) / 1e6);
  }

  private void goOn(ApiClient client, String where) {
    String read = "";
    String ingest = "";
    String admin = "";
    for (JsonNode token : client.getJson("/v0/tokens").path("tokens")) {
      String text = token.path("token").asString("");
      switch (token.path("name").asString("")) {
        case "flights_read" -> read = text;
        case "flights_ingest" -> ingest = text;
        case "workspace admin token" -> admin = text;
        default -> {}
      }
    }
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    console.print("");
    step("Go on by hand");
    console.print("  # an endpoint, with a token that may only read it");
    console.print(
        "  curl '" + client.origin() + "v0/pipes/worst_routes.json?origin=JFK&token=" + read + "'");
    console.print("  # a flight of your own, with a token that may only append");
    console.print(
        "  curl '"
            + client.origin()
            + "v0/events?name=flights&wait=true&token="
            + ingest
            + "' -d '{\"departed_at\":\""
            + now
            + "\",\"origin\":\"JFK\","
            + "\"destination\":\"SFO\",\"delay_minutes\":3,\"distance_miles\":2586}'");
    console.print("  # any SQL, with the admin token");
    console.print(
        "  ./kinglet sql 'SELECT origin, count() FROM flights GROUP BY origin LIMIT 5'" + where);
    console.print("  admin token: " + admin);
  }
}
