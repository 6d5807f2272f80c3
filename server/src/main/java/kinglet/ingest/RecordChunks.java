// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import kinglet.error.PlatformException;
import kinglet.ingest.decode.CsvDialect;
import kinglet.ingest.decode.DecodeError;

/// Cuts a stream of rows into pieces that end where a row ends, so that files of any size pass
/// through little memory. Owned by the request's thread.
///
/// A line end ends a row, unless it stands inside the quotes of a CSV value.
final class RecordChunks {
  private static final int CARRY_GROWTH = 2;

  private final InputStream in;
  private final int chunkBytes;
  private final Optional<CsvDialect> dialect;
  private byte[] carried = new byte[0];
  private boolean ended;

  /// @param dialect how rows of CSV are written; none for JSON, which has no line ends inside
  ///   values
  RecordChunks(InputStream in, int chunkBytes, Optional<CsvDialect> dialect) {
    this.in = in;
    this.chunkBytes = chunkBytes;
    this.dialect = dialect;
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
        throw new PlatformException(
            DecodeError.ROW_TOO_LARGE,
            "a row has more than " + rowBytesMax + " bytes; is the file in another format?");
      }
      buffer = Arrays.copyOf(buffer, buffer.length * CARRY_GROWTH);
    }
  }

  /// Where the last row of the buffer ends, 0 if none does. A piece always begins at a row.
  private int lastRowEnd(byte[] buffer, int filled) {
    if (dialect.isPresent()) {
      return lastRowEnd(buffer, filled, dialect.get());
    }
    int end = filled;
    while (end > 0 && buffer[end - 1] != '\n') {
      end--;
    }
    return end;
  }

  /// Quotes count where a field begins; inside them a doubled one is a character.
  private static int lastRowEnd(byte[] buffer, int filled, CsvDialect dialect) {
    int end = 0;
    boolean quoted = false;
    boolean fieldBegins = true;
    for (int at = 0; at < filled; at++) {
      byte next = buffer[at];
      if (dialect.escape() != 0 && next == dialect.escape()) {
        at++;
        fieldBegins = false;
      } else if (quoted) {
        if (next == dialect.quote()) {
          boolean doubled = at + 1 < filled && buffer[at + 1] == dialect.quote();
          quoted = doubled;
          at += doubled ? 1 : 0;
        }
      } else if (next == dialect.newline()) {
        end = at + 1;
        fieldBegins = true;
      } else if (next == dialect.quote() && fieldBegins) {
        quoted = true;
        fieldBegins = false;
      } else {
        fieldBegins = next == dialect.delimiter();
      }
    }
    return end;
  }
}
