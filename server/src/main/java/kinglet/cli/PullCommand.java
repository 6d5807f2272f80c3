// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import kinglet.error.PlatformException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Writes the workspace's project into a directory.
@Command(
    name = "pull",
    description = "Write the files of the workspace into a directory.",
    mixinStandardHelpOptions = true)
final class PullCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin private ServerOptions server = new ServerOptions();

  @Option(names = "--force", description = "also overwrite files that are different here")
  private boolean force;

  @Parameters(paramLabel = "DIR", arity = "0..1", description = "the directory (default .)")
  private Path directory = Path.of(".");

  PullCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Map<Path, String> files = new LinkedHashMap<>();
    try (ApiClient client = server.connect(context.environment())) {
      for (JsonNode file : client.getJson("/v1/project").path("files")) {
        files.put(inside(file.path("path").asString("")), file.path("content").asString(""));
      }
    }
    try {
      List<Path> different = different(files);
      if (!force && !different.isEmpty()) {
        different.forEach(file -> context.console().note("different here: " + file));
        throw new PlatformException(
            CliError.INVALID_ARGUMENT, "nothing was written; say --force to overwrite them");
      }
      write(files);
    } catch (IOException e) {
      throw new PlatformException(CliError.INVALID_ARGUMENT, "can't write to " + directory, e);
    }
    if (files.isEmpty()) {
      context.console().note("the workspace has no files yet");
    }
    return 0;
  }

  /// Where a file of the workspace lies; never outside of the directory.
  private Path inside(String path) {
    Path root = directory.toAbsolutePath().normalize();
    Path file = root.resolve(path.replace('\\', '/')).normalize();
    if (!file.startsWith(root) || file.equals(root)) {
      throw new PlatformException(
          CliError.INVALID_ARGUMENT, "'" + path + "' would not lie in " + directory);
    }
    return file;
  }

  private static List<Path> different(Map<Path, String> files) throws IOException {
    List<Path> different = new ArrayList<>();
    for (Map.Entry<Path, String> file : files.entrySet()) {
      if (Files.exists(file.getKey()) && !holds(file.getKey(), file.getValue())) {
        different.add(file.getKey());
      }
    }
    return different;
  }

  private static boolean holds(Path file, String content) throws IOException {
    return Files.isRegularFile(file) && Files.readString(file).equals(content);
  }

  private void write(Map<Path, String> files) throws IOException {
    for (Map.Entry<Path, String> file : files.entrySet()) {
      Path folder = file.getKey().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.writeString(file.getKey(), file.getValue());
      context
          .console()
          .print(directory.toAbsolutePath().normalize().relativize(file.getKey()).toString());
    }
  }
}
