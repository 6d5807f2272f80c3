// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import kinglet.error.PlatformException;

/// Where Kinglet's own files are: a checkout, or an unpacked archive.
///
/// The launcher says where by the property `kinglet.home`; without it the directory of a checkout
/// is looked for from the working directory upwards.
final class Installation {
  private final Path home;

  private Installation(Path home) {
    this.home = home;
  }

  static Installation find() {
    String property = System.getProperty("kinglet.home");
    if (property != null) {
      return new Installation(Path.of(property).toAbsolutePath().normalize());
    }
    Path directory = Path.of("").toAbsolutePath();
    for (Path at = directory; at != null; at = at.getParent()) {
      if (Files.isDirectory(at.resolve("engine")) && Files.isRegularFile(at.resolve("kinglet"))) {
        return new Installation(at);
      }
    }
    return new Installation(directory);
  }

  /// What the engine process is started from.
  List<Path> engineClassPath() {
    List<Path> places =
        List.of(
            home.resolve("lib/kinglet-engine.jar"),
            home.resolve("engine/target/kinglet-engine.jar"),
            home.resolve("engine/target/classes"));
    return List.of(firstOf("the engine's program", places));
  }

  /// The file of libchdb.
  Path library() {
    String file = isMac() ? "libchdb.dylib" : "libchdb.so";
    Path packed = home.resolve("lib/native");
    Path installed = home.resolve("node_modules/@chdb/lib-" + platform());
    return firstOf(
        "ClickHouse's library",
        Stream.concat(Stream.of(packed.resolve(file), installed.resolve(file)), found(installed))
            .toList());
  }

  private static Stream<Path> found(Path directory) {
    if (!Files.isDirectory(directory)) {
      return Stream.empty();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("libchdb."))
          .toList()
          .stream();
    } catch (IOException e) {
      throw missing("ClickHouse's library", List.of(directory));
    }
  }

  private static Path firstOf(String what, List<Path> places) {
    return places.stream()
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(() -> missing(what, places));
  }

  private static PlatformException missing(String what, List<Path> places) {
    return new PlatformException(
        ServerError.INSTALLATION_INCOMPLETE,
        what
            + " is missing; looked at "
            + places
            + ". Start Kinglet by its launcher ./kinglet,"
            + " which builds and fetches what is missing");
  }

  private static boolean isMac() {
    return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("mac");
  }

  private static String platform() {
    String machine = System.getProperty("os.arch", "");
    String processor = machine.equals("aarch64") || machine.equals("arm64") ? "arm64" : "x64";
    return isMac() ? "darwin-" + processor : "linux-" + processor + "-gnu";
  }
}
