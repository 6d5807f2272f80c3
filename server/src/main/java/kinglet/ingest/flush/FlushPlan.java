// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

import java.nio.ByteBuffer;
import kinglet.journal.EntryKind;

/// The range of the journal that is being moved, and how far the move has come. Durable before each
/// insert, so that an interrupted move is repeated exactly.
///
/// ```
///  0  1  version, 1
///  1  8  first sequence number
///  9  8  last sequence number
/// 17 17  last step that is done: data source id 8, schema version 4, kind 1, group 4
/// 34 17  the step that is inserted in pieces, because some of its rows cannot be stored
/// 51  4  rows of it that are done
/// 55  4  rows of the piece in flight; 0 when no step is inserted in pieces
/// ```
///
/// Big-endian.
record FlushPlan(
    long fromSeq, long toSeq, StepKey done, StepKey split, int splitDoneRows, int splitPieceRows) {
  static final String KEY = "flush.plan";

  private static final byte VERSION = 1;
  private static final int BYTES = 59;

  FlushPlan {
    if (fromSeq < 1 || toSeq < fromSeq) {
      throw new IllegalStateException("a plan from " + fromSeq + " to " + toSeq);
    }
  }

  static FlushPlan of(long fromSeq, long toSeq) {
    return new FlushPlan(fromSeq, toSeq, StepKey.NONE, StepKey.NONE, 0, 0);
  }

  FlushPlan withDone(StepKey step) {
    return new FlushPlan(fromSeq, toSeq, step, StepKey.NONE, 0, 0);
  }

  FlushPlan withPiece(StepKey step, int doneRows, int pieceRows) {
    return new FlushPlan(fromSeq, toSeq, done, step, doneRows, pieceRows);
  }

  boolean isDone(StepKey step) {
    return step.compareTo(done) <= 0;
  }

  boolean isSplit(StepKey step) {
    return splitPieceRows > 0 && split.equals(step);
  }

  byte[] encode() {
    ByteBuffer out = ByteBuffer.allocate(BYTES).put(VERSION).putLong(fromSeq).putLong(toSeq);
    put(out, done);
    put(out, split);
    return out.putInt(splitDoneRows).putInt(splitPieceRows).array();
  }

  static FlushPlan decode(byte[] bytes) {
    if (bytes.length != BYTES || bytes[0] != VERSION) {
      throw new IllegalStateException("the flush plan in the journal is not of version 1");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes, 1, BYTES - 1);
    return new FlushPlan(in.getLong(), in.getLong(), key(in), key(in), in.getInt(), in.getInt());
  }

  private static void put(ByteBuffer out, StepKey key) {
    ByteBuffer unused =
        out.putLong(key.dataSourceId())
            .putInt(key.schemaVersion())
            .put((byte) key.kind().ordinal())
            .putInt(key.group());
  }

  private static StepKey key(ByteBuffer in) {
    return new StepKey(in.getLong(), in.getInt(), EntryKind.values()[in.get()], in.getInt());
  }
}
