// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import kinglet.testkit.TestServer;
import kinglet.testkit.Waiting;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clients that leave before they have their answer, or send more while they wait for it.
final class ClientLeavesIT {
  /// How long a query may take; together the two below are less.
  private static final String QUERY_TIMEOUT = "60s";

  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration STARTED_MAX = Duration.ofSeconds(30);
  private static final String ENDLESS = "SELECT max(sipHash64(number)) AS %s FROM numbers(1e12)";

  @TempDir static Path data;
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.start(data, Map.of("query.timeout", QUERY_TIMEOUT));
    server.awaitReady();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void aQueryEndsSoonAfterItsClientLeft() throws IOException {
    try (Socket client = connect()) {
      ask(client, ENDLESS.formatted("left_alone"));
      Waiting.until(() -> running("left_alone") == 1, STARTED_MAX);
    }
    Waiting.until(() -> running("left_alone") == 0, SOON);
  }

  @Test
  void anEndpointsQueryEndsSoonAfterItsClientLeft() throws IOException {
    String pipe =
        "NODE rows\nSQL >\n    %%\n    "
            + ENDLESS
            + " WHERE number > {{Int32(least, 1)}}\n"
            + "TYPE ENDPOINT\n";
    assertThat(
            server
                .project("/v1/deploy", Map.of("pipes/endless.pipe", pipe.formatted("deserted")))
                .body())
        .contains("success");
    try (Socket client = connect()) {
      get(client, "/v0/pipes/endless.json?least=2");
      Waiting.until(() -> running("deserted") == 1, STARTED_MAX);
    }
    Waiting.until(() -> running("deserted") == 0, SOON);
  }

  @Test
  void aStreamEndsSoonAfterItsClientLeft() throws IOException {
    try (Socket client = connect()) {
      ask(client, "SELECT number AS left_early FROM numbers(100000000000) FORMAT CSV");
      Waiting.until(() -> running("left_early") == 1, STARTED_MAX);
      assertThat(client.getInputStream().readNBytes(1_000)).hasSize(1_000);
    }
    Waiting.until(() -> running("left_early") == 0, SOON);
  }

  @Test
  void aClientThatStaysKeepsItsConnection() throws IOException {
    try (Socket client = connect()) {
      BufferedReader in = reader(client);
      for (int turn = 0; turn < 3; turn++) {
        ask(client, slow(turn));
        assertThat(answer(in)).contains("\"turn\": " + turn);
        ask(client, "SELECT 7 AS quick");
        assertThat(answer(in)).contains("\"quick\": 7");
      }
    }
  }

  @Test
  void requestsSentAheadAreAnsweredInTurn() throws IOException {
    try (Socket client = connect()) {
      BufferedReader in = reader(client);
      ask(client, slow(1));
      ask(client, "SELECT 8 AS next");
      assertThat(answer(in)).contains("\"turn\": 1");
      assertThat(answer(in)).contains("\"next\": 8");
      ask(client, slow(2));
      Waiting.until(() -> running("waits_on") == 1, STARTED_MAX);
      ask(client, slow(3));
      assertThat(answer(in)).contains("\"turn\": 2");
      assertThat(answer(in)).contains("\"turn\": 3");
    }
  }

  /// Takes several looks of the watch.
  private static String slow(int turn) {
    return "SELECT "
        + turn
        + " AS turn, max(sipHash64(number)) AS waits_on FROM numbers(200000000)";
  }

  private static Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), server.uri("/").getPort());
  }

  private static void ask(Socket client, String sql) throws IOException {
    String format = sql.contains("FORMAT") ? sql : sql + " FORMAT JSON";
    get(client, "/v0/sql?q=" + URLEncoder.encode(format, StandardCharsets.UTF_8));
  }

  private static void get(Socket client, String path) throws IOException {
    client
        .getOutputStream()
        .write(
            ("GET "
                    + path
                    + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                    + server.adminToken()
                    + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
  }

  private static BufferedReader reader(Socket client) throws IOException {
    client.setSoTimeout(20_000);
    return new BufferedReader(
        new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
  }

  /// The body of the next answer.
  private static String answer(BufferedReader in) throws IOException {
    assertThat(in.readLine()).isEqualTo("HTTP/1.1 200 OK");
    int length = -1;
    for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
      if (line.startsWith("Content-Length: ")) {
        length = Integer.parseInt(line.substring("Content-Length: ".length()));
      }
    }
    char[] body = new char[length];
    for (int at = 0; at < length; ) {
      at += in.read(body, at, length - at);
    }
    return new String(body);
  }

  /// How many queries ClickHouse runs that carry this mark in their text; what is asked about a
  /// query before it runs does not count.
  private static int running(String mark) {
    try (InputStream answer =
        server
            .server()
            .read(
                "SELECT countIf(position(query, '"
                    + mark
                    + "') > 0 AND NOT match(query, 'countIf|EXPLAIN')) FROM system.processes")) {
      return Integer.parseInt(new String(answer.readAllBytes(), StandardCharsets.UTF_8).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
