// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The durable, totally ordered log of accepted rows. What is appended is on disk when `append`
/// returns; everything else in the platform is a function of a prefix of it.
public interface Journal extends AutoCloseable {
  /// A name no other journal has, given when it was made: sequence numbers mean something only
  /// together with it.
  String id();

  /// Appends entries as one unit, all or none, and returns when they are fsynced.
  ///
  /// Waits for the journal's thread, makes no native call itself. After
  /// [JournalError#JOURNAL_TIMEOUT] and [JournalError#JOURNAL_FAILED] the entries may or may not be
  /// in the journal; after every other failure they are not.
  default Appended append(List<JournalEntry> entries) {
    return append(entries, Map.of());
  }

  /// Appends entries and changes metadata as one unit, as [#putMetadata] does.
  Appended append(List<JournalEntry> entries, Map<String, byte[]> changes);

  /// Reads committed entries from the one that holds `fromSeq` on.
  JournalCursor read(long fromSeq);

  /// Forgets entries whose rows all lie below `belowSeq`.
  void trim(long belowSeq);

  /// The last durable sequence number; one less than [#firstSeq] when the journal is empty.
  long committedSeq();

  /// The first sequence number that is still kept, or would be given next.
  long firstSeq();

  JournalHealth health();

  /// A small value kept beside the entries, as last made durable.
  Optional<byte[]> metadata(String key);

  /// Changes metadata as one unit and returns when it is fsynced. An empty value removes its key.
  void putMetadata(Map<String, byte[]> changes);

  /// Registers a listener for every group committed from now on.
  ///
  /// @return the first sequence number the listener will be given
  long addListener(JournalListener listener);

  /// Commits what is queued, then closes.
  @Override
  void close();
}
