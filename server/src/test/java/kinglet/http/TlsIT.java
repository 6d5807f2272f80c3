// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.SplittableRandom;
import kinglet.metrics.Metrics;
import kinglet.testkit.SelfSigned;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// HTTPS with PEM files as an operator has them.
final class TlsIT {
  @TempDir Path directory;

  @Test
  void answersHttpsWithThePemFiles() throws Exception {
    SelfSigned keys = SelfSigned.create(directory, "EC", "-groupname", "secp256r1");
    Path certificate = pem("cert.pem", "CERTIFICATE", keys.certificate());
    Path key = pem("key.pem", "PRIVATE KEY", keys.privateKey());
    HttpSettings settings =
        new HttpSettings(
            "127.0.0.1",
            0,
            10,
            Duration.ofSeconds(1),
            Optional.of(TlsFiles.read(certificate, key)));
    Routes routes =
        new Routes()
            .own(
                "GET",
                "/origin",
                exchange ->
                    exchange.respond(
                        200, "text/plain", exchange.origin().getBytes(StandardCharsets.UTF_8)));
    try (Metrics metrics = new Metrics();
        HttpServer server =
            HttpServer.of(
                    settings,
                    routes,
                    new RequestIds(() -> Instant.EPOCH, new SplittableRandom(1)),
                    metrics)
                .listen();
        HttpClient client = HttpClient.newBuilder().sslContext(keys.trusting()).build()) {
      String origin = "https://localhost:" + server.port();
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create(origin + "/origin")).build(),
              BodyHandlers.ofString());
      assertThat(answer.body()).isEqualTo(origin);
    }
  }

  @Test
  void saysWhatIsWrongWithAFile() throws Exception {
    SelfSigned keys = SelfSigned.create(directory, "RSA");
    Path certificate = pem("cert.pem", "CERTIFICATE", keys.certificate());
    Path key = pem("key.pem", "RSA PRIVATE KEY", new byte[10]);
    assertThatThrownBy(() -> TlsFiles.read(certificate, key))
        .hasMessageContaining("write the key as PKCS#8");
    assertThatThrownBy(() -> TlsFiles.read(directory.resolve("none.pem"), key))
        .hasMessageContaining("none.pem is not a PEM file of certificates");
  }

  private Path pem(String name, String label, byte[] content) throws Exception {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return Files.writeString(
        directory.resolve(name),
        "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n");
  }
}
