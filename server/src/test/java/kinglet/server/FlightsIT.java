// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.TestServer.FORM;
import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The shipped example from deployment to endpoint, over real sockets: one server's story in order.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class FlightsIT {
  private static final Path PROJECT = Path.of("../examples/flights");

  /// A whole hour ago or more, so that one hour holds all rows of a test.
  private static final Instant HOUR =
      Instant.now().truncatedTo(ChronoUnit.HOURS).minus(2, ChronoUnit.HOURS);

  @TempDir static Path directory;

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.ready(directory);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Map<String, String> project() throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> found = Files.walk(PROJECT)) {
      for (Path file : found.filter(Files::isRegularFile).toList()) {
        String name = PROJECT.relativize(file).toString();
        if (name.endsWith(".datasource") || name.endsWith(".pipe")) {
          files.put(name, Files.readString(file));
        }
      }
    }
    return files;
  }

  private static String flight(int index, String origin, int delayMinutes) {
    return "{\"departed_at\":\""
        + HOUR.plusSeconds(index % 3600)
        + "\",\"origin\":\""
        + origin
        + "\",\"destination\":\"SFO\",\"delay_minutes\":"
        + delayMinutes
        + ",\"distance_miles\":2586}";
  }

  private static String flights(String origin, int count) {
    return IntStream.range(0, count)
        .mapToObj(index -> flight(index, origin, index % 30))
        .collect(Collectors.joining("\n"));
  }

  private static String token(String name) {
    return json(server.get("/v0/tokens/" + name)).path("token").asString("");
  }

  private static long count(String where) {
    HttpResponse<String> answer =
        server.post("/v0/sql", "SELECT count() AS n FROM flights WHERE " + where, "text/plain");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer).path("data").path(0).path("n").asLong();
  }

  @Test
  @Order(1)
  void theProjectIsCheckedThenDeployedThenUnchanged() throws IOException {
    HttpResponse<String> checked = server.project("/v1/deploy?check=true", project());
    assertThat(json(checked).path("result").asString()).as(checked.body()).isEqualTo("success");
    assertThat(server.get("/v0/datasources").body()).isEqualTo("{\"datasources\":[]}");

    HttpResponse<String> deployed = server.project("/v1/deploy", project());
    JsonNode deployment = json(deployed).path("deployment");
    assertThat(json(deployed).path("result").asString()).as(deployed.body()).isEqualTo("success");
    assertThat(deployment.path("new_datasource_names").toString())
        .contains("flights", "airport_hours");
    assertThat(deployment.path("new_pipe_names").toString())
        .contains("worst_routes", "airport_board", "delay_quantiles", "hourly_traffic");

    HttpResponse<String> again = server.project("/v1/deploy", project());
    assertThat(json(again).path("result").asString()).isEqualTo("no_changes");
    JsonNode listed = json(server.get("/v1/deployments")).path("deployments").path(0);
    assertThat(listed.path("live").asBoolean()).isTrue();
    assertThat(server.get("/v1/deployments/" + listed.path("id").asString()).statusCode())
        .isEqualTo(200);
    assertThat(server.get("/v1/deployments/999").statusCode()).isEqualTo(404);
  }

  @Test
  @Order(2)
  void waitedEventsAreStoredWhenAnswered() {
    HttpResponse<String> answer =
        server.anonymous(
            "POST",
            "/v0/events?name=flights&wait=true&token=" + token("flights_ingest"),
            flights("JFK", 100));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"successful_rows\":100,\"quarantined_rows\":0}");
    assertThat(count("origin = 'JFK'")).isEqualTo(100);
  }

  @Test
  @Order(3)
  void eventsThatNobodyWaitsForBecomeVisible() {
    HttpResponse<String> accepted =
        server.post("/v0/events?name=flights", flights("LAX", 50), "application/json");
    assertThat(accepted.statusCode()).isEqualTo(202);
    HttpResponse<String> waited =
        server.post("/v0/events?name=flights&wait=true", flight(0, "LAX", 1), "text/html");
    assertThat(waited.statusCode()).isEqualTo(200);
    assertThat(count("origin = 'LAX'")).isEqualTo(51);
  }

  @Test
  @Order(4)
  void rowsThatDoNotFitGoToQuarantineAndAreCounted() {
    String body =
        flight(0, "BOS", 1)
            + "\n{\"departed_at\":\"never\",\"origin\":\"BOS\",\"destination\":\"SFO\","
            + "\"delay_minutes\":1,\"distance_miles\":1}\nnot json at all\n";
    HttpResponse<String> answer =
        server.post("/v0/events?name=flights&wait=true", body, "application/x-ndjson");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"successful_rows\":1,\"quarantined_rows\":2}");
    HttpResponse<String> reasons =
        server.post(
            "/v0/sql",
            "SELECT c__error_column, c__error, origin FROM flights_quarantine FORMAT JSONEachRow",
            "text/plain");
    assertThat(reasons.body()).contains("departed_at");
    assertThat(reasons.body().lines()).hasSize(2);
  }

  @Test
  @Order(5)
  void compressedAndSingleObjectBodiesAreRead() throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write(flights("SEA", 20).getBytes(StandardCharsets.UTF_8));
    }
    HttpResponse<String> gzip =
        server.send(
            server
                .authorized("/v0/events?name=flights&wait=true")
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(zipped.toByteArray())));
    assertThat(gzip.body()).isEqualTo("{\"successful_rows\":20,\"quarantined_rows\":0}");
    String pretty = flight(0, "SEA", 3).replace(",", ",\n  ");
    HttpResponse<String> single =
        server.post("/v0/events?name=flights&wait=true&format=json", pretty, "text/plain");
    assertThat(single.body()).isEqualTo("{\"successful_rows\":1,\"quarantined_rows\":0}");
    assertThat(count("origin = 'SEA'")).isEqualTo(21);
  }

  @Test
  @Order(6)
  void wrongCallsAreRefusedWithTheReason() {
    assertThat(server.post("/v0/events", "{}", "text/plain").statusCode()).isEqualTo(400);
    assertThat(server.post("/v0/events?name=none", "{}", "text/plain").statusCode()).isEqualTo(404);
    String reader = token("flights_read");
    HttpResponse<String> forbidden =
        server.anonymous("POST", "/v0/events?name=flights&token=" + reader, "{}");
    assertThat(forbidden.statusCode()).isEqualTo(403);
    assertThat(forbidden.body()).contains("flights");
    HttpResponse<String> large =
        server.post("/v0/events?name=flights", " ".repeat(11 << 20), "text/plain");
    assertThat(large.statusCode()).isEqualTo(413);
  }

  @Test
  @Order(7)
  void endpointsAnswerByGetFormAndJson() {
    String reader = token("flights_read");
    String path = "/v0/pipes/airport_board.json?airport=JFK&page_size=2&token=" + reader;
    HttpResponse<String> answer = server.anonymous("GET", path, "");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type").orElse(""))
        .startsWith("application/json");
    assertThat(json(answer).path("rows").asInt()).isEqualTo(2);
    assertThat(json(answer).path("data").path(0).path("destination").asString()).isEqualTo("SFO");

    HttpResponse<String> form =
        server.anonymous(
            "POST", "/v0/pipes/airport_board.csv", "airport=JFK&page_size=1&token=" + reader);
    assertThat(form.body()).startsWith("\"departed_at\",\"destination\"");
    HttpResponse<String> jsonBody =
        server.post(
            "/v0/pipes/delay_quantiles.ndjson",
            "{\"airports\":[\"JFK\",\"SEA\"],\"days\":1}",
            "application/json");
    assertThat(jsonBody.body().lines()).hasSize(2);
    assertThat(jsonBody.body()).contains("\"origin\":\"JFK\"", "\"flights\":100");

    HttpResponse<String> over =
        server.get("/v0/pipes/worst_routes.json?min_flights=1&q=SELECT+count()+AS+n+FROM+_");
    assertThat(json(over).path("data").path(0).path("n").asInt()).isGreaterThan(1);
  }

  @Test
  @Order(8)
  void endpointsRefuseWhatIsMissingOrNotAllowed() {
    assertThat(server.get("/v0/pipes/none.json").statusCode()).isEqualTo(404);
    assertThat(server.get("/v0/pipes/worst_routes.xml").statusCode()).isEqualTo(404);
    HttpResponse<String> missing = server.get("/v0/pipes/airport_board.json");
    assertThat(missing.statusCode()).isEqualTo(400);
    assertThat(missing.body()).contains("airport");
    HttpResponse<String> wrong = server.get("/v0/pipes/worst_routes.json?days=many");
    assertThat(wrong.statusCode()).isEqualTo(400);
    String ingest = token("flights_ingest");
    assertThat(
            server.anonymous("GET", "/v0/pipes/worst_routes.json?token=" + ingest, "").statusCode())
        .isEqualTo(403);
  }

  @Test
  @Order(9)
  void sqlIsTakenInItsStyles() {
    String sql = "SELECT count() AS n FROM flights WHERE origin = 'JFK'";
    String encoded = sql.replace(" ", "+").replace("=", "%3D").replace("'", "%27");
    assertThat(json(server.get("/v0/sql?q=" + encoded)).path("data").path(0).path("n").asInt())
        .isEqualTo(100);
    assertThat(server.post("/v0/sql", "q=" + encoded, FORM).body()).contains("100");
    assertThat(server.post("/v0/sql", "{\"q\":\"" + sql + "\"}", "application/json").body())
        .contains("100");
    assertThat(server.post("/v0/sql", sql + " FORMAT CSV;", FORM).body()).isEqualTo("100\n");
    String template = "%SELECT count() AS n FROM flights WHERE origin = {{String(airport)}}";
    assertThat(
            server
                .post(
                    "/v0/sql",
                    "{\"q\":\"" + template + "\",\"airport\":\"JFK\"}",
                    "application/json")
                .body())
        .contains("100");
    assertThat(server.get("/v0/sql?q=DROP+TABLE+flights").statusCode()).isEqualTo(400);
    assertThat(server.get("/v0/sql").statusCode()).isEqualTo(400);
    HttpResponse<String> forbidden =
        server.anonymous("GET", "/v0/sql?q=" + encoded + "&token=" + token("flights_read"), "");
    assertThat(forbidden.statusCode()).isEqualTo(403);
  }

  @Test
  @Order(10)
  void filesAreAppended() {
    String csv =
        "departed_at,origin,destination,delay_minutes,distance_miles\n"
            + HOUR.toString().replace("T", " ").replace("Z", "")
            + ",DEN,SFO,5,967\n";
    HttpResponse<String> answer =
        server.post("/v0/datasources?mode=append&format=csv&name=flights", csv, "text/csv");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(json(answer).path("error").asBoolean(true)).isFalse();
    assertThat(json(answer).path("successful_rows").asInt()).isEqualTo(1);
    String multipart =
        "--X\r\nContent-Disposition: form-data; name=\"csv\"; filename=\"a.ndjson\"\r\n\r\n"
            + flights("PDX", 3)
            + "\r\n--X--\r\n";
    HttpResponse<String> part =
        server.post(
            "/v0/datasources?mode=append&format=ndjson&name=flights",
            multipart,
            "multipart/form-data; boundary=X");
    assertThat(json(part).path("successful_rows").asInt()).as(part.body()).isEqualTo(3);
    assertThat(count("origin IN ('DEN', 'PDX')")).isEqualTo(4);
  }

  @Test
  @Order(11)
  void everythingIsThereAfterARestart() {
    long before = count("1");
    HttpResponse<String> late =
        server.post("/v0/events?name=flights", flights("ORD", 10), "application/x-ndjson");
    assertThat(late.statusCode()).isEqualTo(202);
    server.close();
    server = TestServer.ready(directory);
    HttpResponse<String> flushed =
        server.post("/v0/events?name=flights&wait=true", flight(1, "ORD", 1), "text/plain");
    assertThat(flushed.statusCode()).isEqualTo(200);
    assertThat(count("1")).isEqualTo(before + 11);
    assertThat(
            json(server.get("/v0/pipes/delay_quantiles.json?airports=ORD&days=1"))
                .path("data")
                .path(0)
                .path("flights")
                .asInt())
        .isEqualTo(11);
  }

  @Test
  @Order(12)
  void truncateEmptiesADataSource() {
    HttpResponse<String> done =
        server.request("POST", "/v0/datasources/flights/truncate", BodyPublishers.noBody());
    assertThat(done.statusCode()).isEqualTo(205);
    assertThat(count("1")).isZero();
  }
}
