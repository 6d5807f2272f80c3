// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import java.nio.file.Path;
import java.util.List;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/// RocksDB's native library.
public final class RocksLibrary {
  private RocksLibrary() {}

  /// What it is called in RocksDB's jar.
  public static String packedName() {
    return Environment.getJniLibraryFileName("rocksdb");
  }

  /// What its loader looks for in a directory, which is not what it is called in the jar.
  public static String fileName() {
    return Environment.getJniLibraryFileName("rocksdbjni");
  }

  /// Loads it from a directory, in the place of unpacking it.
  public static void load(Path directory) {
    RocksDB.loadLibrary(List.of(directory.toString()));
  }
}
