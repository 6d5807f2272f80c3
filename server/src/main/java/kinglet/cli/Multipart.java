// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import kinglet.error.PlatformException;

/// A data project as the `multipart/form-data` the deployment API takes.
final class Multipart {
  private static final String BOUNDARY = "kinglet-data-project-boundary-7d5f2c";
  static final String CONTENT_TYPE = "multipart/form-data; boundary=" + BOUNDARY;
  private static final Set<String> EXTENSIONS =
      Set.of("datasource", "pipe", "connection", "monitor", "incl");
  private static final int DEPTH_MAX = 4;

  private Multipart() {}

  /// The datafiles below `directory`, by path.
  static List<Path> files(Path directory) {
    try (Stream<Path> found = Files.walk(directory, DEPTH_MAX)) {
      List<Path> files =
          found
              .filter(Files::isRegularFile)
              .filter(file -> EXTENSIONS.contains(extension(file)))
              .filter(file -> !hidden(directory.relativize(file)))
              .sorted()
              .toList();
      if (files.isEmpty()) {
        throw new PlatformException(
            CliError.INVALID_ARGUMENT,
            directory + " holds no .datasource or .pipe file; give the project's directory");
      }
      return files;
    } catch (IOException e) {
      throw new PlatformException(
          CliError.INVALID_ARGUMENT, "can't read the directory " + directory, e);
    }
  }

  static BodyPublisher project(Path directory) {
    List<byte[]> parts = new ArrayList<>();
    for (Path file : files(directory)) {
      String name = directory.relativize(file).toString().replace('\\', '/');
      // What other workspaces share lies in vendor/WORKSPACE and is not the project's own.
      String field = name.startsWith("vendor/") ? "data_project_vendored://" : "data_project://";
      parts.add(
          ("--"
                  + BOUNDARY
                  + "\r\nContent-Disposition: form-data; name=\""
                  + field
                  + "\"; filename=\""
                  + name
                  + "\"\r\nContent-Type: text/plain\r\n\r\n")
              .getBytes(StandardCharsets.UTF_8));
      try {
        parts.add(Files.readAllBytes(file));
      } catch (IOException e) {
        throw new PlatformException(CliError.INVALID_ARGUMENT, "can't read " + file, e);
      }
      parts.add("\r\n".getBytes(StandardCharsets.UTF_8));
    }
    parts.add(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
    return BodyPublishers.ofByteArrays(parts);
  }

  private static String extension(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  private static boolean hidden(Path relative) {
    for (Path part : relative) {
      String name = part.toString();
      if (name.startsWith(".") || name.equals("node_modules")) {
        return true;
      }
    }
    return false;
  }
}
