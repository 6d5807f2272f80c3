// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Holds a whole answer: in memory while it is small, then in a file that goes with it.
final class Spool implements AutoCloseable {
  private static final int MEMORY_BYTES_MAX = 4 << 20;

  private final Path directory;
  private final ByteArrayOutputStream memory = new ByteArrayOutputStream();
  private @Nullable Path file;
  private @Nullable OutputStream fileOut;

  Spool(Path directory) {
    this.directory = directory;
  }

  void write(byte[] bytes) throws IOException {
    if (fileOut == null && memory.size() + bytes.length > MEMORY_BYTES_MAX) {
      Path made = Files.createTempFile(directory, "answer", ".spool");
      file = made;
      fileOut = Files.newOutputStream(made);
      memory.writeTo(fileOut);
      memory.reset();
    }
    if (fileOut == null) {
      memory.writeBytes(bytes);
    } else {
      fileOut.write(bytes);
    }
  }

  void writeTo(OutputStream out) throws IOException {
    if (fileOut == null || file == null) {
      memory.writeTo(out);
      return;
    }
    fileOut.close();
    long unused = Files.copy(file, out);
  }

  @Override
  public void close() throws IOException {
    if (fileOut != null) {
      fileOut.close();
    }
    if (file != null) {
      Files.deleteIfExists(file);
    }
  }
}
