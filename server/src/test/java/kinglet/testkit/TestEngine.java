// SPDX-License-Identifier: Apache-2.0
package kinglet.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.EngineSettings;
import kinglet.clickhouse.EngineSupervisor;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.metrics.Metrics;

/// A real engine for tests: one for the whole test JVM, or one of a test's own.
///
/// Its data goes when it is closed; the shared one is closed with the JVM.
public final class TestEngine implements AutoCloseable {
  private static final Duration START_MAX = Duration.ofSeconds(60);
  private static final long MEMORY_BYTES_MAX = 2L << 30;
  private static final AtomicLong DATABASES = new AtomicLong();

  private final Path directory;
  private final EngineSupervisor supervisor;

  private TestEngine(Path directory, EngineSettings settings, Metrics metrics) {
    this.directory = directory;
    this.supervisor = EngineSupervisor.start(settings, metrics);
  }

  /// The engine all tests of this JVM share; started by whoever asks first.
  public static TestEngine shared() {
    return Shared.ENGINE;
  }

  /// An engine of the caller's own.
  public static TestEngine start() {
    return start(new Metrics());
  }

  /// An engine of the caller's own, counting into its registry.
  public static TestEngine start(Metrics metrics) {
    Path directory;
    try {
      directory = Files.createTempDirectory("kinglet-engine");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    TestEngine engine = new TestEngine(directory, settings(directory), metrics);
    engine.awaitRunning();
    return engine;
  }

  /// How an engine on this directory is started in tests.
  public static EngineSettings settings(Path directory) {
    return EngineSettings.of(library(), directory, List.of(engineClasses()))
        .withMemoryBytesMax(MEMORY_BYTES_MAX);
  }

  /// libchdb as npm installed it.
  public static Path library() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    boolean arm = System.getProperty("os.arch").equals("aarch64");
    String platform =
        system.contains("mac")
            ? (arm ? "darwin-arm64" : "darwin-x64")
            : (arm ? "linux-arm64-gnu" : "linux-x64-gnu");
    Path relative = Path.of("node_modules", "@chdb", "lib-" + platform);
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      for (String name : List.of("libchdb.so", "libchdb.dylib")) {
        Path file = at.resolve(relative).resolve(name);
        if (Files.exists(file)) {
          return file;
        }
      }
    }
    throw new IllegalStateException("no libchdb in node_modules/@chdb; run npm ci first");
  }

  private static Path engineClasses() {
    try {
      Class<?> main = Class.forName("kinglet.engine.EngineMain");
      return Path.of(main.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (ClassNotFoundException | URISyntaxException e) {
      throw new IllegalStateException("the engine module is not on the test class path", e);
    }
  }

  public ClickHouse client() {
    return supervisor.client();
  }

  public EngineSupervisor supervisor() {
    return supervisor;
  }

  /// A fresh, empty database.
  public String newDatabase() {
    String name = "test_" + ProcessHandle.current().pid() + "_" + DATABASES.incrementAndGet();
    client().execute(Statement.of(Role.ADMIN, "CREATE DATABASE " + name));
    return name;
  }

  /// Waits until it serves; fails when it does not in time.
  public void awaitRunning() {
    try {
      if (!supervisor.awaitRunning(START_MAX)) {
        throw new IllegalStateException("the engine did not start in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    supervisor.close();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Started at the first use, closed with the JVM.
  private static final class Shared {
    static final TestEngine ENGINE = make();

    private static TestEngine make() {
      TestEngine engine = start();
      Runtime.getRuntime()
          .addShutdownHook(Thread.ofPlatform().name("test-engine-stop").unstarted(engine::close));
      return engine;
    }
  }
}
