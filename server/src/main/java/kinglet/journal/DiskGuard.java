// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import kinglet.time.MicrosClock;

/// Watches that the disk keeps its reserve; looks at it once in an interval, on whichever thread
/// asks first.
final class DiskGuard {
  private final LongSupplier usableBytes;
  private final long reserveBytes;
  private final long intervalMicros;
  private final MicrosClock clock;
  private final AtomicLong nextLookMicros = new AtomicLong(Long.MIN_VALUE);
  private volatile long seenBytes = Long.MAX_VALUE;

  DiskGuard(LongSupplier usableBytes, long reserveBytes, Duration interval, MicrosClock clock) {
    this.usableBytes = usableBytes;
    this.reserveBytes = reserveBytes;
    this.intervalMicros = interval.toNanos() / 1_000;
    this.clock = clock;
  }

  /// The guard of the disk that holds `directory`.
  static DiskGuard of(Path directory, JournalSettings settings, MicrosClock clock)
      throws IOException {
    FileStore disk = Files.getFileStore(directory);
    LongSupplier usableBytes =
        () -> {
          try {
            return disk.getUsableSpace();
          } catch (IOException e) {
            throw new UncheckedIOException("cannot see how full the disk is", e);
          }
        };
    return new DiskGuard(
        usableBytes, settings.diskReserveBytes(), settings.diskCheckInterval(), clock);
  }

  boolean isFull() {
    long nowMicros = clock.nowMicros();
    long dueMicros = nextLookMicros.get();
    if (nowMicros >= dueMicros
        && nextLookMicros.compareAndSet(dueMicros, nowMicros + intervalMicros)) {
      seenBytes = usableBytes.getAsLong();
    }
    return seenBytes < reserveBytes;
  }

  String detail() {
    return "only "
        + seenBytes
        + " bytes of disk are left and "
        + reserveBytes
        + " are kept in reserve; free disk space";
  }
}
