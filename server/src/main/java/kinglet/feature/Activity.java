// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.concurrent.atomic.LongAdder;

/// How much a view is fed and read. Safe from any thread.
final class Activity {
  /// Between two samples.
  static final Duration INTERVAL = Duration.ofSeconds(10);

  /// Rates are those of the last minute.
  private static final int SAMPLES_MAX = 7;

  private final LongAdder reads = new LongAdder();
  private volatile long newestMicros = Long.MIN_VALUE;

  @GuardedBy("this")
  private final Deque<Sample> samples = new ArrayDeque<>();

  private record Sample(long nanos, long events, long reads) {}

  /// What happens in a second, on average.
  record Rates(double events, double reads) {}

  Activity() {
    sample(0);
  }

  void read() {
    reads.increment();
  }

  /// The event time of the newest event that was fed lately; its thread alone tells.
  void fed(long micros) {
    if (micros > newestMicros) {
      newestMicros = micros;
    }
  }

  /// None before the first event since the start.
  OptionalLong newestMicros() {
    long micros = newestMicros;
    return micros == Long.MIN_VALUE ? OptionalLong.empty() : OptionalLong.of(micros);
  }

  /// @param events applied so far
  synchronized void sample(long events) {
    samples.addLast(new Sample(System.nanoTime(), events, reads.sum()));
    if (samples.size() > SAMPLES_MAX) {
      Sample unused = samples.removeFirst();
    }
  }

  /// @param events applied so far
  synchronized Rates rates(long events) {
    Sample first = samples.getFirst();
    double seconds = Math.max(1, (System.nanoTime() - first.nanos()) / 1e9);
    return new Rates((events - first.events()) / seconds, (reads.sum() - first.reads()) / seconds);
  }
}
