// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import kinglet.error.PlatformException;
import kinglet.testkit.ManualClock;
import kinglet.testkit.Seed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Cuts RocksDB's write-ahead log at random places, as a power cut leaves it: every append whose
/// bytes were on disk when it was acknowledged is there.
final class RocksJournalTornLogTest {
  private static final int CUTS = 40;

  @TempDir Path directory;

  private record Acknowledged(long lastSeq, long logBytes) {}

  @Test
  void everyAppendBelowTheCutSurvives() throws IOException {
    Seed seed = Seed.next();
    RandomGenerator random = seed.random();
    Path original = directory.resolve("original");
    List<Acknowledged> acknowledged = new ArrayList<>();
    Path snapshot = directory.resolve("snapshot");
    try (Journal journal =
        Journals.over(new RocksJournalStore(original, 1 << 20), new ManualClock(0))) {
      for (int i = 0; i < 60; i++) {
        Appended appended =
            journal.append(List.of(Journals.rows(2, "x".repeat(random.nextInt(2_000)))));
        acknowledged.add(new Acknowledged(appended.lastSeq(), Files.size(log(original))));
      }
      copy(original, snapshot);
    }
    long fullBytes = Files.size(log(snapshot));
    long setUpBytes = acknowledged.getFirst().logBytes();
    for (int cut = 0; cut < CUTS; cut++) {
      long keptBytes = random.nextLong(setUpBytes, fullBytes + 1);
      Path torn = directory.resolve("torn-" + cut);
      copy(snapshot, torn);
      truncate(log(torn), keptBytes);
      long survives =
          acknowledged.stream()
              .filter(append -> append.logBytes() <= keptBytes)
              .mapToLong(Acknowledged::lastSeq)
              .max()
              .orElse(0);
      try (Journal journal =
          Journals.over(new RocksJournalStore(torn, 1 << 20), new ManualClock(0))) {
        assertThat(journal.committedSeq())
            .as("log cut at %d, %s", keptBytes, seed)
            .isEqualTo(survives);
        assertThat(Journals.readAll(journal)).hasSize((int) survives / 2);
      }
    }
  }

  @Test
  void damageInsideTheLogIsNotSilentlyLost() throws IOException {
    Path original = directory.resolve("original");
    Path snapshot = directory.resolve("snapshot");
    long[] sizes = new long[20];
    try (Journal journal =
        Journals.over(new RocksJournalStore(original, 1 << 20), new ManualClock(0))) {
      for (int i = 0; i < sizes.length; i++) {
        Appended unused = journal.append(List.of(Journals.rows(1, "payload ".repeat(100))));
        sizes[i] = Files.size(log(original));
      }
      copy(original, snapshot);
    }
    flip(log(snapshot), sizes[9] + 100);
    JournalSettings settings = Journals.settings(snapshot);
    assertThatThrownBy(() ->
            RocksJournal.open(settings, new ManualClock(0), new kinglet.metrics.Metrics()).close())
        .isInstanceOf(PlatformException.class)
        .hasMessageContaining("Corruption");
  }

  private static Path log(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".log"))
          .max(java.util.Comparator.naturalOrder())
          .orElseThrow();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Path unused = Files.copy(file, to.resolve(file.getFileName().toString()));
      }
    }
  }

  private static void truncate(Path file, long bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      FileChannel unused = channel.truncate(bytes);
    }
  }

  private static void flip(Path file, long offset) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) offset] ^= 1;
    Path unused = Files.write(file, bytes);
  }
}
