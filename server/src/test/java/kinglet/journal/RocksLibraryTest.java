// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDB;

final class RocksLibraryTest {
  @TempDir Path directory;

  @Test
  void isUnpackedOnceAndCanBeLoaded() throws IOException {
    Path library = only(RocksLibrary.unpacked(directory));
    FileTime before = Files.getLastModifiedTime(library);
    assertThat(only(RocksLibrary.unpacked(directory))).isEqualTo(library);
    assertThat(Files.getLastModifiedTime(library)).isEqualTo(before);
    RocksDB.loadLibrary(List.of(library.getParent().toString()));
    assertThat(RocksDB.rocksdbVersion().getMajor()).isPositive();
  }

  @Test
  void tornLibrariesAndThoseOfOtherVersionsMakeRoom() throws IOException {
    Path version = RocksLibrary.unpacked(directory);
    Path library = only(version);
    byte[] whole = Files.readAllBytes(library);
    Path _ = Files.write(library, new byte[100]);
    Path other = Files.createDirectories(directory.resolve("00000000"));
    Path _ = Files.writeString(other.resolve("library"), "of an earlier version");
    assertThat(RocksLibrary.unpacked(directory)).isEqualTo(version);
    assertThat(library).hasBinaryContent(whole);
    assertThat(only(directory)).isEqualTo(version);
  }

  private static Path only(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> all = files.toList();
      assertThat(all).hasSize(1);
      return all.getFirst();
    }
  }
}
