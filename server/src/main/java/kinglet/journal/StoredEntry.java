// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

/// An entry as it stands in the journal: its rows have the sequence numbers `firstSeq` to `firstSeq
/// + rows - 1`.
public record StoredEntry(
    long firstSeq,
    long ingestedMicros,
    long dataSourceId,
    int schemaVersion,
    EntryKind kind,
    int rows,
    byte[] payload) {

  public long lastSeq() {
    return firstSeq + rows - 1;
  }
}
