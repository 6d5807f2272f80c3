// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import kinglet.testkit.TestEngine;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// The engine's HTTP as any client of ClickHouse may speak it.
final class RawProtocolIT {
  private static final TestEngine ENGINE = TestEngine.shared();
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @AfterAll
  static void close() {
    HTTP.close();
  }

  @Test
  void pingNeedsNoSecret() throws Exception {
    assertThat(get("/ping").body()).isEqualTo("Ok.\n");
    assertThat(get("/ping?deep=1").statusCode()).isEqualTo(200);
  }

  @Test
  void withoutTheSecretThereIsNothing() throws Exception {
    for (String query :
        new String[] {"?query=SELECT+1", "?query=SELECT+1&user=admin&password=x", "?user=x"}) {
      HttpResponse<String> response = get("/" + query);
      assertThat(response.statusCode()).isEqualTo(403);
      assertThat(response.headers().firstValue("X-ClickHouse-Exception-Code")).contains("516");
    }
    assertThat(get("/?query=SELECT+1&user=default&password=" + secret()).statusCode())
        .isEqualTo(403);
    assertThat(get("/?query=SELECT+1&user=reader&password=" + secret()).body()).isEqualTo("1\n");
  }

  @Test
  void basicAuthenticationWorks() throws Exception {
    String pair =
        Base64.getEncoder().encodeToString(("reader:" + secret()).getBytes(StandardCharsets.UTF_8));
    HttpResponse<String> response =
        HTTP.send(
            HttpRequest.newBuilder(uri("/?query=SELECT+2"))
                .timeout(TIMEOUT)
                .header("Authorization", "Basic " + pair)
                .build(),
            BodyHandlers.ofString());
    assertThat(response.body()).isEqualTo("2\n");
  }

  @Test
  void headersTellAboutTheQuery() throws Exception {
    HttpResponse<String> response =
        post("/?query_id=my-id&default_format=JSONEachRow", "SELECT 1 AS x");
    assertThat(response.headers().firstValue("X-ClickHouse-Query-Id")).contains("my-id");
    assertThat(response.headers().firstValue("X-ClickHouse-Format")).contains("JSONEachRow");
    assertThat(response.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("application/x-ndjson");
    assertThat(response.headers().firstValue("X-ClickHouse-Summary").orElseThrow())
        .contains("\"read_rows\":\"1\"")
        .contains("\"result_rows\":\"1\"");
  }

  @Test
  void aQueryMayBeginInTheAddressAndGoOnInTheBody() throws Exception {
    assertThat(post("/?query=SELECT+1+%2B", "2").body()).isEqualTo("3\n");
  }

  @Test
  void parametersAreUnescapedAsFieldsOfTabSeparated() throws Exception {
    assertThat(post("/?param_p=a%5Ctb%5C%5C", "SELECT hex({p:String})").body())
        .isEqualTo("6109625C\n");
    assertThat(post("/?param_p=%5CN", "SELECT {p:Nullable(String)} IS NULL").body())
        .isEqualTo("1\n");
  }

  @Test
  void statusesAreClickHouses() throws Exception {
    assertThat(post("/", "SELEC 1").statusCode()).isEqualTo(400);
    assertThat(post("/", "SELECT * FROM nothing").statusCode()).isEqualTo(404);
    assertThat(post("/?max_threads=x", "SELECT 1").statusCode()).isBetween(400, 500);
    assertThat(post("/?session_id=x", "SELECT 1").statusCode()).isEqualTo(501);
    assertThat(post("/nothing", "SELECT 1").statusCode()).isEqualTo(404);
    assertThat(post("/?default_format=No'Format", "SELECT 1").statusCode()).isEqualTo(404);
  }

  @Test
  void theDatabaseOfARequestHoldsForItAlone() throws Exception {
    String database = ENGINE.newDatabase();
    assertThat(post("/?database=" + database, "SELECT currentDatabase()").body())
        .isEqualTo(database + "\n");
    assertThat(post("/", "SELECT currentDatabase()").body()).isEqualTo("default\n");
  }

  @Test
  void aFailureAfterTheFirstByteIsMarkedAndCut() throws Exception {
    HttpResponse<InputStream> response =
        HTTP.send(
            request("/")
                .POST(
                    BodyPublishers.ofString(
                        "SELECT throwIf(number = 3000000), number FROM numbers(10000000)"
                            + " FORMAT JSON"))
                .build(),
            BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).isEqualTo(200);
    String tag = response.headers().firstValue("X-ClickHouse-Exception-Tag").orElseThrow();
    StringBuilder tail = new StringBuilder();
    assertThatThrownBy(
            () -> {
              byte[] buffer = new byte[1 << 16];
              for (int count = response.body().read(buffer);
                  count >= 0;
                  count = response.body().read(buffer)) {
                tail.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
                tail.delete(0, Math.max(0, tail.length() - 10_000));
              }
            })
        .isInstanceOf(IOException.class);
    assertThat(tail)
        .contains("__exception__\r\n" + tag + "\r\nCode: 395.")
        .endsWith(tag + "\r\n__exception__\r\n");
  }

  @Test
  void requestsFollowEachOtherOnOneConnection() throws IOException {
    try (Socket socket = new Socket("127.0.0.1", endpoint().base().getPort())) {
      socket.setSoTimeout((int) TIMEOUT.toMillis());
      OutputStream out = socket.getOutputStream();
      String body = "SELECT 1";
      String request =
          "POST / HTTP/1.1\r\nHost: x\r\nX-ClickHouse-User: reader\r\nX-ClickHouse-Key: "
              + secret()
              + "\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + body;
      out.write((request + request).getBytes(StandardCharsets.US_ASCII));
      out.write("GET /ping HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String answers =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(answers.split("HTTP/1.1 200", -1)).hasSize(4);
      assertThat(answers).endsWith("\r\n\r\nOk.\n");
    }
  }

  @Test
  void nonsenseIsAnsweredAndTheConnectionClosed() throws IOException {
    try (Socket socket = new Socket("127.0.0.1", endpoint().base().getPort())) {
      socket.setSoTimeout((int) TIMEOUT.toMillis());
      socket.getOutputStream().write("NONSENSE\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .startsWith("HTTP/1.1 400");
    }
  }

  private static HttpResponse<String> get(String target) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(uri(target)).timeout(TIMEOUT).build(), BodyHandlers.ofString());
  }

  private static HttpResponse<String> post(String target, String body) throws Exception {
    return HTTP.send(
        request(target).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
  }

  private static HttpRequest.Builder request(String target) {
    return HttpRequest.newBuilder(uri(target))
        .timeout(TIMEOUT)
        .header("X-ClickHouse-User", "reader")
        .header("X-ClickHouse-Key", secret());
  }

  private static URI uri(String target) {
    return URI.create(endpoint().base() + target.replace("'", "%27"));
  }

  private static String secret() {
    return endpoint().secret();
  }

  private static Endpoint endpoint() {
    return ENGINE.supervisor().endpoint().orElseThrow();
  }
}
