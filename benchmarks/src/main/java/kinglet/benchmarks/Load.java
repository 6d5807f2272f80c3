// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/// A generator of load in a process of its own, the same for each contender: requests that were
/// made before, over connections that one thread listens to.
final class Load implements AutoCloseable {
  private final Child child;

  private Load(Child child) {
    this.child = child;
  }

  static Load start() throws IOException {
    return new Load(
        Child.java(
            List.of("-XX:+UseSerialGC", "-Xmx1g", "-XX:MaxDirectMemorySize=1g"),
            LoadMain.class.getName(),
            List.of()));
  }

  /// Who is asked what.
  ///
  /// @param protocol `http`, `resp` or `postgres`
  /// @param requests a file of [Requests]; each connection begins elsewhere in it
  record Target(String protocol, int port, Path requests) {}

  /// What came of it.
  ///
  /// @param processorNanos what the generator's threads needed of the processors
  record Result(long requests, long elapsedNanos, long processorNanos, Histogram latencyNanos) {
    double perSecond() {
      return requests * 1e9 / elapsedNanos;
    }

    double micros(double percentile) {
      return latencyNanos.getValueAtPercentile(percentile) / 1e3;
    }

    double maxMicros() {
      return latencyNanos.getMaxValue() / 1e3;
    }

    double processorMicros() {
      return processorNanos / 1e3 / Math.max(1, requests);
    }
  }

  /// Each connection sends its next request when the last is answered.
  Result closed(Target target, int connections, Duration duration) throws IOException {
    return run(target, connections, 0, duration);
  }

  /// Requests at fixed moments, whether others are answered or not; a latency counts from the
  /// moment a request was due. What could not be sent in time is left out at the end.
  Result open(Target target, int connections, int perSecond, Duration duration) throws IOException {
    return run(target, connections, perSecond, duration);
  }

  private Result run(Target target, int connections, int perSecond, Duration duration)
      throws IOException {
    child.say(
        String.join(
            " ",
            target.protocol(),
            Integer.toString(target.port()),
            target.requests().toString(),
            Integer.toString(connections),
            Integer.toString(perSecond),
            Long.toString(duration.toNanos())));
    String[] answer = child.hear().split(" ", 5);
    if (!answer[0].equals("ok")) {
      throw new IOException("load on port " + target.port() + ": " + String.join(" ", answer));
    }
    try {
      return new Result(
          Long.parseLong(answer[1]),
          Long.parseLong(answer[2]),
          Long.parseLong(answer[3]),
          Histogram.decodeFromCompressedByteBuffer(
              ByteBuffer.wrap(Base64.getDecoder().decode(answer[4])), 0));
    } catch (DataFormatException broken) {
      throw new IOException(broken);
    }
  }

  @Override
  public void close() throws IOException {
    child.close();
  }
}
