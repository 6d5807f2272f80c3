// SPDX-License-Identifier: Apache-2.0
package kinglet.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/// The registry of meters; one for each server.
///
/// Every meter is called `kinglet.` and the name it was given. Tags are given as alternating names
/// and values.
public final class Metrics implements AutoCloseable {
  /// Series beyond this many are dropped, so that a careless tag cannot fill the memory.
  private static final int SERIES_MAX = 20_000;

  private static final String PREFIX = "kinglet.";

  private static final Duration[] TIMER_BUCKETS = {
    Duration.ofNanos(100_000),
    Duration.ofNanos(250_000),
    Duration.ofMillis(1),
    Duration.ofMillis(5),
    Duration.ofMillis(25),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(2),
    Duration.ofSeconds(10)
  };

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();

  public Metrics() {
    registry.config().meterFilter(MeterFilter.maximumAllowableMetrics(SERIES_MAX));
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    garbageCollection.bindTo(registry);
  }

  public Counter counter(String name, String... tags) {
    return new MeteredCounter(registry.counter(full(name), tags));
  }

  public Timer timer(String name, String... tags) {
    io.micrometer.core.instrument.Timer timer =
        io.micrometer.core.instrument.Timer.builder(full(name))
            .tags(tags)
            .serviceLevelObjectives(TIMER_BUCKETS)
            .register(registry);
    return nanos -> timer.record(nanos, TimeUnit.NANOSECONDS);
  }

  /// Reads `value` at every scrape. The supplier is held for as long as the registry lives.
  public void gauge(String name, DoubleSupplier value, String... tags) {
    Gauge unused =
        Gauge.builder(full(name), value, DoubleSupplier::getAsDouble)
            .tags(tags)
            .strongReference(true)
            .register(registry);
  }

  private static String full(String name) {
    String dotted = name.replace('_', '.');
    return dotted.startsWith(PREFIX) ? dotted : PREFIX + dotted;
  }

  /// Every meter in Prometheus' text format.
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    garbageCollection.close();
    registry.close();
  }

  private record MeteredCounter(io.micrometer.core.instrument.Counter counter) implements Counter {
    @Override
    public void add(long amount) {
      counter.increment(amount);
    }

    @Override
    public long count() {
      return (long) counter.count();
    }
  }
}
