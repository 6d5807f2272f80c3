// SPDX-License-Identifier: Apache-2.0
package kinglet.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Somebody who is told of alerts, on a port of its own.
public final class WebhookReceiver implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpServer server;
  private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
  private volatile int answer = 204;

  private WebhookReceiver(HttpServer server) {
    this.server = server;
  }

  /// One call as it came in.
  public record Call(Optional<String> timestamp, Optional<String> signature, String body) {
    private static Call of(HttpExchange exchange) throws IOException {
      return new Call(
          Optional.ofNullable(exchange.getRequestHeaders().getFirst("Kinglet-Timestamp")),
          Optional.ofNullable(exchange.getRequestHeaders().getFirst("Kinglet-Signature")),
          new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    }

    public JsonNode json() {
      return JSON.readTree(body);
    }

    /// Fails unless whoever has the secret signed it.
    public void assertSigned(String secret) {
      try {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        byte[] signed =
            mac.doFinal((timestamp.orElse("") + "." + body).getBytes(StandardCharsets.UTF_8));
        assertThat(signature).contains("v1=" + HexFormat.of().formatHex(signed));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  public static WebhookReceiver start() throws IOException {
    WebhookReceiver receiver =
        new WebhookReceiver(
            HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
    receiver.server.createContext("/told", receiver::take);
    receiver.server.start();
    return receiver;
  }

  private void take(HttpExchange exchange) throws IOException {
    calls.add(Call.of(exchange));
    exchange.sendResponseHeaders(answer, -1);
    exchange.close();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/told";
  }

  /// Answers calls with a status from now on.
  public void answer(int status) {
    answer = status;
  }

  /// The next call; fails if there is none in time.
  public Call next() throws InterruptedException {
    @Nullable Call call = calls.poll(30, TimeUnit.SECONDS);
    assertThat(call).as("the call of a webhook").isNotNull();
    return call;
  }

  /// Fails if there is a call that was not taken.
  public void assertSilent() {
    assertThat(calls).isEmpty();
  }

  public void forget() {
    calls.clear();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
