// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPOutputStream;
import kinglet.error.PlatformException;
import kinglet.metrics.Metrics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The edge over real sockets, with routes of the test's own.
final class EdgeIT {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final CompletableFuture<Throwable> DISCONNECT = new CompletableFuture<>();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final int COMPUTING = 2 * Runtime.getRuntime().availableProcessors();

  private static final CountDownLatch BUSY = new CountDownLatch(COMPUTING);
  private static final AtomicBoolean RELEASED = new AtomicBoolean();

  private static Metrics metrics;
  private static HttpServer server;

  @BeforeAll
  static void start() {
    metrics = new Metrics();
    RequestBodies bodies = new RequestBodies(new BodyLimits(1_000, 5_000, 100_000));
    RateLimits limits = new RateLimits(() -> NOW, 2, 0);
    Routes routes =
        new Routes()
            .compatible(
                "GET",
                "/hello/{name}",
                exchange ->
                    exchange.respond(
                        200,
                        "text/plain",
                        exchange.segment("name").getBytes(StandardCharsets.UTF_8)))
            .compatible("GET", "/hello/world", exchange -> exchange.respondEmpty(204))
            .compatible(
                "POST",
                "/length",
                exchange -> {
                  int length = bodies.with(exchange, body -> body.length);
                  exchange.respondJson(200, length);
                })
            .compatible(
                "GET",
                "/limited",
                exchange -> {
                  limits.request(exchange, "t", 0);
                  exchange.respondEmpty(204);
                })
            .compatible(
                "GET",
                "/internal",
                _ -> {
                  throw new IllegalStateException("a secret of ours");
                })
            .own(
                "GET",
                "/own",
                _ -> {
                  throw new PlatformException(HttpError.UNKNOWN_RESOURCE, "there is no such view");
                })
            .compatible("GET", "/endless", EdgeIT::endless)
            .compatible(
                "GET",
                "/busy",
                exchange -> {
                  BUSY.countDown();
                  while (!RELEASED.get()) {
                    Thread.onSpinWait();
                  }
                  exchange.respondEmpty(204);
                })
            .compatible(
                "GET",
                "/release",
                exchange -> {
                  RELEASED.set(true);
                  exchange.respondEmpty(204);
                })
            .compatible(
                "GET",
                "/broken",
                exchange -> exchange.stream(200, "text/plain", new BrokenStream(300_000)));
    server =
        HttpServer.of(
                new HttpSettings("127.0.0.1", 0, 100, Duration.ofSeconds(1), Optional.empty()),
                routes,
                new RequestIds(() -> NOW, new SplittableRandom(1)),
                metrics)
            .listen();
  }

  @AfterAll
  static void stop() {
    server.close();
    metrics.close();
  }

  @Test
  void requestsThatComputeLetOthersThrough() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> computing = new ArrayList<>();
    for (int i = 0; i < COMPUTING; i++) {
      computing.add(
          CLIENT.sendAsync(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/busy"))
                  .build(),
              BodyHandlers.ofString()));
    }
    assertThat(BUSY.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(get("/release").statusCode()).isEqualTo(204);
    for (CompletableFuture<HttpResponse<String>> answer : computing) {
      assertThat(answer.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(204);
    }
  }

  private static void endless(Exchange exchange) {
    try {
      exchange.stream(
          200,
          "text/plain",
          new InputStream() {
            @Override
            public int read() {
              return 'x';
            }
          });
    } catch (RuntimeException e) {
      DISCONNECT.complete(e);
      throw e;
    }
  }

  private static HttpResponse<String> send(HttpRequest.Builder request, String path)
      throws Exception {
    return CLIENT.send(
        request.uri(URI.create("http://127.0.0.1:" + server.port() + path)).build(),
        BodyHandlers.ofString());
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return send(HttpRequest.newBuilder(), path);
  }

  private static HttpResponse<String> post(byte[] body, String encoding) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder().POST(BodyPublishers.ofByteArray(body));
    return send(
        encoding.isEmpty() ? request : request.header("Content-Encoding", encoding), "/length");
  }

  @Test
  void literalSegmentsWinAndNamedOnesAreDecoded() throws Exception {
    assertThat(get("/hello/world").statusCode()).isEqualTo(204);
    assertThat(get("/hello/world/").statusCode()).isEqualTo(204);
    HttpResponse<String> answer = get("/hello/a%20b+%C3%A9?q=1");
    assertThat(answer.body()).isEqualTo("a b+é");
    assertThat(answer.headers().firstValue("x-request-id").orElseThrow())
        .hasSize(26)
        .startsWith("01KDYAK348");
    assertThat(answer.headers().firstValue("access-control-allow-origin")).contains("*");
  }

  @Test
  void headAnswersWithoutBody() throws Exception {
    HttpResponse<String> answer =
        send(HttpRequest.newBuilder().method("HEAD", BodyPublishers.noBody()), "/hello/you");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
    assertThat(answer.headers().firstValue("content-length")).contains("3");
  }

  @Test
  void preflightAllowsWhatTheBrowserAsksFor() throws Exception {
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder()
                .method("OPTIONS", BodyPublishers.noBody())
                .header("Access-Control-Request-Headers", "content-type,x-mine"),
            "/v0/events");
    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(answer.headers().firstValue("access-control-allow-headers"))
        .contains("content-type,x-mine");
  }

  @Test
  void errorsTakeTheShapeOfTheirGroup() throws Exception {
    HttpResponse<String> compatible = get("/nowhere");
    assertThat(compatible.statusCode()).isEqualTo(404);
    assertThat(compatible.headers().firstValue("content-type")).contains("application/json");
    assertThat(compatible.body())
        .isEqualTo(
            "{\"error\":\"there is no route /nowhere\","
                + "\"documentation\":\"docs/reference/errors.md#unknown-route\","
                + "\"code\":\"unknown-route\"}");
    HttpResponse<String> own = get("/own");
    assertThat(own.headers().firstValue("content-type")).contains("application/problem+json");
    assertThat(own.body())
        .contains("\"status\":404", "\"detail\":\"there is no such view\"", "\"instance\":\"01");
    HttpResponse<String> method = get("/length");
    assertThat(method.statusCode()).isEqualTo(405);
    assertThat(method.headers().firstValue("allow")).contains("POST");
  }

  @Test
  void internalMessagesStayInside() throws Exception {
    HttpResponse<String> answer = get("/internal");
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body())
        .doesNotContain("secret")
        .contains(answer.headers().firstValue("x-request-id").orElseThrow());
  }

  @Test
  void bodiesAreDecompressedUnderTheirLimits() throws Exception {
    assertThat(post(new byte[1_000], "").body()).isEqualTo("1000");
    assertThat(post(new byte[1_001], "").statusCode()).isEqualTo(413);
    HttpResponse<String> zipped = post(gzip(new byte[4_000]), "gzip");
    assertThat(zipped.body()).as("%s %s", zipped, zipped.headers()).isEqualTo("4000");
    assertThat(post(gzip(new byte[6_000]), "gzip").statusCode()).isEqualTo(413);
    assertThat(post(new byte[10], "gzip").statusCode()).isEqualTo(400);
    assertThat(post(new byte[10], "br").body()).contains("send gzip, zstd or none");
    byte[] zstd = HexFormat.of().parseHex("28b52ffd045829000068656c6c6fa36d9f88");
    assertThat(post(zstd, "zstd").body()).isEqualTo("5");
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(plain);
    }
    return bytes.toByteArray();
  }

  @Test
  void moreRequestsThanATokenMaySendAreRefused() throws Exception {
    assertThat(get("/limited").headers().firstValue("x-ratelimit-remaining")).contains("1");
    assertThat(get("/limited").statusCode()).isEqualTo(204);
    HttpResponse<String> refused = get("/limited");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("retry-after")).contains("1");
    assertThat(refused.headers().firstValue("x-ratelimit-limit")).contains("2");
  }

  @Test
  void aFailureAfterTheFirstByteCutsTheConnection() {
    assertThatThrownBy(() -> get("/broken")).isInstanceOf(IOException.class);
  }

  @Test
  void aClientThatGoesAwayEndsItsAnswer() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket
          .getOutputStream()
          .write("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().readNBytes(100_000)).hasSize(100_000);
    }
    assertThat(DISCONNECT.get(20, TimeUnit.SECONDS)).isInstanceOf(ClientGone.class);
  }

  @Test
  void aStopWaitsForTheRequestsUnderWay() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Routes slow =
        new Routes()
            .own(
                "GET",
                "/slow",
                exchange -> {
                  entered.countDown();
                  try {
                    if (release.await(20, TimeUnit.SECONDS)) {
                      exchange.respondEmpty(204);
                    }
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    HttpServer stopping =
        HttpServer.of(
                new HttpSettings("127.0.0.1", 0, 100, Duration.ofSeconds(10), Optional.empty()),
                slow,
                new RequestIds(() -> NOW, new SplittableRandom(2)),
                metrics)
            .listen();
    URI uri = URI.create("http://127.0.0.1:" + stopping.port() + "/slow");
    CompletableFuture<HttpResponse<String>> answer =
        CLIENT.sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
    CompletableFuture<Void> stopped = CompletableFuture.runAsync(stopping::close);
    assertThat(stopped.isDone()).isFalse();
    release.countDown();
    assertThat(answer.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(204);
    stopped.get(20, TimeUnit.SECONDS);
  }

  /// Gives some bytes, then fails.
  private static final class BrokenStream extends InputStream {
    private int left;

    private BrokenStream(int bytes) {
      this.left = bytes;
    }

    @Override
    public int read() throws IOException {
      if (left-- <= 0) {
        throw new IOException("the engine is gone");
      }
      return 'x';
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int count = Math.min(length, left);
      if (count <= 0) {
        throw new IOException("the engine is gone");
      }
      left -= count;
      Arrays.fill(target, offset, offset + count, (byte) 'x');
      return count;
    }
  }
}
