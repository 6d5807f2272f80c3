// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.row;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import kinglet.value.Slot;

/// The rows of an answer of ClickHouse in the format `Native`: `__seq`, `__ingested_at` in
/// microseconds, perhaps numbers of the caller's own, then the columns that are needed in their
/// order.
public final class StoredRows implements EventRows {
  private static final int LEADING = 2;

  private final NativeRows rows;
  private final int[] places;

  public StoredRows(InputStream in, RowShape shape) {
    this(in, shape, 0);
  }

  /// @param more how many numbers of the caller's own each row has
  public StoredRows(InputStream in, RowShape shape, int more) {
    this.rows = new NativeRows(in);
    this.places = new int[shape.size()];
    Arrays.fill(places, -1);
    int[] columns = columns(shape);
    for (int i = 0; i < columns.length; i++) {
      places[columns[i]] = LEADING + more + i;
    }
  }

  /// The columns that are needed, in the order in which they are read.
  public static int[] columns(RowShape shape) {
    return IntStream.range(0, shape.size()).filter(shape::needed).toArray();
  }

  @Override
  public boolean next() {
    try {
      return rows.next();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void get(int column, Slot into) {
    into.set(rows.get(places[column]));
  }

  @Override
  public long seq() {
    return rows.get(0).whole();
  }

  @Override
  public long ingestedMicros() {
    return rows.get(1).whole();
  }

  /// A number of the caller's own.
  public long more(int number) {
    return rows.get(LEADING + number).whole();
  }
}
