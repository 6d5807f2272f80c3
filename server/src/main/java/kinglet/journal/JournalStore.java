// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import java.io.IOException;
import java.util.Map;
import java.util.OptionalLong;

/// Ordered bytes on disk under the journal: it knows keys and values, not what they mean.
///
/// One thread writes and syncs; any platform thread reads.
interface JournalStore extends AutoCloseable {
  /// Applies a batch, all or nothing. It survives a crash of the machine only after [#sync].
  void write(StoreBatch batch) throws IOException;

  /// Makes every batch written so far durable.
  void sync() throws IOException;

  /// Entries in order, beginning with the last one that starts at or before `fromSeq`.
  StoreCursor scan(long fromSeq) throws IOException;

  /// The start of the last entry that starts at or before `seq`.
  OptionalLong floor(long seq) throws IOException;

  /// All metadata.
  Map<String, byte[]> metadata() throws IOException;

  /// Gives back the disk space of deleted entries below `seq`, as far as that is cheap.
  void release(long seq) throws IOException;

  /// Bytes on disk and in write buffers.
  long bytes() throws IOException;

  @Override
  void close();

  /// A position among the entries; owned by one thread.
  interface StoreCursor extends AutoCloseable {
    /// Moves on; false at the end.
    boolean next() throws IOException;

    long firstSeq();

    byte[] value();

    @Override
    void close();
  }
}
