// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Where the checkout is, and what is in it.
record Home(Path directory) {
  static Home find() {
    String property = System.getProperty("kinglet.home");
    if (property != null) {
      return new Home(Path.of(property).toAbsolutePath().normalize());
    }
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isRegularFile(at.resolve("kinglet"))) {
        return new Home(at);
      }
    }
    throw new IllegalStateException("run benchmarks by ./kinglet bench, inside a checkout");
  }

  /// libchdb as npm installed it for this machine.
  Path library() {
    try (Stream<Path> files = Files.walk(directory.resolve("node_modules/@chdb"), 2)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("libchdb."))
          .findFirst()
          .orElseThrow();
    } catch (IOException missing) {
      throw new UncheckedIOException("run npm ci first", missing);
    }
  }

  Path flights() {
    return directory.resolve("node_modules/vega-datasets/data/flights-3m.parquet");
  }

  Path pages() {
    return directory.resolve("docs/benchmarks");
  }
}
