// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;

/// HTTP/1.1 on connections that read through a [ClientLine].
///
/// A connection is served by one thread from its first byte to its last, so the thread knows its
/// line.
final class WatchedHttp1 implements ServerConnectionSelector {
  private static final ThreadLocal<ClientLine> LINE = new ThreadLocal<>();

  private final Http1ConnectionSelector http1;
  private final ExecutorService threads;

  /// @param threads serve a connection each
  WatchedHttp1(Http1Config config, ExecutorService threads) {
    this.threads = threads;
    this.http1 = Http1ConnectionSelector.builder().config(config).build();
  }

  /// The line of the connection this thread serves.
  static ClientLine line() {
    return LINE.get();
  }

  @Override
  public int bytesToIdentifyConnection() {
    return http1.bytesToIdentifyConnection();
  }

  @Override
  public Support supports(BufferData data) {
    return http1.supports(data);
  }

  @Override
  public Set<String> supportedApplicationProtocols() {
    return http1.supportedApplicationProtocols();
  }

  @Override
  public ServerConnection connection(ConnectionContext context) {
    if (context.dataReader().available() > 0) {
      throw new IllegalStateException(
          "HTTP/1.1 is the only protocol, nothing is read to choose it");
    }
    ClientLine line = new ClientLine(context.serverSocket());
    return new ThreadedConnection(
        http1.connection(new Watched(context, DataReader.create(line))),
        () -> LINE.set(line),
        threads);
  }

  /// A connection whose bytes come from its line.
  private record Watched(ConnectionContext context, DataReader dataReader)
      implements ConnectionContext {
    @Override
    public ListenerContext listenerContext() {
      return context.listenerContext();
    }

    @Override
    public ExecutorService executor() {
      return context.executor();
    }

    @Override
    public DataWriter dataWriter() {
      return context.dataWriter();
    }

    @Override
    public Router router() {
      return context.router();
    }

    @Override
    public Optional<ProxyProtocolData> proxyProtocolData() {
      return context.proxyProtocolData();
    }

    @Override
    public HelidonSocket serverSocket() {
      return context.serverSocket();
    }

    @Override
    public PeerInfo remotePeer() {
      return context.remotePeer();
    }

    @Override
    public PeerInfo localPeer() {
      return context.localPeer();
    }

    @Override
    public boolean isSecure() {
      return context.isSecure();
    }

    @Override
    public String socketId() {
      return context.socketId();
    }

    @Override
    public String childSocketId() {
      return context.childSocketId();
    }
  }
}
