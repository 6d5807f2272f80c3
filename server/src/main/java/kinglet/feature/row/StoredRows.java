// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.row;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.stream.IntStream;
import kinglet.value.Slot;

/// The rows of an answer of ClickHouse in the format `RowBinary`: `__seq`, `__ingested_at` in
/// microseconds, then the columns that are needed in their order.
public final class StoredRows implements EventRows {
  private final RowBinaryInput in;
  private final RowShape shape;
  private final int[] columns;
  private final Slot[] slots;
  private long seq;
  private long ingestedMicros;

  public StoredRows(InputStream in, RowShape shape) {
    this.in = new RowBinaryInput(in);
    this.shape = shape;
    this.columns = columns(shape);
    this.slots = Slot.array(shape.size());
  }

  /// The columns that are needed, in the order in which they are read.
  public static int[] columns(RowShape shape) {
    return IntStream.range(0, shape.size()).filter(shape::needed).toArray();
  }

  @Override
  public boolean next() {
    try {
      if (!in.hasNext()) {
        return false;
      }
      seq = in.whole(8);
      ingestedMicros = in.whole(8);
      for (int column : columns) {
        in.read(shape.schema().column(column).type(), slots[column]);
      }
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void get(int column, Slot into) {
    into.set(slots[column]);
  }

  @Override
  public long seq() {
    return seq;
  }

  @Override
  public long ingestedMicros() {
    return ingestedMicros;
  }
}
