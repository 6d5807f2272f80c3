// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// The bytes of one entry in the journal, big-endian.
///
/// ```
/// key    0  8  sequence number of the first row
///
/// value  0  1  magic 'K'
///        1  1  version, 1
///        2  1  kind: 1 rows, 2 quarantine, 3 file, 4 imported
///        3  1  zero
///        4  4  rows
///        8  8  data source id
///       16  4  schema version
///       20  4  CRC32C of the payload
///       24  8  ingestion time, microseconds since the epoch
///       32  4  CRC32C of the key and of bytes 0 to 31
///       36     payload
/// ```
///
/// The caller encodes an entry and sums its payload; the journal's thread only fills in what it
/// decides, so it spends no time that grows with the payload.
final class EntryLayout {
  static final int KEY_BYTES = 8;
  static final int HEADER_BYTES = 36;

  private static final byte MAGIC = 'K';
  private static final byte VERSION = 1;
  private static final int INGESTED_OFFSET = 24;
  private static final int HEADER_SUM_OFFSET = 32;

  private EntryLayout() {}

  static byte[] key(long firstSeq) {
    return ByteBuffer.allocate(KEY_BYTES).putLong(firstSeq).array();
  }

  static long firstSeq(byte[] key) {
    if (key.length != KEY_BYTES) {
      throw new CorruptEntryException("a key has " + key.length + " bytes instead of 8");
    }
    return ByteBuffer.wrap(key).getLong();
  }

  /// The value of an entry whose place is not known yet; [#place] completes it.
  static byte[] encode(JournalEntry entry) {
    byte[] payload = entry.payload();
    byte[] value = new byte[HEADER_BYTES + payload.length];
    ByteBuffer unused =
        ByteBuffer.wrap(value)
            .put(MAGIC)
            .put(VERSION)
            .put(entry.kind().wire())
            .put((byte) 0)
            .putInt(entry.rows())
            .putLong(entry.dataSourceId())
            .putInt(entry.schemaVersion())
            .putInt(sum(payload, 0, payload.length));
    System.arraycopy(payload, 0, value, HEADER_BYTES, payload.length);
    return value;
  }

  /// Writes what the journal decided into an encoded value.
  static void place(byte[] value, long firstSeq, long ingestedMicros) {
    ByteBuffer header = ByteBuffer.wrap(value);
    header.putLong(INGESTED_OFFSET, ingestedMicros);
    header.putInt(HEADER_SUM_OFFSET, headerSum(firstSeq, value));
  }

  /// Reads an entry back, checking every redundancy.
  static StoredEntry decode(long firstSeq, byte[] value) {
    if (value.length < HEADER_BYTES) {
      throw new CorruptEntryException("entry " + firstSeq + " is shorter than its header");
    }
    ByteBuffer header = ByteBuffer.wrap(value);
    if (header.getInt(HEADER_SUM_OFFSET) != headerSum(firstSeq, value)) {
      throw new CorruptEntryException("entry " + firstSeq + " has a damaged header");
    }
    if (value[0] != MAGIC || value[1] != VERSION) {
      throw new CorruptEntryException(
          "entry " + firstSeq + " has version " + value[1] + ", this program reads 1");
    }
    if (header.getInt(20) != sum(value, HEADER_BYTES, value.length - HEADER_BYTES)) {
      throw new CorruptEntryException("entry " + firstSeq + " has a damaged payload");
    }
    return new StoredEntry(
        firstSeq,
        header.getLong(INGESTED_OFFSET),
        header.getLong(8),
        header.getInt(16),
        EntryKind.of(value[2]),
        header.getInt(4),
        Arrays.copyOfRange(value, HEADER_BYTES, value.length));
  }

  private static int headerSum(long firstSeq, byte[] value) {
    CRC32C sum = new CRC32C();
    sum.update(key(firstSeq), 0, KEY_BYTES);
    sum.update(value, 0, HEADER_SUM_OFFSET);
    return (int) sum.getValue();
  }

  private static int sum(byte[] bytes, int offset, int length) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, offset, length);
    return (int) sum.getValue();
  }
}
