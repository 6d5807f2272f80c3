// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import kinglet.error.PlatformException;
import org.jspecify.annotations.Nullable;

/// Everything one server keeps, in one directory that it alone holds.
final class DataDirectory implements AutoCloseable {
  private final Path directory;
  private final FileChannel lockFile;

  private DataDirectory(Path directory, FileChannel lockFile) {
    this.directory = directory;
    this.lockFile = lockFile;
  }

  /// Makes the directory if it is missing, and locks it for this process.
  static DataDirectory open(Path directory) {
    Path absolute = directory.toAbsolutePath().normalize();
    try {
      Path unused = Files.createDirectories(absolute);
      FileChannel channel =
          FileChannel.open(
              absolute.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!locked(channel)) {
        channel.close();
        throw unusable(absolute + " belongs to another server that is running", null);
      }
      return new DataDirectory(absolute, channel);
    } catch (IOException e) {
      throw unusable("the data directory " + absolute + " can't be used: " + e, e);
    }
  }

  /// The lock ends with the channel, or with the process.
  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException _) {
      return false;
    }
  }

  Path catalogue() {
    return directory.resolve("catalogue.db");
  }

  /// The key of the tokens: beside the database, not in it.
  Path tokenKey() {
    return directory.resolve("token.key");
  }

  Path journal() {
    return directory.resolve("journal");
  }

  /// Files that wait for their rows to be inserted.
  Path imports() {
    return directory.resolve("imports");
  }

  /// Spines of training sets that are being built.
  Path training() {
    return directory.resolve("training");
  }

  /// Histories that wait to be replayed; of no use after a stop.
  Path replay() {
    return directory.resolve("replay");
  }

  /// The state of features.
  Path features() {
    return directory.resolve("features");
  }

  /// Native libraries that come packed.
  Path libraries() {
    return directory.resolve("native");
  }

  Path engine() {
    return directory.resolve("engine");
  }

  /// Leaves the admin token where commands on this machine find it, for the owner's eyes only.
  void writeAdminToken(String token) {
    Path file = directory.resolve("admin-token");
    Path fresh = directory.resolve("admin-token.new");
    try {
      Files.deleteIfExists(fresh);
      Path made = Files.createFile(fresh, ownerOnly(fresh));
      Path written = Files.writeString(made, token + "\n");
      Path unused =
          Files.move(
              written, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw unusable("can't write " + file + ": " + e, e);
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  private static PlatformException unusable(String message, @Nullable Throwable cause) {
    return new PlatformException(ServerError.DATA_DIRECTORY_UNUSABLE, message, cause);
  }

  @Override
  public void close() {
    try {
      lockFile.close();
    } catch (IOException e) {
      throw unusable("can't release the lock of " + directory, e);
    }
  }
}
