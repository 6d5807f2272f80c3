// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import java.nio.ByteBuffer;

/// Where an empty journal goes on: kept in metadata by every trim, because the entries that knew it
/// are gone.
///
/// Twenty-four bytes, big-endian: first kept sequence number, next sequence number, last ingestion
/// time.
record Position(long firstSeq, long nextSeq, long ingestedMicros) {
  static final String KEY = "journal.position";
  static final Position START = new Position(1, 1, 0);

  private static final int BYTES = 24;

  byte[] encode() {
    return ByteBuffer.allocate(BYTES)
        .putLong(firstSeq)
        .putLong(nextSeq)
        .putLong(ingestedMicros)
        .array();
  }

  static Position decode(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new CorruptEntryException("the position has " + bytes.length + " bytes instead of 24");
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    Position position = new Position(buffer.getLong(), buffer.getLong(), buffer.getLong());
    if (position.firstSeq < 1 || position.nextSeq < position.firstSeq) {
      throw new CorruptEntryException("the position makes no sense: " + position);
    }
    return position;
  }
}
