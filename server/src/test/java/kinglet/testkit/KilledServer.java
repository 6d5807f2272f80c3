// SPDX-License-Identifier: Apache-2.0
package kinglet.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import kinglet.journal.CrashPoints;

/// A whole server in a process of its own, which is going to be killed.
public final class KilledServer extends TestClient {
  private static final Duration START_MAX = Duration.ofSeconds(90);
  private static final Duration HALT_MAX = Duration.ofSeconds(30);

  /// Stands for one that halted before it served.
  private static final String[] NOWHERE = {"", "0", ""};

  private final ChildJvm child;
  private final Collection<String> log;

  private KilledServer(ChildJvm child, Collection<String> log, int port, String adminToken) {
    super(port, adminToken);
    this.child = child;
    this.log = log;
  }

  /// Starts a server on `data`, and waits for its engine.
  ///
  /// @param overrides whole keys such as `ingest.rows-max`
  public static KilledServer start(Path data, Map<String, String> overrides)
      throws ExecutionException, InterruptedException, TimeoutException {
    return start(data, overrides, Map.of());
  }

  /// The same for a server that halts by itself, perhaps before it serves.
  ///
  /// @param point of [CrashPoints] at which it does
  public static KilledServer halting(Path data, String point)
      throws ExecutionException, InterruptedException, TimeoutException {
    return halting(data, Map.of(), point);
  }

  /// The same with settings.
  public static KilledServer halting(Path data, Map<String, String> overrides, String point)
      throws ExecutionException, InterruptedException, TimeoutException {
    return start(data, overrides, Map.of("kinglet.crash.point", point));
  }

  private static KilledServer start(
      Path data, Map<String, String> overrides, Map<String, String> properties)
      throws ExecutionException, InterruptedException, TimeoutException {
    List<String> arguments = new ArrayList<>();
    arguments.add(data.toString());
    overrides.forEach((key, value) -> arguments.add(key + "=" + value));
    CompletableFuture<String[]> serves = new CompletableFuture<>();
    ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();
    ChildJvm child =
        ChildJvm.start(
            KilledServerChild.class,
            arguments,
            properties,
            line -> {
              boolean _ =
                  line.startsWith(KilledServerChild.SERVES)
                      ? serves.complete(line.split(" "))
                      : log.add(line);
            },
            log::add);
    Object _ =
        CompletableFuture.anyOf(serves, child.handle().onExit())
            .get(START_MAX.toMillis(), TimeUnit.MILLISECONDS);
    // A job that goes on may reach the point before the server is ready.
    assertThat(serves.isDone() || !properties.isEmpty()).as("the server starts: %s", log).isTrue();
    String[] words = serves.getNow(NOWHERE);
    return new KilledServer(child, log, Integer.parseInt(words[1]), words[2]);
  }

  /// Waits until it halts at its point.
  public void awaitHalt() {
    assertThat(child.awaitEnd(HALT_MAX)).as("%s", log).isEqualTo(CrashPoints.EXIT_STATUS);
  }

  /// What it has written so far, line by line.
  public Collection<String> log() {
    return log;
  }

  /// Ends its engine as `kill -9` does.
  public void killEngine() {
    List<ProcessHandle> engines = child.handle().children().toList();
    assertThat(engines).hasSize(1);
    assertThat(engines.getFirst().destroyForcibly()).isTrue();
  }

  /// Ends the server as `kill -9` does.
  public void kill() {
    child.kill();
  }

  @Override
  public void close() {
    child.close();
    super.close();
  }
}
