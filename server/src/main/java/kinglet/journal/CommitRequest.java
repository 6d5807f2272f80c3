// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// Something a caller waits for the journal's thread to do.
sealed interface CommitRequest {
  /// Completed when the request is durable, or failed.
  CompletableFuture<?> result();

  /// Payload bytes this request holds in memory.
  long bytes();

  /// Entries to append as one unit; `values` are their encoded bytes, `changes` go with them.
  record Append(
      List<JournalEntry> entries,
      List<byte[]> values,
      Map<String, byte[]> changes,
      long bytes,
      CompletableFuture<Appended> result)
      implements CommitRequest {}

  record ChangeMetadata(Map<String, byte[]> changes, CompletableFuture<Boolean> result)
      implements CommitRequest {
    @Override
    public long bytes() {
      return 0;
    }
  }

  /// Answers the first sequence number that is kept.
  record Trim(long belowSeq, CompletableFuture<Long> result) implements CommitRequest {
    @Override
    public long bytes() {
      return 0;
    }
  }

  /// Answers the first sequence number the listener will see.
  record Register(JournalListener listener, CompletableFuture<Long> result)
      implements CommitRequest {
    @Override
    public long bytes() {
      return 0;
    }
  }
}
