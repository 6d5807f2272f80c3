// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// The rows of an insert as HTTP sends them: counted when they are there already, in chunks when
/// they come to be while they are sent.
record RequestBody(InsertBody rows) {
  private static final int CHUNK_BYTES = 1 << 16;
  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /// The header that says where the body ends.
  String header() {
    return switch (rows) {
      case InsertBody.Chunks(var chunks) ->
          "Content-Length: " + chunks.stream().mapToLong(chunk -> chunk.length).sum();
      case InsertBody.Source _, InsertBody.Written _ -> "Transfer-Encoding: chunked";
    };
  }

  void writeTo(OutputStream out) throws IOException {
    switch (rows) {
      case InsertBody.Chunks(var chunks) -> {
        for (byte[] chunk : chunks) {
          out.write(chunk);
        }
      }
      case InsertBody.Source(var open) -> {
        Chunked chunked = new Chunked(out);
        try (InputStream source = open.get()) {
          long unused = source.transferTo(chunked);
        }
        chunked.end();
      }
      case InsertBody.Written(var writer) -> {
        Chunked chunked = new Chunked(out);
        writer.writeTo(chunked);
        chunked.end();
      }
    }
  }

  /// Gathers bytes into chunks; only [#end] writes the last one, so a writer that fails leaves a
  /// body that is seen to be cut.
  private static final class Chunked extends OutputStream {
    private static final int SIZE_CHARS_MAX = 10;

    private final OutputStream out;
    private final byte[] buffer = new byte[SIZE_CHARS_MAX + CHUNK_BYTES + 2];
    private int end = SIZE_CHARS_MAX;

    Chunked(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int value) throws IOException {
      if (end == SIZE_CHARS_MAX + CHUNK_BYTES) {
        flush();
      }
      buffer[end++] = (byte) value;
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      int at = offset;
      int last = offset + length;
      while (at < last) {
        if (end == SIZE_CHARS_MAX + CHUNK_BYTES) {
          flush();
        }
        int count = Math.min(last - at, SIZE_CHARS_MAX + CHUNK_BYTES - end);
        System.arraycopy(from, at, buffer, end, count);
        end += count;
        at += count;
      }
    }

    @Override
    public void flush() throws IOException {
      if (end == SIZE_CHARS_MAX) {
        return;
      }
      byte[] size =
          (Integer.toHexString(end - SIZE_CHARS_MAX) + "\r\n").getBytes(StandardCharsets.US_ASCII);
      int start = SIZE_CHARS_MAX - size.length;
      System.arraycopy(size, 0, buffer, start, size.length);
      buffer[end++] = '\r';
      buffer[end++] = '\n';
      out.write(buffer, start, end - start);
      end = SIZE_CHARS_MAX;
    }

    void end() throws IOException {
      flush();
      out.write(LAST_CHUNK);
    }
  }
}
