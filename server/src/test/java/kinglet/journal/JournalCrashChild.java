// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import kinglet.metrics.Metrics;
import kinglet.thread.Threads;
import kinglet.time.MicrosClock;

/// Appends until it is killed, and says what was acknowledged: `caller number firstSeq`.
final class JournalCrashChild {
  private static final int CALLERS = 6;
  private static final int TRIM_EVERY = 200;

  private JournalCrashChild() {}

  public static void main(String[] arguments) throws InterruptedException {
    Path directory = Path.of(arguments[0]);
    String round = arguments[1];
    JournalSettings settings =
        new JournalSettings(
            directory,
            1_000,
            1 << 24,
            1 << 20,
            1 << 18,
            1 << 20,
            Duration.ofSeconds(1),
            Duration.ofSeconds(20));
    Journal journal =
        RocksJournal.open(settings, MicrosClock.of(InstantSource.system()), new Metrics());
    FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    try (var callers = Threads.virtual("caller")) {
      for (int caller = 0; caller < CALLERS; caller++) {
        String name = round + "." + caller;
        callers.execute(() -> append(journal, name, out));
      }
      new CountDownLatch(1).await();
    }
  }

  private static void append(Journal journal, String caller, FileOutputStream out) {
    for (int i = 0; ; i++) {
      String text = caller + " " + i;
      String padding = "x".repeat(i * 37 % 600);
      Appended appended = journal.append(List.of(Journals.rows(i % 3 + 1, text + " " + padding)));
      try {
        out.write((text + " " + appended.firstSeq() + "\n").getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      if (caller.endsWith(".0") && i % TRIM_EVERY == TRIM_EVERY - 1) {
        journal.trim(appended.firstSeq() - TRIM_EVERY);
      }
    }
  }
}
