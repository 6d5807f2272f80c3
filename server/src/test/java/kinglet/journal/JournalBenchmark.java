// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import kinglet.metrics.Metrics;
import kinglet.thread.Threads;
import kinglet.time.MicrosClock;

/// How many durable appends a second, by number of concurrent callers and size of an append.
///
/// Arguments: directory on the disk to measure, seconds for each case. The journal is trimmed every
/// second, as the flusher does.
final class JournalBenchmark {
  private static final int[] CALLERS = {1, 8, 64, 512};
  private static final int[] PAYLOAD_BYTES = {200, 20_000, 1_000_000};
  private static final int SAMPLES_MAX = 1 << 22;

  private JournalBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    PrintStream out = System.out;
    out.println("| callers | payload | appends/s | MB/s | p50 us | p99 us | fsyncs/s | fsync us |");
    out.println("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for (int payloadBytes : PAYLOAD_BYTES) {
      for (int callers : CALLERS) {
        if (callers * (long) payloadBytes <= 128L << 20) {
          out.println(
              measure(
                  Path.of(arguments[0]), Integer.parseInt(arguments[1]), callers, payloadBytes));
        }
      }
    }
  }

  private static String measure(Path parent, int seconds, int callers, int payloadBytes)
      throws Exception {
    Path directory = Files.createTempDirectory(parent, "journal-benchmark");
    byte[] payload = new byte[payloadBytes];
    new Random(1).nextBytes(payload);
    JournalEntry entry = new JournalEntry(1, 1, EntryKind.ROWS, 1, payload);
    Metrics metrics = new Metrics();
    List<long[]> latencies = new ArrayList<>();
    try (Journal journal =
            RocksJournal.open(
                JournalSettings.in(directory), MicrosClock.of(InstantSource.system()), metrics);
        var threads = Threads.virtual("caller");
        var trimmer = Threads.scheduler("trimmer")) {
      Future<?> unused =
          trimmer.scheduleAtFixedRate(
              () -> {
                journal.putMetadata(Map.of("position", new byte[8]));
                journal.trim(journal.committedSeq() + 1);
              },
              1,
              1,
              TimeUnit.SECONDS);
      long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      List<Future<long[]>> running = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        running.add(threads.submit(() -> append(journal, entry, endNanos, SAMPLES_MAX / callers)));
      }
      for (Future<long[]> caller : running) {
        latencies.add(caller.get());
      }
    }
    delete(directory);
    long[] all = latencies.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    double fsyncs = scraped(metrics, "journal_fsync_seconds_count");
    double fsyncSeconds = scraped(metrics, "journal_fsync_seconds_sum");
    return "| %d | %d | %d | %.1f | %d | %d | %d | %d |"
        .formatted(
            callers,
            payloadBytes,
            all.length / seconds,
            all.length * (double) payloadBytes / seconds / 1e6,
            all[all.length / 2] / 1_000,
            all[(int) (all.length * 0.99)] / 1_000,
            (long) fsyncs / seconds,
            (long) (fsyncSeconds * 1e6 / fsyncs));
  }

  private static long[] append(Journal journal, JournalEntry entry, long endNanos, int max) {
    long[] nanos = new long[max];
    int count = 0;
    for (long start = System.nanoTime();
        start < endNanos && count < max;
        start = System.nanoTime()) {
      Appended unused = journal.append(List.of(entry));
      nanos[count++] = System.nanoTime() - start;
    }
    return Arrays.copyOf(nanos, count);
  }

  private static double scraped(Metrics metrics, String name) {
    return metrics
        .scrape()
        .lines()
        .filter(line -> line.contains(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
