// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import kinglet.error.PlatformException;
import kinglet.metrics.Counter;
import kinglet.metrics.Metrics;
import kinglet.thread.Threads;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps one engine process running: starts it, watches it, starts it again.
///
/// One platform thread does all of it. The client it hands out stays the same across restarts and
/// fails at once while no engine answers.
public final class EngineSupervisor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EngineSupervisor.class);
  private static final Duration READY_MAX = Duration.ofSeconds(60);
  private static final Duration PING_PERIOD = Duration.ofMillis(150);
  private static final Duration PING_TIMEOUT = Duration.ofMillis(250);
  private static final Duration STOP_MAX = Duration.ofSeconds(30);

  /// A run shorter than this counts as a failed start, after which the next one waits.
  private static final Duration HEALTHY_RUN = Duration.ofSeconds(20);

  private static final Duration BACKOFF_MAX = Duration.ofSeconds(10);

  private final EngineSettings settings;
  private final HttpClickHouse client = new HttpClickHouse(this::endpoint);
  private final Counter restarts;
  private final Counter hangs;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile EngineState state = EngineState.STARTING;
  private volatile @Nullable Endpoint endpoint;
  private volatile long pid;

  private EngineSupervisor(EngineSettings settings, Metrics metrics) {
    this.settings = settings;
    this.restarts = metrics.counter("kinglet.engine.restarts");
    this.hangs = metrics.counter("kinglet.engine.hangs");
    metrics.gauge("kinglet.engine.up", () -> state == EngineState.RUNNING ? 1 : 0);
    metrics.gauge("kinglet.engine.statements", this::statements);
  }

  /// Begins to run an engine; [#awaitRunning] says when it serves.
  public static EngineSupervisor start(EngineSettings settings, Metrics metrics) {
    if (!Files.isReadable(settings.library())) {
      throw new PlatformException(
          ClickHouseError.ENGINE_UNAVAILABLE,
          "There is no libchdb at "
              + settings.library()
              + "; install the packages beside Kinglet (npm ci) or set engine.library.");
    }
    EngineSupervisor supervisor = new EngineSupervisor(settings, metrics);
    Thread thread = Threads.platform("engine-supervisor", supervisor::supervise);
    LOG.atDebug().addKeyValue("thread", thread.getName()).log("supervising");
    return supervisor;
  }

  /// The client of whichever engine runs.
  public ClickHouse client() {
    return client;
  }

  public EngineState state() {
    return state;
  }

  /// The running engine's process id, 0 without one.
  public long pid() {
    return pid;
  }

  private double statements() {
    Endpoint now = endpoint;
    return now == null ? 0 : EnginePulse.running(now.base(), PING_TIMEOUT);
  }

  /// Waits until the engine serves; whether it does.
  public boolean awaitRunning(Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    synchronized (this) {
      while (state != EngineState.RUNNING && state != EngineState.STOPPED) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
          return false;
        }
        wait(left);
      }
      return state == EngineState.RUNNING;
    }
  }

  /// Where the running engine listens.
  public Optional<Endpoint> endpoint() {
    return Optional.ofNullable(endpoint);
  }

  private void supervise() {
    try {
      Duration backoff = Duration.ZERO;
      while (!stopping.await(backoff.toMillis(), TimeUnit.MILLISECONDS)) {
        long began = System.nanoTime();
        runOnce();
        become(EngineState.RESTARTING, null);
        Duration ran = Duration.ofNanos(System.nanoTime() - began);
        backoff = backoffAfter(ran, backoff);
        if (stopping.getCount() > 0) {
          restarts.increment();
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      become(EngineState.STOPPED, null);
      stopped.countDown();
    }
  }

  /// None after a healthy run; doubling after failed ones, the first of which is free.
  private static Duration backoffAfter(Duration ran, Duration before) {
    if (ran.compareTo(HEALTHY_RUN) > 0) {
      return Duration.ZERO;
    }
    Duration doubled = before.isZero() ? Duration.ofMillis(50) : before.multipliedBy(2);
    return doubled.compareTo(BACKOFF_MAX) > 0 ? BACKOFF_MAX : doubled;
  }

  /// One engine from its start to its end.
  private void runOnce() throws InterruptedException {
    try (EngineProcess process = EngineProcess.launch(settings)) {
      try {
        Endpoint ready = awaitReady(process);
        if (ready != null) {
          pid = process.pid();
          become(EngineState.RUNNING, ready);
          LOG.atInfo().addKeyValue("pid", process.pid()).log("engine is running");
          watch(process, ready);
        }
      } catch (IOException | TimeoutException e) {
        LOG.atError().setCause(e).log("engine did not start");
        process.kill();
      } finally {
        become(EngineState.RESTARTING, null);
        pid = 0;
      }
    } catch (IOException e) {
      LOG.atError().setCause(e).log("engine could not be launched");
    }
  }

  /// Waits for the engine in short steps; null when it is to stop before it was ready.
  private @Nullable Endpoint awaitReady(EngineProcess process)
      throws IOException, InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + READY_MAX.toNanos();
    while (stopping.getCount() > 0) {
      try {
        return process.awaitReady(PING_PERIOD);
      } catch (TimeoutException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
      }
    }
    return null;
  }

  /// Returns when the engine ended, hangs and was killed, or is to stop.
  private void watch(EngineProcess process, Endpoint ready) throws InterruptedException {
    HangDetector detector = new HangDetector();
    while (stopping.getCount() > 0) {
      if (process.awaitExit(PING_PERIOD)) {
        LOG.atError()
            .addKeyValue("pid", process.pid())
            .addKeyValue("status", process.exitStatus())
            .log("engine ended");
        return;
      }
      OptionalLong age = EnginePulse.heartbeatAgeMillis(ready.base(), PING_TIMEOUT);
      if (detector.hangs(age, process.cpuTime(), process::wantsToRun)) {
        LOG.atError().addKeyValue("pid", process.pid()).log("engine hangs; killing it");
        hangs.increment();
        become(EngineState.RESTARTING, null);
        process.kill();
        return;
      }
    }
  }

  private synchronized void become(EngineState next, @Nullable Endpoint nextEndpoint) {
    endpoint = nextEndpoint;
    if (state != EngineState.STARTING || next != EngineState.RESTARTING) {
      state = next;
    }
    notifyAll();
  }

  /// Ends the engine and waits for it.
  @Override
  public void close() {
    stopping.countDown();
    try {
      if (!stopped.await(STOP_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.atError().log("the engine's supervisor did not stop in time");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    client.close();
  }
}
