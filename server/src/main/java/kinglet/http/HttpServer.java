// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.helidon.common.tls.Tls;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http1.Http1Config;
import java.util.concurrent.ExecutorService;
import kinglet.metrics.Metrics;
import kinglet.thread.Threads;

/// The listener. Each connection has a platform thread of its own.
public final class HttpServer implements AutoCloseable {
  /// Longest request line: long queries belong in a POST.
  private static final int PROLOGUE_BYTES_MAX = 64 * 1024;

  private static final int HEADER_BYTES_MAX = 32 * 1024;

  private final WebServer server;
  private final ClientWatch watch;
  private final ExecutorService threads;

  private HttpServer(WebServer server, ClientWatch watch, ExecutorService threads) {
    this.server = server;
    this.watch = watch;
    this.threads = threads;
  }

  /// A server that will answer `routes`, to which may be added until it listens.
  public static HttpServer of(
      HttpSettings settings, Routes routes, RequestIds ids, Metrics metrics) {
    Edge edge = new Edge(routes, metrics);
    ClientWatch watch = new ClientWatch();
    ExecutorService threads = Threads.platformPool("http");
    WebServerConfig.Builder builder =
        WebServer.builder()
            .host(settings.host())
            .port(settings.port())
            .maxTcpConnections(settings.connectionsMax())
            .shutdownGracePeriod(settings.drainTimeout())
            .shutdownHook(false)
            // Head and body are two writes: the second may not wait for the client's delayed ACK.
            .connectionOptions(options -> options.tcpNoDelay(true))
            .contentEncoding(new RawContent())
            .protocolsDiscoverServices(false)
            .addConnectionSelector(
                new WatchedHttp1(
                    Http1Config.builder()
                        .maxPrologueLength(PROLOGUE_BYTES_MAX)
                        .maxHeadersSize(HEADER_BYTES_MAX)
                        .build(),
                    threads))
            .routing(routing ->
                routing.any((request, response) ->
                    edge.handle(new HelidonExchange(request, response, ids.next(), watch))));
    settings
        .tls()
        .ifPresent(files ->
            builder.tls(
                Tls.builder()
                    .privateKey(files.privateKey())
                    .privateKeyCertChain(files.certificates())
                    .build()));
    return new HttpServer(builder.build(), watch, threads);
  }

  /// Starts to listen.
  @CanIgnoreReturnValue
  public HttpServer listen() {
    var _ = server.start();
    return this;
  }

  /// The port that was bound.
  public int port() {
    return server.port();
  }

  /// Takes no new connection and waits for the requests under way, up to the drain timeout.
  @Override
  public void close() {
    server.stop();
    watch.close();
    threads.shutdownNow();
  }
}
