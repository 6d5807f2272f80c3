// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;

/// Accepts connections on loopback, each served by a platform thread: answers are read from pipes,
/// which would hold a virtual thread's carrier.
final class HttpListener implements AutoCloseable {
  private static final int CONNECTIONS_MAX = 512;
  private static final int BACKLOG = 256;

  private final ServerSocket server;
  private final HttpConnection.Handler handler;
  private final ThreadPoolExecutor threads = EngineThreads.pool("http", CONNECTIONS_MAX);
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  HttpListener(int port, HttpConnection.Handler handler) throws IOException {
    this.server = new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress());
    this.handler = handler;
  }

  int port() {
    return server.getLocalPort();
  }

  void start() {
    Thread unused = EngineThreads.start("http-accept", this::accept);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        try {
          threads.execute(() -> serve(socket));
        } catch (RejectedExecutionException _) {
          socket.close();
        }
      } catch (IOException e) {
        if (!server.isClosed()) {
          System.Logger log = System.getLogger(HttpListener.class.getName());
          log.log(System.Logger.Level.WARNING, "accepting a connection failed", e);
        }
      }
    }
  }

  private void serve(Socket socket) {
    open.add(socket);
    try (HttpConnection connection = new HttpConnection(socket)) {
      connection.serve(handler);
    } catch (IOException e) {
      // The client left; what it asked for is cancelled by its request.
      System.Logger log = System.getLogger(HttpListener.class.getName());
      log.log(System.Logger.Level.DEBUG, "a connection ended early", e);
    } finally {
      open.remove(socket);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdown();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
