// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import java.nio.file.Path;
import java.time.Duration;

/// Where the journal is and what bounds it.
///
/// @param queueRequestsMax appends waiting for the next group; more is [JournalError#JOURNAL_BUSY]
/// @param queueBytesMax payload bytes waiting for the next group
/// @param groupBytesMax payload bytes written with one fsync
/// @param writeBufferBytes RocksDB's write buffer; what is trimmed before it fills is written once
/// @param diskReserveBytes appends are refused when less usable space is left
/// @param diskCheckInterval how old a look at the disk may be
/// @param appendTimeout longest wait for an append to be durable
public record JournalSettings(
    Path directory,
    int queueRequestsMax,
    long queueBytesMax,
    long groupBytesMax,
    long writeBufferBytes,
    long diskReserveBytes,
    Duration diskCheckInterval,
    Duration appendTimeout) {

  private static final long MEBIBYTE = 1 << 20;

  /// The settings a server starts with unless configured otherwise.
  public static JournalSettings in(Path directory) {
    return new JournalSettings(
        directory,
        16_384,
        256 * MEBIBYTE,
        32 * MEBIBYTE,
        64 * MEBIBYTE,
        1024 * MEBIBYTE,
        Duration.ofSeconds(1),
        Duration.ofSeconds(30));
  }
}
