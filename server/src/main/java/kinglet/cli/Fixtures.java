// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import kinglet.error.PlatformException;
import tools.jackson.databind.JsonNode;

/// The rows a project brings along: `fixtures/NAME.ndjson`, `.csv` or `.sql`.
final class Fixtures {
  private static final List<String> EXTENSIONS = List.of("ndjson", "csv", "sql");

  private final Console console;
  private final ApiClient client;

  Fixtures(Console console, ApiClient client) {
    this.console = console;
    this.client = client;
  }

  /// Appends each file to the data source of its name, where that is empty.
  void load(Path project) {
    for (Map.Entry<String, Path> file : files(project.resolve("fixtures")).entrySet()) {
      load(file.getKey(), file.getValue());
    }
  }

  /// By data source; in the order of their names.
  private static Map<String, Path> files(Path folder) {
    Map<String, Path> files = new TreeMap<>();
    if (!Files.isDirectory(folder)) {
      return files;
    }
    try (Stream<Path> found = Files.list(folder)) {
      for (Path file : found.sorted().toList()) {
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.');
        if (dot > 0 && EXTENSIONS.contains(extension(file))) {
          Path other = files.putIfAbsent(name.substring(0, dot), file);
          if (other != null) {
            throw new PlatformException(
                CliError.INVALID_ARGUMENT, "both " + other + " and " + file + " are fixtures");
          }
        }
      }
    } catch (IOException e) {
      throw new PlatformException(CliError.INVALID_ARGUMENT, "can't read " + folder, e);
    }
    return files;
  }

  private static String extension(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  private void load(String name, Path file) {
    JsonNode source = client.getJson("/v0/datasources/" + ApiClient.encode(name));
    if (source.path("statistics").path("row_count").asLong(0) > 0) {
      console.note(file + ": " + name + " has rows already, not loaded");
      return;
    }
    String format = extension(file);
    try {
      byte[] rows;
      if (format.equals("sql")) {
        format = source.path("type").asString("").equals("csv") ? "csv" : "ndjson";
        rows = selected(Files.readString(file), format);
      } else {
        rows = Files.readAllBytes(file);
      }
      append(name, file, format, rows);
    } catch (IOException e) {
      throw new PlatformException(CliError.INVALID_ARGUMENT, "can't read " + file, e);
    }
  }

  private byte[] selected(String sql, String format) throws IOException {
    String query =
        sql.strip().replaceFirst(";$", "")
            + "\nFORMAT "
            + (format.equals("csv") ? "CSVWithNames" : "JSONEachRow");
    try (InputStream rows =
        client.call("POST", "/v0/sql", BodyPublishers.ofString(query), "text/plain")) {
      return rows.readAllBytes();
    }
  }

  private void append(String name, Path file, String format, byte[] rows) {
    JsonNode answer =
        client.postJson(
            "/v0/datasources?mode=append&format=" + format + "&name=" + ApiClient.encode(name),
            BodyPublishers.ofByteArray(rows),
            "application/octet-stream");
    if (answer.path("error").isString()) {
      console.note(console.red(file + ": ") + answer.path("error").asString());
    }
  }
}
