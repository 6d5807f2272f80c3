// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import kinglet.error.PlatformException;
import kinglet.testkit.SelfSigned;
import kinglet.testkit.Waiting;
import kinglet.thread.Threads;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Connections to a server that leaves, hangs or says strange things.
final class HttpConnectionsIT {
  private static final Duration SOON = Duration.ofSeconds(10);

  /// A server that answers each request by the next of these; an empty one closes the connection.
  private final Queue<String> answers = new ConcurrentLinkedQueue<>();

  private final Queue<String> requests = new ConcurrentLinkedQueue<>();
  private final Queue<Socket> accepted = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads = Threads.virtual("server");
  private ServerSocket server;
  private HttpClickHouse client;

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    URI base = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/there/");
    client = HttpClickHouse.to(new Endpoint(base, "secret"));
    threads.execute(this::accept);
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.close();
    threads.shutdownNow();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        accepted.add(socket);
        threads.execute(() -> serve(socket));
      } catch (IOException _) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        requests.add(line);
        int length = 0;
        for (String header = in.readLine(); !header.isEmpty(); header = in.readLine()) {
          if (header.startsWith("Content-Length: ")) {
            length = Integer.parseInt(header.substring("Content-Length: ".length()));
          }
        }
        assertThat(in.skip(length)).isEqualTo(length);
        String answer = answers.remove();
        if (answer.isEmpty()) {
          return;
        }
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
      }
    } catch (IOException _) {
      // The client left.
      return;
    }
  }

  private static String counted(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  private static Statement reader() {
    return Statement.of(Role.READER, "SELECT 1");
  }

  @Test
  void oneConnectionCarriesManyCalls() {
    answers.addAll(
        List.of(
            counted("1"),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n2\r\n0\r\n\r\n",
            "HTTP/1.1 500 Error\r\nContent-Length: 12\r\n\r\nCode: 47. Ha",
            counted("3")));
    assertThat(client.text(reader())).isEqualTo("1");
    assertThat(client.text(reader())).isEqualTo("2");
    assertThatThrownBy(() -> client.text(reader())).hasMessageContaining("Ha");
    assertThat(client.text(reader())).isEqualTo("3");
    assertThat(accepted).hasSize(1);
    assertThat(requests).allMatch(line -> line.startsWith("POST /there/?query_id="));
  }

  @Test
  void aConnectionTheServerHasLeftIsNotUsedAgain() throws IOException {
    answers.addAll(List.of(counted("1"), counted("2")));
    assertThat(client.text(reader())).isEqualTo("1");
    for (Socket socket : accepted) {
      socket.close();
    }
    assertThat(client.text(reader())).isEqualTo("2");
    assertThat(accepted).hasSize(2);
  }

  @Test
  void aConnectionThatSaysMoreThanWasAskedIsNotUsedAgain() {
    answers.addAll(List.of(counted("1") + "HTTP/1.1 200 OK\r\n", counted("2")));
    assertThat(client.text(reader())).isEqualTo("1");
    assertThat(client.text(reader())).isEqualTo("2");
    assertThat(accepted).hasSize(2);
  }

  @Test
  void anAnswerThatSaysCloseEndsTheConnection() {
    answers.addAll(
        List.of(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n1", counted("2")));
    assertThat(client.text(reader())).isEqualTo("1");
    assertThat(client.text(reader())).isEqualTo("2");
    assertThat(accepted).hasSize(2);
  }

  @Test
  void nothingIsSentTwice() {
    answers.addAll(List.of(counted("1"), "", counted("never asked for")));
    assertThat(client.text(reader())).isEqualTo("1");
    InsertTarget target = InsertTarget.of("d", "t", List.of("a"), "TSV");
    assertUnavailable(() -> {
      long unused = client.insert(target, InsertBody.of(new byte[] {'1'}));
    });
    assertThat(requests).hasSize(2);
    assertThat(answers).hasSize(1);
  }

  @Test
  void anAnswerThatBreaksOffFails() {
    answers.add("HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\n12");
    threads.execute(() -> {
      Waiting.until(() -> answers.isEmpty(), SOON);
      accepted.forEach(HttpConnectionsIT::close);
    });
    assertUnavailable(() -> client.text(reader()));
  }

  @Test
  void whatIsNoHttpIsUnavailable() {
    answers.add("220 mail.example.org ESMTP\r\n\r\n");
    assertUnavailable(() -> client.text(reader()));
  }

  @Test
  void aServerThatTakesNoMoreBytesIsGivenUp() throws IOException {
    try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        HttpClickHouse impatient =
            HttpClickHouse.to(
                new Endpoint(URI.create("http://127.0.0.1:" + deaf.getLocalPort()), ""))) {
      InsertTarget target =
          InsertTarget.of("d", "t", List.of("a"), "TSV").withTimeout(Duration.ofMillis(300));
      byte[] chunk = new byte[1 << 20];
      assertThatThrownBy(
              () -> {
                long unused =
                    impatient.insert(
                        target,
                        InsertBody.writing(out -> {
                          for (int i = 0; i < 1_000; i++) {
                            out.write(chunk);
                          }
                        }));
              })
          .isInstanceOfSatisfying(
              PlatformException.class,
              failure -> assertThat(failure.code()).isEqualTo(ClickHouseError.QUERY_TIMEOUT));
    }
  }

  @Test
  void aCallerThatIsInterruptedEndsTheConnection() throws Exception {
    answers.add("HTTP/1.1 100 Continue\r\n\r\n");
    try (ExecutorService caller = Threads.virtual("caller")) {
      Future<String> answer = caller.submit(() -> client.text(reader()));
      Waiting.until(() -> answers.isEmpty() && !accepted.isEmpty(), SOON);
      assertThat(answer.isDone()).isFalse();
      caller.shutdownNow();
      assertThatThrownBy(() -> answer.get(10, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .asInstanceOf(InstanceOfAssertFactories.type(PlatformException.class))
          .extracting(PlatformException::code)
          .isEqualTo(ClickHouseError.QUERY_CANCELLED);
    }
  }

  @Test
  void aServerBehindTlsIsAskedIfItIsTheOneNamed(@TempDir Path directory) throws Exception {
    SelfSigned keys = SelfSigned.create(directory, "EC", "-groupname", "secp256r1");
    server.close();
    server =
        keys.serving()
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
    answers.addAll(List.of(counted("1"), counted("2")));
    assertThat(textOverTls("localhost", keys.trusting())).isEqualTo("1");
    assertThat(accepted).hasSize(1);
    assertUnavailable(() -> textOverTls("127.0.0.1", keys.trusting()));
    assertUnavailable(() -> textOverTls("localhost", SSLContext.getDefault()));
  }

  private String textOverTls(String host, SSLContext tls) {
    Endpoint there = new Endpoint(URI.create("https://" + host + ":" + server.getLocalPort()), "");
    try (HttpClickHouse secure =
        new HttpClickHouse(() -> Optional.of(there), tls::getSocketFactory)) {
      return secure.text(reader());
    }
  }

  @Test
  void nobodyThereIsUnavailable() throws IOException {
    server.close();
    assertUnavailable(() -> client.text(reader()));
    assertThat(client.ping()).isFalse();
  }

  private static void assertUnavailable(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            PlatformException.class,
            failure -> assertThat(failure.code()).isEqualTo(ClickHouseError.ENGINE_UNAVAILABLE));
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
