// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import kinglet.cli.generate.Rows;
import kinglet.cli.generate.Workload;
import kinglet.cli.generate.Workloads;
import kinglet.config.TimeSpan;
import kinglet.error.PlatformException;
import kinglet.time.MicrosClock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Sends made-up events of an example, of the past at once and then as they happen.
@Command(
    name = "generate",
    description = {
      "Send made-up events of an example to a server: checkout, betting or booking.",
      "The same seed makes the same events. Deploy the example first:"
          + " kinglet deploy examples/checkout"
    },
    mixinStandardHelpOptions = true)
final class GenerateCommand implements Callable<Integer> {
  private static final int EVENTS_PER_REQUEST = 5_000;
  private static final int EVENTS_PER_IMPORT = 50_000;
  private static final long TICK_MICROS = 20_000;
  private static final int RATE_MAX = 1_000_000;

  private final CommandContext context;

  @Mixin private ServerOptions server = new ServerOptions();

  @Parameters(paramLabel = "EXAMPLE", description = "checkout, betting or booking")
  private String example = "";

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "events a second from now on, 0 for none (default 100)")
  private int rate = 100;

  @Option(
      names = "--events",
      paramLabel = "N",
      description = "stop after N events (default: go on until Ctrl-C)")
  private long events = Long.MAX_VALUE;

  @Option(
      names = "--history",
      paramLabel = "TIME",
      description = "first import events of the past this long, such as 7d, as fast as they go")
  private @Nullable String history;

  @Option(
      names = "--history-events",
      paramLabel = "N",
      description = "how many events the past has (default 100000)")
  private long historyEvents = 100_000;

  @Option(names = "--seed", paramLabel = "N", description = "which events (default 1)")
  private long seed = 1;

  @Option(
      names = "--print",
      description = "print the rows as {\"SOURCE\": ROW} lines instead of sending them")
  private boolean print;

  GenerateCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    Workloads kind =
        Workloads.named(example)
            .orElseThrow(() ->
                invalid(
                    "there is no example '"
                        + example
                        + "'; there are "
                        + Arrays.stream(Workloads.values())
                            .map(Workloads::title)
                            .collect(Collectors.joining(", "))));
    if (rate < 0 || rate > RATE_MAX) {
      throw invalid("--rate is from 0 to " + RATE_MAX + ", not " + rate);
    }
    Workload workload = kind.start(seed);
    MicrosClock clock = MicrosClock.of(InstantSource.system());
    if (print) {
      run(workload, clock, this::printRows, this::printRows);
      return 0;
    }
    try (ApiClient client = server.connect(context.environment())) {
      run(workload, clock, bodies -> append(client, bodies), bodies -> send(client, bodies));
    }
    return 0;
  }

  /// Where the rows of one request go.
  @FunctionalInterface
  private interface Sink {
    void take(Map<String, byte[]> bodies) throws IOException;
  }

  private void run(Workload workload, MicrosClock clock, Sink before, Sink now) throws IOException {
    String past = history;
    if (past != null) {
      sendHistory(workload, clock.nowMicros(), span(past), before);
    }
    if (rate > 0) {
      sendNow(workload, clock, now);
    }
  }

  private static long span(String text) {
    try {
      return TimeUnit.NANOSECONDS.toMicros(TimeSpan.parse(text).duration().toNanos());
    } catch (IllegalArgumentException e) {
      throw new PlatformException(CliError.INVALID_ARGUMENT, "--history: " + e.getMessage(), e);
    }
  }

  private void sendHistory(Workload workload, long nowMicros, long spanMicros, Sink sink)
      throws IOException {
    Progress progress =
        new Progress(context.console(), "history", historyEvents, "events", System::nanoTime);
    Rows rows = new Rows();
    for (long sent = 0; sent < historyEvents; ) {
      long until = Math.min(historyEvents, sent + EVENTS_PER_IMPORT);
      long count = until - sent;
      for (; sent < until; sent++) {
        double share = (double) sent / historyEvents;
        workload.next(nowMicros - spanMicros + (long) (share * spanMicros), rows);
      }
      sink.take(rows.bodies());
      rows.clear();
      progress.add(count);
    }
    progress.finish();
  }

  private void sendNow(Workload workload, MicrosClock clock, Sink sink) throws IOException {
    boolean endless = events == Long.MAX_VALUE;
    Progress progress =
        new Progress(context.console(), "events", endless ? 0 : events, "events", System::nanoTime);
    Rows rows = new Rows();
    long start = clock.nowMicros();
    long sent = 0;
    while (sent < events) {
      long now = clock.nowMicros();
      long due = Math.min(events, (long) ((now - start) / 1e6 * rate) + 1);
      long until = Math.min(due, sent + EVENTS_PER_REQUEST);
      long count = until - sent;
      for (; sent < until; sent++) {
        workload.next(Math.min(now, start + (long) (sent * 1e6 / rate)), rows);
      }
      if (count > 0) {
        sink.take(rows.bodies());
        rows.clear();
        progress.add(count);
      } else {
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(TICK_MICROS));
      }
    }
    progress.finish();
  }

  private static void send(ApiClient client, Map<String, byte[]> bodies) {
    post(client, bodies, "/v0/events?name=", "quarantined_rows");
  }

  /// Rows of the past are imported, so that they count as known when they happened.
  private static void append(ApiClient client, Map<String, byte[]> bodies) {
    post(client, bodies, "/v0/datasources?mode=append&format=ndjson&name=", "quarantine_rows");
  }

  private static void post(
      ApiClient client, Map<String, byte[]> bodies, String path, String counted) {
    for (Map.Entry<String, byte[]> body : bodies.entrySet()) {
      JsonNode answer =
          client.postJson(
              path + ApiClient.encode(body.getKey()),
              BodyPublishers.ofByteArray(body.getValue()),
              "application/x-ndjson");
      long quarantined = answer.path(counted).asLong(0);
      if (quarantined > 0) {
        throw new PlatformException(
            CliError.SERVER_REFUSED,
            quarantined
                + " rows went to "
                + body.getKey()
                + "_quarantine: its schema is not that of the example; look there for the reason");
      }
    }
  }

  private void printRows(Map<String, byte[]> bodies) throws IOException {
    for (Map.Entry<String, byte[]> body : bodies.entrySet()) {
      String before = "{\"" + body.getKey() + "\": ";
      new String(body.getValue(), StandardCharsets.UTF_8)
          .lines()
          .forEach(line -> context.console().print(before + line + "}"));
    }
  }

  private static PlatformException invalid(String text) {
    return new PlatformException(CliError.INVALID_ARGUMENT, text);
  }
}
