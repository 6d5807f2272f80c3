// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import kinglet.database.SqliteLibrary;
import kinglet.journal.RocksLibrary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NativeLibrariesTest {
  @TempDir Path directory;

  @Test
  void areUnpackedOnce() throws IOException {
    Path library = only(rocks());
    FileTime before = Files.getLastModifiedTime(library);
    assertThat(only(rocks())).isEqualTo(library);
    assertThat(Files.getLastModifiedTime(library)).isEqualTo(before);
    assertThat(library).isRegularFile();
    NativeLibraries libraries = new NativeLibraries(directory);
    Path sqlite = libraries.unpacked(SqliteLibrary.packedName(), SqliteLibrary.fileName());
    assertThat(sqlite.resolve(SqliteLibrary.fileName())).isRegularFile();
    assertThat(library).isRegularFile();
  }

  @Test
  void tornOnesAndThoseOfOtherVersionsMakeRoom() throws IOException {
    Path version = rocks();
    Path library = version.resolve(RocksLibrary.fileName());
    byte[] whole = Files.readAllBytes(library);
    Path _ = Files.write(library, new byte[100]);
    Path other = Files.createDirectories(version.resolveSibling("00000000"));
    Path _ = Files.writeString(other.resolve("library"), "of an earlier version");
    assertThat(rocks()).isEqualTo(version);
    assertThat(library).hasBinaryContent(whole);
    assertThat(only(version.getParent())).isEqualTo(version);
  }

  private Path rocks() {
    return new NativeLibraries(directory)
        .unpacked(RocksLibrary.packedName(), RocksLibrary.fileName());
  }

  private static Path only(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> all = files.toList();
      assertThat(all).hasSize(1);
      return all.getFirst();
    }
  }
}
