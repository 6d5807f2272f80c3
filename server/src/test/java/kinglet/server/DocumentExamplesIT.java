// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import kinglet.testkit.Launcher;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Does what the documents tell their readers to do, and compares what comes out.
///
/// A fenced block with `file=PATH` is that file; `sh run` is typed into a shell; the `text output`
/// or `json output` behind it is what the shell printed, JSON with at least these keys. The blocks
/// of a document share one shell, one directory and one server.
final class DocumentExamplesIT {
  private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
  private static final String DOCUMENTED_SERVER = "http://127.0.0.1:7181";
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+) (\\S+)\\n(.*?)^```$");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private Path directory;

  private record Block(String language, String what, String text) {}

  static Stream<String> documents() throws IOException {
    try (Stream<Path> tutorials = Files.list(HOME.resolve("docs/tutorials"))) {
      List<String> all =
          new ArrayList<>(
              List.of(
                  "README.md", "docs/how-to/point-in-time.md", "examples/web-analytics/README.md"));
      tutorials.sorted().map(page -> HOME.relativize(page).toString()).forEach(all::add);
      return all.stream();
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void whatADocumentTellsToDoAnswersWhatItShows(String document) throws Exception {
    List<Block> blocks = blocks(HOME.resolve(document));
    assertThat(blocks).anyMatch(block -> block.what().equals("run"));
    try (TestServer server = TestServer.ready(directory.resolve("data"))) {
      String origin = server.uri("").toString();
      Launcher.write(directory, origin);
      run(script(blocks, origin), blocks.size());
    }
    compare(blocks);
  }

  private static List<Block> blocks(Path document) throws IOException {
    List<Block> blocks = new ArrayList<>();
    Matcher block = BLOCK.matcher(Files.readString(document));
    while (block.find()) {
      blocks.add(new Block(block.group(1), block.group(2), block.group(3)));
    }
    return blocks;
  }

  /// One shell script of all blocks: files are put in place, and what each block prints is kept.
  private String script(List<Block> blocks, String origin) throws IOException {
    StringBuilder script = new StringBuilder("set -eu\n");
    script.append("cp -R '%s' .\n".formatted(HOME.resolve("examples")));
    for (int at = 0; at < blocks.size(); at++) {
      Block block = blocks.get(at);
      if (block.what().startsWith("file=")) {
        String path = block.what().substring("file=".length());
        Files.writeString(directory.resolve("block." + at), block.text());
        script.append("mkdir -p $(dirname %s) && cp block.%d %s\n".formatted(path, at, path));
      } else if (block.what().equals("run")) {
        script
            .append("{\n")
            .append(block.text().replace(DOCUMENTED_SERVER, origin))
            .append("} >out.%d 2>err.%d\n".formatted(at, at));
      }
    }
    return script.toString();
  }

  private void run(String script, int blocks) throws IOException, InterruptedException {
    Path log = directory.resolve("shell.log");
    Process shell =
        new ProcessBuilder("bash", "-c", script)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(shell.waitFor(2, TimeUnit.MINUTES)).as("the shell ends").isTrue();
      StringBuilder printed = new StringBuilder(Files.readString(log));
      for (int at = 0; at < blocks; at++) {
        printed.append(textOf("out." + at)).append(textOf("err." + at));
      }
      assertThat(shell.exitValue()).as("%s", printed).isZero();
    } finally {
      shell.destroyForcibly();
    }
  }

  private String textOf(String file) throws IOException {
    Path path = directory.resolve(file);
    return Files.exists(path) ? Files.readString(path) : "";
  }

  private void compare(List<Block> blocks) throws IOException {
    for (int at = 1; at < blocks.size(); at++) {
      Block block = blocks.get(at);
      if (!block.what().equals("output")) {
        continue;
      }
      assertThat(blocks.get(at - 1).what()).as(block.text()).isEqualTo("run");
      String printed = textOf("out." + (at - 1));
      if (block.language().equals("json")) {
        String difference = difference("$", JSON.readTree(block.text()), JSON.readTree(printed));
        assertThat(difference).as(printed).isEmpty();
      } else {
        assertThat(printed.strip()).isEqualTo(block.text().strip());
      }
    }
  }

  /// Where the answer is not what is documented; keys that are not documented don't count.
  private static String difference(String path, JsonNode documented, JsonNode answered) {
    if (documented.isObject()) {
      return documented
          .propertyStream()
          .map(field ->
              difference(
                  path + "." + field.getKey(), field.getValue(), answered.path(field.getKey())))
          .filter(text -> !text.isEmpty())
          .findFirst()
          .orElse("");
    }
    if (documented.isArray() && answered.size() == documented.size()) {
      for (int at = 0; at < documented.size(); at++) {
        String inside = difference(path + "[" + at + "]", documented.path(at), answered.path(at));
        if (!inside.isEmpty()) {
          return inside;
        }
      }
      return "";
    }
    boolean same =
        documented.isNumber() && answered.isNumber()
            ? documented.decimalValue().compareTo(answered.decimalValue()) == 0
            : documented.equals(answered);
    return same ? "" : path + ": documented " + documented + ", answered " + answered;
  }
}
