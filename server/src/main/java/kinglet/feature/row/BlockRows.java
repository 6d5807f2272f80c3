// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.row;

import java.util.List;
import kinglet.expression.Evaluator;
import kinglet.type.Block;
import kinglet.type.ByteRun;
import kinglet.type.Bytes;
import kinglet.type.Column;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;

/// The rows of a block, of which those columns are read that are needed.
public final class BlockRows implements EventRows {
  private final Block block;
  private final long firstSeq;
  private final long ingestedMicros;
  private final @Nullable ColumnCursor[] cursors;
  private final RowShape shape;
  private final Slot[] slots;
  private final Evaluator[] defaults;
  private int row = -1;

  /// @param shape the columns that expressions see
  public BlockRows(Block block, long firstSeq, long ingestedMicros, RowShape shape) {
    this.block = block;
    this.firstSeq = firstSeq;
    this.ingestedMicros = ingestedMicros;
    this.shape = shape;
    this.cursors = new ColumnCursor[shape.size()];
    this.slots = Slot.array(shape.size());
    this.defaults = shape.defaults();
    int stream = 0;
    for (Column column : block.columns()) {
      int streams = column.type().streams();
      int place = shape.neededPlace(column.name());
      if (place >= 0) {
        cursors[place] = cursor(column, block.streams().subList(stream, stream + streams));
      }
      stream += streams;
    }
  }

  private static ColumnCursor cursor(Column column, List<List<ByteRun>> streams) {
    var left = streams.iterator();
    return ColumnCursor.of(column.type().wire(), () -> new ByteStream(joined(left.next())));
  }

  private static ByteRun joined(List<ByteRun> runs) {
    if (runs.size() == 1) {
      return runs.getFirst();
    }
    Bytes all = new Bytes(64);
    runs.forEach(run -> all.put(run.array(), run.offset(), run.length()));
    byte[] bytes = all.toArray();
    return new ByteRun(bytes, 0, bytes.length);
  }

  @Override
  public boolean next() {
    if (++row >= block.rows()) {
      return false;
    }
    for (int i = 0; i < cursors.length; i++) {
      ColumnCursor cursor = cursors[i];
      if (cursor != null) {
        cursor.next(slots[i]);
      }
    }
    // A default may read the columns that rows carry.
    for (int i = 0; i < cursors.length; i++) {
      if (cursors[i] == null && shape.needed(i)) {
        defaults[i].evaluate(this, slots[i]);
      }
    }
    return true;
  }

  @Override
  public void get(int column, Slot into) {
    into.set(slots[column]);
  }

  @Override
  public long seq() {
    return firstSeq + row;
  }

  @Override
  public long ingestedMicros() {
    return ingestedMicros;
  }
}
