// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import kinglet.thread.Threads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One run of the engine: a child process with a secret of its own.
///
/// It ends when its standard input does, so it never outlives this process; told to stop, it ends
/// cleanly.
final class EngineProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EngineProcess.class);
  private static final String READY = "kinglet-engine ready port=";
  private static final int SECRET_BYTES = 32;
  private static final Duration STOP_MAX = Duration.ofSeconds(10);
  private static final Duration KILL_MAX = Duration.ofSeconds(10);

  private final Process process;
  private final String secret;
  private final CompletableFuture<Integer> port = new CompletableFuture<>();

  private EngineProcess(Process process, String secret) {
    this.process = process;
    this.secret = secret;
  }

  /// Starts the child; it is not ready yet.
  static EngineProcess launch(EngineSettings settings) throws IOException {
    Path data = Files.createDirectories(settings.dataDirectory()).toAbsolutePath();
    byte[] random = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(random);
    String secret = HexFormat.of().formatHex(random);
    ProcessBuilder builder = new ProcessBuilder(command(settings, data));
    builder.environment().put("TZ", "UTC");
    builder.directory(data.toFile());
    EngineProcess engine = new EngineProcess(builder.start(), secret);
    engine.preferAsVictim();
    OutputStream in = engine.process.getOutputStream();
    in.write((secret + "\n").getBytes(StandardCharsets.UTF_8));
    in.flush();
    Thread out = Threads.platform("engine-output", engine::readOutput);
    Thread err = Threads.platform("engine-log", engine::readLog);
    LOG.atDebug().addKeyValue("threads", List.of(out.getName(), err.getName())).log("launched");
    return engine;
  }

  private static List<String> command(EngineSettings settings, Path data) {
    String classPath =
        settings.classPath().stream()
            .map(path -> path.toAbsolutePath().toString())
            .collect(Collectors.joining(System.getProperty("path.separator")));
    return List.of(
        settings.javaHome().resolve("bin").resolve("java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "-XX:+UseSerialGC",
        "-Xmx512m",
        "-Xss512k",
        "-XX:+ExitOnOutOfMemoryError",
        "-XX:-UsePerfData",
        "-XX:TieredStopAtLevel=1",
        "-Xshare:auto",
        "-cp",
        classPath,
        "kinglet.engine.EngineMain",
        "--library=" + settings.library().toAbsolutePath(),
        "--data=" + data,
        "--memory-bytes-max=" + settings.memoryBytesMax(),
        "--readers=" + settings.readers(),
        "--writers=" + settings.writers(),
        "--admins=" + settings.admins(),
        "--queue-max=" + settings.queueMax(),
        "--query-millis-max=" + settings.queryTimeout().toMillis(),
        "--parent-pid=" + ProcessHandle.current().pid());
  }

  /// When memory runs out, Linux should end the engine, which comes back, and not the server.
  private void preferAsVictim() {
    Path adjustment = Path.of("/proc/" + process.pid() + "/oom_score_adj");
    try {
      if (Files.isWritable(adjustment)) {
        Path unused = Files.writeString(adjustment, "600");
      }
    } catch (IOException e) {
      LOG.atDebug().setCause(e).log("the engine is no preferred victim of the memory killer");
    }
  }

  private void readOutput() {
    readLines(
        process.getInputStream(),
        line -> {
          if (line.startsWith(READY)) {
            boolean unused =
                port.complete(Integer.parseInt(line.substring(READY.length()).strip()));
          }
        });
    boolean unused =
        port.completeExceptionally(new IOException("the engine ended before it was ready"));
  }

  private void readLog() {
    readLines(
        process.getErrorStream(),
        line -> LOG.atInfo().addKeyValue("pid", process.pid()).log("engine: {}", line));
  }

  private static void readLines(InputStream in, Consumer<String> sink) {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        sink.accept(line);
      }
    } catch (IOException e) {
      LOG.atDebug().setCause(e).log("the engine's output ended");
    }
  }

  /// Waits until it serves.
  Endpoint awaitReady(Duration atMost) throws IOException, InterruptedException, TimeoutException {
    try {
      int number = port.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
      return new Endpoint(URI.create("http://127.0.0.1:" + number), secret);
    } catch (ExecutionException e) {
      throw new IOException("the engine ended before it was ready; its log says why", e.getCause());
    }
  }

  /// Waits for its end; whether it ended.
  boolean awaitExit(Duration atMost) throws InterruptedException {
    return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  int exitStatus() {
    return process.exitValue();
  }

  long pid() {
    return process.pid();
  }

  /// Processor time it used so far.
  Duration cpuTime() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /// Whether it would use processor time if it were given any.
  boolean wantsToRun() {
    return ProcessThreads.anyWantsToRun(process.pid());
  }

  /// Ends it at once.
  void kill() throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(KILL_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.atError().addKeyValue("pid", process.pid()).log("the engine does not die");
    }
  }

  /// Lets it end by itself; kills it if it takes too long.
  @Override
  public void close() {
    try {
      try (OutputStream in = process.getOutputStream()) {
        in.write("stop\n".getBytes(StandardCharsets.UTF_8));
      }
      if (process.waitFor(STOP_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
      LOG.atWarn().addKeyValue("pid", process.pid()).log("the engine did not end in time");
      kill();
    } catch (IOException e) {
      // It ended by itself, or is about to.
      LOG.atDebug().setCause(e).log("the engine's input was closed");
      process.destroyForcibly();
    } catch (InterruptedException _) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
