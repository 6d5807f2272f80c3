// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import kinglet.error.PlatformException;

/// Files in which histories wait until they are replayed, so that their connections are free. Safe
/// from any thread.
public final class HistoryFiles {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path directory;
  private final long bytesMax;
  private final AtomicLong bytes = new AtomicLong();

  /// Removes what a crash left there.
  ///
  /// @param directory of these files alone
  /// @param bytesMax what all of them take together at most
  public HistoryFiles(Path directory, long bytesMax) {
    this.directory = directory;
    this.bytesMax = bytesMax;
    try {
      Path _ = Files.createDirectories(directory);
      try (DirectoryStream<Path> left = Files.newDirectoryStream(directory)) {
        for (Path file : left) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Reads a history to its end; what is answered gives it again, and room when it is closed.
  InputStream keep(InputStream history) {
    Kept kept = new Kept();
    try {
      Path file = Files.createTempFile(directory, "history", ".native");
      try {
        kept.write(history, file);
        return kept.open(file);
      } finally {
        // What is open needs no name; so nothing stays there.
        Files.delete(file);
      }
    } catch (IOException e) {
      kept.release();
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      kept.release();
      throw e;
    }
  }

  /// What one file takes.
  private final class Kept {
    private long taken;

    void write(InputStream history, Path file) throws IOException {
      try (OutputStream out = Files.newOutputStream(file)) {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int read = history.read(buffer); read >= 0; read = history.read(buffer)) {
          take(read);
          out.write(buffer, 0, read);
        }
      }
    }

    private void take(int count) {
      taken += count;
      if (bytes.addAndGet(count) > bytesMax) {
        throw new PlatformException(
            FeatureError.HISTORY_TOO_LARGE,
            "histories that wait to be replayed take more than the "
                + bytesMax
                + " bytes they may have on disk; verify or build fewer views at once, or set"
                + " training.history-bytes-max higher",
            Map.of("bytes_max", Long.toString(bytesMax)),
            null);
      }
    }

    InputStream open(Path file) throws IOException {
      return new FilterInputStream(new BufferedInputStream(Files.newInputStream(file))) {
        @Override
        public void close() throws IOException {
          try {
            super.close();
          } finally {
            release();
          }
        }
      };
    }

    void release() {
      long _ = bytes.addAndGet(-taken);
      taken = 0;
    }
  }
}
