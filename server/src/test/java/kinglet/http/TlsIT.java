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
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import kinglet.metrics.Metrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// HTTPS with PEM files as an operator has them.
final class TlsIT {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir Path directory;

  @Test
  void answersHttpsWithThePemFiles() throws Exception {
    KeyStore keys = selfSigned("EC", "-groupname", "secp256r1");
    Path certificate = pem("cert.pem", "CERTIFICATE", keys.getCertificate("test").getEncoded());
    Path key = pem("key.pem", "PRIVATE KEY", keys.getKey("test", PASSWORD).getEncoded());
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
            HttpServer.start(
                settings,
                routes,
                new RequestIds(() -> Instant.EPOCH, new SplittableRandom(1)),
                metrics);
        HttpClient client = HttpClient.newBuilder().sslContext(trusting(keys)).build()) {
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
    KeyStore keys = selfSigned("RSA");
    Path certificate = pem("cert.pem", "CERTIFICATE", keys.getCertificate("test").getEncoded());
    Path key = pem("key.pem", "RSA PRIVATE KEY", new byte[10]);
    assertThatThrownBy(() -> TlsFiles.read(certificate, key))
        .hasMessageContaining("write the key as PKCS#8");
    assertThatThrownBy(() -> TlsFiles.read(directory.resolve("none.pem"), key))
        .hasMessageContaining("none.pem is not a PEM file of certificates");
  }

  private KeyStore selfSigned(String algorithm, String... more) throws Exception {
    Path store = directory.resolve(algorithm + ".p12");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "test",
                "-keyalg",
                algorithm,
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD)));
    command.addAll(List.of(more));
    Process keytool = new ProcessBuilder(command).inheritIO().start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    return keys;
  }

  private Path pem(String name, String label, byte[] content) throws Exception {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return Files.writeString(
        directory.resolve(name),
        "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n");
  }

  private static SSLContext trusting(KeyStore keys) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("test", keys.getCertificate("test"));
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }
}
