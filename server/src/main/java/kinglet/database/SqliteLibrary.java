// SPDX-License-Identifier: Apache-2.0
package kinglet.database;

import java.nio.file.Path;
import org.sqlite.util.LibraryLoaderUtil;

/// SQLite's native library.
public final class SqliteLibrary {
  private SqliteLibrary() {}

  /// What it is called in the driver's jar.
  public static String packedName() {
    return LibraryLoaderUtil.getNativeLibResourcePath().substring(1) + "/" + fileName();
  }

  public static String fileName() {
    return LibraryLoaderUtil.getNativeLibName();
  }

  /// Lets the driver load it from a directory, in the place of unpacking it.
  public static void use(Path directory) {
    String _ = System.setProperty("org.sqlite.lib.path", directory.toString());
    // Where the driver looks for what other processes unpacked and left.
    String _ = System.setProperty("org.sqlite.tmpdir", directory.toString());
  }
}
