// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import kinglet.metrics.Metrics;
import kinglet.testkit.TestEngine;

/// A process that runs an engine until it is killed; a test kills it.
final class EngineParent {
  static final String PID = "engine pid ";

  private EngineParent() {}

  public static void main(String[] arguments) throws Exception {
    EngineSupervisor supervisor =
        EngineSupervisor.start(TestEngine.settings(Path.of(arguments[0])), new Metrics());
    if (!supervisor.awaitRunning(Duration.ofSeconds(60))) {
      throw new IllegalStateException("the engine did not start in time");
    }
    Path unused =
        Files.writeString(
            Path.of("/dev/stdout"),
            PID + supervisor.pid() + "\n",
            StandardCharsets.UTF_8,
            StandardOpenOption.WRITE);
    new CountDownLatch(1).await();
  }
}
