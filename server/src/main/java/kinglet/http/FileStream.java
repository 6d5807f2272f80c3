// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import io.airlift.compress.v3.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import kinglet.ingest.FileFormat;

/// The bytes of a file of rows, unpacked, with what they are.
record FileStream(FileFormat format, InputStream bytes) {
  static final int BUFFER_BYTES = 64 * 1024;
  private static final int HEAD_BYTES = 1024;

  /// Looks at the first bytes: gzip and zstd are unpacked, and the format is guessed where neither
  /// the caller nor the name says it.
  static FileStream of(InputStream sent, Optional<FileFormat> said, String name)
      throws IOException {
    InputStream bytes = unpacked(sent);
    byte[] head = peek(bytes, HEAD_BYTES);
    FileFormat format =
        said.or(() -> FileFormat.ofFileName(name)).orElseGet(() -> FileFormat.sniff(head));
    return new FileStream(format, bytes);
  }

  private static InputStream unpacked(InputStream sent) throws IOException {
    InputStream buffered = new BufferedInputStream(sent, BUFFER_BYTES);
    byte[] head = peek(buffered, 4);
    if (starts(head, 0x1F, 0x8B)) {
      return new BufferedInputStream(new GZIPInputStream(buffered, BUFFER_BYTES));
    }
    if (starts(head, 0x28, 0xB5, 0x2F, 0xFD)) {
      return new BufferedInputStream(new ZstdInputStream(buffered));
    }
    return buffered;
  }

  private static byte[] peek(InputStream bytes, int count) throws IOException {
    bytes.mark(count);
    byte[] head = bytes.readNBytes(count);
    bytes.reset();
    return head;
  }

  private static boolean starts(byte[] head, int... magic) {
    for (int at = 0; at < magic.length; at++) {
      if (at >= head.length || (head[at] & 0xFF) != magic[at]) {
        return false;
      }
    }
    return true;
  }
}
