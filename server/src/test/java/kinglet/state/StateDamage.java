// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// Does to the state of features on disk what disks do.
public final class StateDamage {
  private StateDamage() {}

  /// Flips a bit of every entity of the views whose name contains a text; the answer is of how
  /// many.
  public static int flip(Path directory, String view, RandomGenerator random) throws IOException {
    List<Map.Entry<byte[], byte[]>> damaged = new ArrayList<>();
    try (RocksStateStore store = new RocksStateStore(directory)) {
      for (Map.Entry<byte[], byte[]> entry : store.scan(new byte[] {'e'})) {
        int length = entry.getKey()[1] & 0xFF;
        if (new String(entry.getKey(), 2, length, StandardCharsets.UTF_8).contains(view)) {
          entry.getValue()[random.nextInt(entry.getValue().length)] ^= 1;
          damaged.add(entry);
        }
      }
      store.write(new StateStore.Batch(damaged, List.of()));
    }
    return damaged.size();
  }

  /// Cuts off the file that says which files there are.
  public static void cutOff(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(one -> one.toString().contains("MANIFEST-")).toList()) {
        Path unused = Files.write(file, new byte[] {0});
      }
    }
  }

  /// Says that everything was written by another version of the program.
  public static void ofOtherVersion(Path directory) throws IOException {
    try (RocksStateStore store = new RocksStateStore(directory)) {
      Checkpoints.remember(store, StateKey.format(), 99);
    }
  }
}
