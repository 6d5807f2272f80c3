// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// Cuts a stream of rows into pieces that end where a row ends, so that files of any size pass
/// through little memory. Owned by the request's thread.
///
/// A line end ends a row, unless it stands inside the double quotes of a CSV value.
final class RecordChunks {
  private static final int CARRY_GROWTH = 2;

  private final InputStream in;
  private final int chunkBytes;
  private final boolean quotes;
  private byte[] carried = new byte[0];
  private boolean ended;

  /// @param quotes whether a line end inside double quotes belongs to the row
  RecordChunks(InputStream in, int chunkBytes, boolean quotes) {
    this.in = in;
    this.chunkBytes = chunkBytes;
    this.quotes = quotes;
  }

  /// The next whole rows; empty at the end. A row longer than `rowBytesMax` is refused.
  byte[] next(long rowBytesMax) throws IOException {
    byte[] buffer = Arrays.copyOf(carried, Math.max(chunkBytes, carried.length));
    int filled = carried.length;
    while (true) {
      if (!ended) {
        int read = in.readNBytes(buffer, filled, buffer.length - filled);
        filled += read;
        ended = filled < buffer.length;
      }
      if (ended) {
        carried = new byte[0];
        return Arrays.copyOf(buffer, filled);
      }
      int end = lastRowEnd(buffer, filled);
      if (end > 0) {
        carried = Arrays.copyOfRange(buffer, end, filled);
        return Arrays.copyOf(buffer, end);
      }
      if (filled > rowBytesMax) {
        throw RequestBodies.tooLarge("a row has more than " + rowBytesMax + " bytes", rowBytesMax);
      }
      buffer = Arrays.copyOf(buffer, buffer.length * CARRY_GROWTH);
    }
  }

  /// Where the last row of the buffer ends, 0 if none does. A piece always begins at a row.
  private int lastRowEnd(byte[] buffer, int filled) {
    int end = 0;
    boolean quoted = false;
    for (int at = 0; at < filled; at++) {
      if (buffer[at] == '"' && quotes) {
        quoted = !quoted;
      } else if (buffer[at] == '\n' && !quoted) {
        end = at + 1;
      }
    }
    return end;
  }
}
