// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A store whose files are damaged is put aside, and one that somebody else has open is not.
final class StoreDamageTest {
  private static final byte[] KEY = {'e', 1};

  @TempDir Path data;
  private Path directory;

  @BeforeEach
  void fill() throws IOException {
    directory = data.resolve("features");
    try (RocksStateStore store = RocksStateStore.openSound(directory)) {
      store.write(new StateStore.Batch(List.of(Map.entry(KEY, new byte[] {7})), List.of()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"MANIFEST-", "CURRENT", ".sst"})
  void filesThatAreCutOffAreNoStore(String name) throws IOException {
    Files.write(file(name), new byte[] {0});
    assertBegunAnew();
  }

  @ParameterizedTest
  @ValueSource(strings = {"MANIFEST-", ".sst"})
  void filesThatAreGoneAreNoStore(String name) throws IOException {
    Files.delete(file(name));
    assertBegunAnew();
  }

  @Test
  void damageThatIsFoundLaterCountsAtTheNextStart() throws IOException {
    Path file = file(".sst");
    byte[] bytes = Files.readAllBytes(file);
    // The first block is the one with the entities.
    bytes[3] ^= 1;
    Files.write(file, bytes);
    try (RocksStateStore store = new RocksStateStore(directory)) {
      assertThatThrownBy(() -> store.find(KEY)).isInstanceOf(DamagedStoreException.class);
    }
    assertBegunAnew();
  }

  @Test
  void whatWasPutAsideBeforeGoes() throws IOException {
    Files.write(file("CURRENT"), new byte[] {0});
    assertBegunAnew();
    Files.write(file("CURRENT"), new byte[] {1});
    assertBegunAnew();
    assertThat(data.resolve("features.damaged/CURRENT")).hasBinaryContent(new byte[] {1});
  }

  @Test
  void aStoreInUseStays() throws IOException {
    try (RocksStateStore store = RocksStateStore.openSound(directory)) {
      assertThatThrownBy(() -> RocksStateStore.openSound(directory))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(DamagedStoreException.class);
      assertThat(store.find(KEY)).containsExactly(7);
    }
  }

  private void assertBegunAnew() throws IOException {
    try (RocksStateStore store = RocksStateStore.openSound(directory)) {
      assertThat(store.find(KEY)).isNull();
      store.write(new StateStore.Batch(List.of(Map.entry(KEY, new byte[] {8})), List.of()));
    }
    assertThat(data.resolve("features.damaged")).isDirectoryContaining("glob:**OPTIONS-*");
    try (RocksStateStore store = RocksStateStore.openSound(directory)) {
      assertThat(store.find(KEY)).containsExactly(8);
    }
  }

  private Path file(String name) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().contains(name))
          .findAny()
          .orElseThrow();
    }
  }
}
