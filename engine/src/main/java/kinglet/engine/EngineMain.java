// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Starts the engine process.
///
/// The first line of standard input is the secret, the line `stop` stops the process cleanly; when
/// standard input ends, or the parent is gone, the process ends at once. One line on standard
/// output says when and where it serves.
public final class EngineMain {
  /// What the line on standard output begins with.
  static final String READY = "kinglet-engine ready port=";

  /// The line on standard input that stops the process cleanly.
  static final String STOP = "stop";

  private static final long STOP_MILLIS_MAX = 8_000;
  private static final long PARENT_PERIOD_MILLIS = 500;

  private EngineMain() {}

  public static void main(String[] arguments) throws IOException {
    EngineOptions options = EngineOptions.parse(arguments);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String secret = in.readLine();
    if (secret == null || secret.isBlank()) {
      throw new IllegalArgumentException("the first line of standard input is the secret");
    }
    watchParent(options.parentPid());
    Engine engine = Engine.start(options, secret.strip().getBytes(StandardCharsets.UTF_8));
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> end(engine)));
    say(READY + engine.port());
    if (awaitStop(in)) {
      end(engine);
    }
    // The parent is gone: its successor wants the data directory now.
    Libc.exit(EngineThreads.FATAL_STATUS);
  }

  /// Waits for the word to stop; false when standard input ends without it.
  private static boolean awaitStop(BufferedReader in) {
    try {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.equals(STOP)) {
          return true;
        }
      }
      return false;
    } catch (IOException _) {
      // Standard input that breaks is standard input that ends.
      return false;
    }
  }

  /// Ends the process, cleanly if it can be done in time.
  private static void end(Engine engine) {
    Thread stop = EngineThreads.start("stop-engine", engine::stop);
    try {
      stop.join(STOP_MILLIS_MAX);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    Libc.exit(0);
  }

  /// A parent that was killed while the engine still starts has closed standard input too, but
  /// nobody reads it then.
  private static void watchParent(long parentPid) {
    if (parentPid == 0) {
      return;
    }
    ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("parent-watch").daemon(true).factory());
    var unused =
        thread.scheduleWithFixedDelay(
            () -> {
              boolean alive = ProcessHandle.of(parentPid).map(ProcessHandle::isAlive).orElse(false);
              if (!alive) {
                Libc.exit(EngineThreads.FATAL_STATUS);
              }
            },
            PARENT_PERIOD_MILLIS,
            PARENT_PERIOD_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  private static void say(String line) throws IOException {
    Path unused = Files.writeString(Path.of("/dev/stdout"), line + "\n", StandardOpenOption.WRITE);
  }
}
