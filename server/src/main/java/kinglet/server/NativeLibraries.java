// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

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
import java.util.jar.JarEntry;
import java.util.stream.Stream;

/// Native libraries that come in jars, unpacked once and kept.
///
/// The programs they belong to would unpack them at each start of a process, into the directory for
/// temporary files, where they stay when the process is killed.
final class NativeLibraries {
  private static final String FRESH = ".new";

  private final Path directory;

  NativeLibraries(Path directory) {
    this.directory = directory;
  }

  /// The directory of the library's version that is on the class path, the only one that is kept.
  ///
  /// @param packedName what it is called in its jar
  /// @param fileName what it is to be called
  Path unpacked(String packedName, String fileName) {
    try {
      URL packed = NativeLibraries.class.getClassLoader().getResource(packedName);
      if (packed == null || !(packed.openConnection() instanceof JarURLConnection jar)) {
        throw new IOException("there is no jar with it on the class path");
      }
      JarEntry entry = jar.getJarEntry();
      Path versions = directory.resolve(fileName);
      Path version = versions.resolve(HexFormat.of().toHexDigits((int) entry.getCrc()));
      Path library = version.resolve(fileName);
      if (!Files.isRegularFile(library) || Files.size(library) != entry.getSize()) {
        remove(versions);
        Path _ = Files.createDirectories(version);
        unpack(packed, library);
      }
      return version;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack " + packedName + " into " + directory, e);
    }
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

  private static void remove(Path versions) throws IOException {
    if (!Files.isDirectory(versions)) {
      return;
    }
    try (Stream<Path> files = Files.walk(versions)) {
      for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
        Files.delete(file);
      }
    }
  }
}
