// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/// The running process: libchdb, its connections, and the listener in front.
///
/// Connections open one after the other before the listener starts, and close before the library
/// shuts down; ending with one open would abort the process.
final class Engine {
  private static final long HEARTBEAT_MILLIS_MAX = 10_000;

  private final NativeLibrary library;
  private final Map<Role, ConnectionPool> pools = new EnumMap<>(Role.class);
  private final RunningQueries running;
  private final Heartbeat heartbeat;
  private final DisconnectWatch disconnects = new DisconnectWatch();
  private final HttpListener listener;
  private final QueryRoute route;
  private final AtomicBoolean stopped = new AtomicBoolean();

  private Engine(EngineOptions options, byte[] secret) throws IOException {
    library = NativeLibrary.load(options.library());
    SecureRandom random = new SecureRandom();
    List<String> arguments = ServerFiles.write(options);
    repairDeduplicationLogs(options);
    withoutSignalHandlers();
    heartbeat = new Heartbeat(Session.open(library, arguments));
    running = new RunningQueries(Session.open(library, arguments), salt(random));
    open(Role.READER, options.readers(), options, arguments);
    open(Role.WRITER, options.writers(), options, arguments);
    open(Role.ADMIN, options.admins(), options, arguments);
    Path spool = Files.createDirectories(options.data().resolve("spool"));
    route =
        new QueryRoute(
            secret,
            pools,
            running,
            disconnects,
            new AnswerWriter(spool, library.versionText(), random));
    listener = new HttpListener(options.port(), this::handle);
  }

  /// Starts everything; answers when requests are served.
  static Engine start(EngineOptions options, byte[] secret) throws IOException {
    Engine engine = new Engine(options, secret);
    engine.listener.start();
    return engine;
  }

  int port() {
    return listener.port();
  }

  private static void repairDeduplicationLogs(EngineOptions options) throws IOException {
    int withdrawn = DeduplicationLogs.repair(ServerFiles.data(options));
    if (withdrawn > 0) {
      System.Logger log = System.getLogger(Engine.class.getName());
      log.log(System.Logger.Level.INFO, "withdrew {0} claims without a part", withdrawn);
    }
  }

  private void withoutSignalHandlers() {
    Object unused =
        SignalGuard.keeping(() -> {
          try {
            library.setSignalHandlersEnabled.invokeExact(0);
            return this;
          } catch (Throwable e) {
            throw NativeLibrary.broken(e);
          }
        });
  }

  private void open(Role role, int size, EngineOptions options, List<String> arguments) {
    ConnectionPool pool =
        new ConnectionPool(
            role,
            size,
            options.queueMax(),
            () -> new Connection(library, arguments, role, options.queryMillisMax()));
    pools.put(role, pool);
  }

  private static String salt(SecureRandom random) {
    byte[] bytes = new byte[8];
    random.nextBytes(bytes);
    return "kinglet-" + HexFormat.of().formatHex(bytes);
  }

  private void handle(HttpRequest request, HttpConnection connection) throws IOException {
    switch (request.path()) {
      case "/ping" -> ping(request, connection);
      case "/" -> route.handle(request, connection);
      default -> throw new HttpFailure(404, "there is / and /ping");
    }
  }

  /// Answers from this thread alone; with `deep=1` only if ClickHouse answered lately.
  private void ping(HttpRequest request, HttpConnection connection) throws IOException {
    long age = heartbeat.ageMillis();
    boolean deep = request.parameter("deep").orElse("0").equals("1");
    boolean alive = !deep || age < HEARTBEAT_MILLIS_MAX;
    connection.send(
        alive ? 200 : 503,
        Map.of(
            "Content-Type",
            "text/plain; charset=UTF-8",
            "X-Kinglet-Heartbeat-Age-Millis",
            Long.toString(age),
            "X-Kinglet-Running",
            Integer.toString(running.size())),
        (alive ? "Ok.\n" : "ClickHouse does not answer.\n").getBytes(StandardCharsets.UTF_8));
  }

  /// Cancels what runs, closes every connection, stops the library. Only the first call does.
  void stop() {
    if (!stopped.compareAndSet(false, true)) {
      return;
    }
    try {
      listener.close();
      disconnects.close();
      running.cancelAll();
      for (ConnectionPool pool : pools.values()) {
        pool.close();
      }
      running.close();
      heartbeat.close();
      if (pools.values().stream().allMatch(ConnectionPool::isClosed)) {
        int unused = (int) library.shutdown.invokeExact();
      }
    } catch (Throwable e) {
      System.Logger log = System.getLogger(Engine.class.getName());
      log.log(System.Logger.Level.WARNING, "the engine did not stop cleanly", e);
    }
  }
}
