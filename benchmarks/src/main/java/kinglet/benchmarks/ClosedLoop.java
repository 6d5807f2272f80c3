// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/// Connections that each send their next request as soon as the last is answered.
final class ClosedLoop {
  private static final long HIGHEST_MICROS = 60_000_000;

  private ClosedLoop() {}

  /// One request on a connection; answers how many units of work it did.
  @FunctionalInterface
  interface Request {
    long send(Connection connection, long sequence) throws IOException;
  }

  /// What a loop did: units of work, elapsed time, and each request's latency in microseconds.
  record Result(long units, long elapsedNanos, Histogram latencyMicros) {
    double unitsPerSecond() {
      return units * 1e9 / elapsedNanos;
    }
  }

  static Result run(int port, int connections, Duration duration, Request request)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    long end = start + duration.toNanos();
    List<Future<Result>> parts = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
      for (int index = 0; index < connections; index++) {
        long first = (long) index << 40;
        parts.add(threads.submit(() -> loop(port, first, end, request)));
      }
      Histogram latency = new Histogram(HIGHEST_MICROS, 3);
      long units = 0;
      for (Future<Result> part : parts) {
        units += part.get().units();
        latency.add(part.get().latencyMicros());
      }
      return new Result(units, System.nanoTime() - start, latency);
    } catch (ExecutionException failure) {
      throw new IOException("a connection failed", failure.getCause());
    }
  }

  private static Result loop(int port, long first, long end, Request request) throws IOException {
    Histogram latency = new Histogram(HIGHEST_MICROS, 3);
    long units = 0;
    long start = System.nanoTime();
    try (Connection connection = new Connection(port)) {
      long before = start;
      for (long sequence = first; before < end; sequence++) {
        units += request.send(connection, sequence);
        long after = System.nanoTime();
        latency.recordValue(Math.min(HIGHEST_MICROS, (after - before) / 1_000));
        before = after;
      }
    }
    return new Result(units, System.nanoTime() - start, latency);
  }
}
