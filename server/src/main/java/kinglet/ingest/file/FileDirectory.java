// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.file;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import kinglet.error.PlatformException;

/// The directory of files that wait for their rows to be inserted. Safe from any thread.
///
/// @param bytesMax the largest file
/// @param reserveBytes what must stay free on the disk
public record FileDirectory(Path directory, long bytesMax, long reserveBytes) {
  private static final int BUFFER_BYTES = 1 << 18;

  /// The free space is looked at after this many bytes.
  private static final long CHECK_BYTES = 64L << 20;

  public FileDirectory {
    try {
      directory = Files.createDirectories(directory.toAbsolutePath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path path(String name) {
    return directory.resolve(name);
  }

  /// Keeps the bytes under a name; they are on disk when this returns.
  ///
  /// @param progress told how many bytes there are, every now and then
  public Path keep(String name, InputStream bytes, LongConsumer progress) throws IOException {
    Path part = path(name + ".part");
    try (FileChannel channel =
            FileChannel.open(
                part,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        OutputStream out = Channels.newOutputStream(channel)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      long kept = 0;
      long checked = -CHECK_BYTES;
      for (int read = bytes.read(buffer); read >= 0; read = bytes.read(buffer)) {
        kept += read;
        check(kept);
        if (kept - checked >= CHECK_BYTES) {
          checked = kept;
          checkRoom();
          progress.accept(kept);
        }
        out.write(buffer, 0, read);
      }
      channel.force(true);
      progress.accept(kept);
      return Files.move(part, path(name), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      remove(name + ".part");
      throw e;
    }
  }

  private void check(long bytes) {
    if (bytes > bytesMax) {
      throw new PlatformException(
          FileError.FILE_TOO_LARGE,
          "the file has more than the " + bytesMax + " bytes a file may have; import it in parts",
          Map.of("bytes_max", Long.toString(bytesMax)),
          null);
    }
  }

  private void checkRoom() throws IOException {
    if (Files.getFileStore(directory).getUsableSpace() < reserveBytes) {
      throw new PlatformException(
          FileError.NO_ROOM_FOR_FILE,
          "the disk of the server is nearly full: there is no room to keep the file");
    }
  }

  /// Whether the whole of a file is kept.
  public boolean holds(String name) {
    return Files.exists(path(name));
  }

  public long length(String name) throws IOException {
    return Files.size(path(name));
  }

  public InputStream open(String name) throws IOException {
    return Files.newInputStream(path(name));
  }

  public void remove(String name) {
    try {
      boolean _ = Files.deleteIfExists(path(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Removes every file but those named.
  public void keepOnly(Set<String> names) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (!names.contains(String.valueOf(file.getFileName()))) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
