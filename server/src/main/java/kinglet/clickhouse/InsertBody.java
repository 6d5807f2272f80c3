// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Supplier;

/// The rows of one insert, in the target's format.
public sealed interface InsertBody {
  /// Bytes that are there already; sent in order, without a copy.
  record Chunks(List<byte[]> chunks) implements InsertBody {
    public Chunks {
      chunks = List.copyOf(chunks);
    }
  }

  /// Bytes that are read while they are sent.
  record Source(Supplier<InputStream> open) implements InsertBody {}

  /// Bytes that are written while they are sent; the writer runs on a thread of its own.
  record Written(Writer writer) implements InsertBody {}

  /// Writes the rows; the stream is closed by the caller.
  @FunctionalInterface
  interface Writer {
    void writeTo(OutputStream out) throws IOException;
  }

  static InsertBody of(byte[] bytes) {
    return new Chunks(List.of(bytes));
  }

  static InsertBody of(List<byte[]> chunks) {
    return new Chunks(chunks);
  }

  static InsertBody reading(Supplier<InputStream> open) {
    return new Source(open);
  }

  static InsertBody writing(Writer writer) {
    return new Written(writer);
  }
}
