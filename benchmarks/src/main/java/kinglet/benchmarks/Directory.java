// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A directory for one run, gone after it.
record Directory(Path path) implements AutoCloseable {
  static Directory create(String name) throws IOException {
    return new Directory(Files.createTempDirectory("kinglet-bench-" + name));
  }

  @Override
  public void close() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(path)) {
      files = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      boolean unused = Files.deleteIfExists(file);
    }
  }
}
