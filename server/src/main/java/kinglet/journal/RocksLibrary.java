// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.stream.Stream;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/// RocksDB's native library, unpacked once and kept.
///
/// RocksDB itself unpacks it at each start of a process, into the directory for temporary files,
/// where it stays when the process is killed.
public final class RocksLibrary {
  private static final String FRESH = ".new";

  private RocksLibrary() {}

  /// Loads it from a directory, where it is put if it is not there yet.
  public static void load(Path directory) {
    try {
      RocksDB.loadLibrary(List.of(unpacked(directory).toString()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack RocksDB's library into " + directory, e);
    }
  }

  /// The directory of this version of the library, the only one that is kept.
  static Path unpacked(Path directory) throws IOException {
    URL packed = RocksDB.class.getClassLoader().getResource(fileName("rocksdb"));
    if (packed == null || !(packed.openConnection() instanceof JarURLConnection jar)) {
      throw new IOException("there is no " + fileName("rocksdb") + " in RocksDB's jar");
    }
    JarEntry entry = jar.getJarEntry();
    Path version = directory.resolve(HexFormat.of().toHexDigits((int) entry.getCrc()));
    // The name that its loader looks for in directories, which is not the one in the jar.
    Path library = version.resolve(fileName("rocksdbjni"));
    if (!Files.isRegularFile(library) || Files.size(library) != entry.getSize()) {
      remove(directory);
      Path _ = Files.createDirectories(version);
      unpack(packed, library);
    }
    return version;
  }

  private static String fileName(String library) {
    return Environment.getJniLibraryFileName(library);
  }

  /// Whole and on disk, or not at all.
  private static void unpack(URL packed, Path library) throws IOException {
    Path fresh = library.resolveSibling(library.getFileName() + FRESH);
    try (InputStream bytes = packed.openStream()) {
      long _ = Files.copy(bytes, fresh, StandardCopyOption.REPLACE_EXISTING);
    }
    try (FileChannel file = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      file.force(true);
    }
    Path _ = Files.move(fresh, library, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void remove(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
        Files.delete(file);
      }
    }
  }
}
