// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What real data projects use, in projects of our own: deployed, fed, asked.
///
/// `usage/functions.tsv` has each SQL function with a query and its value, `counted.tsv` every
/// other thing with the pattern that finds it in a project's files.
final class UsageIT {
  private static final Path PROJECTS = Path.of("src/test/resources/projects");
  private static final Path USAGE = PROJECTS.resolve("usage");
  private static final Path EXAMPLES = Path.of("../examples");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private static Path directory;
  private static TestServer server;

  private record Function(String name, String sql, String value) {
    /// Names that differ in case only are different functions to whoever wrote them.
    String pipe() {
      return "f_" + (name.equals(name.toLowerCase(Locale.ROOT)) ? "" : "u_") + name;
    }
  }

  @BeforeAll
  static void deployAndFeed() throws IOException {
    server = TestServer.ready(directory.resolve("data"));
    Map<String, String> files = new TreeMap<>(files(USAGE));
    for (Function function : functions()) {
      files.put(
          "pipes/" + function.pipe() + ".pipe",
          "NODE value\nSQL >\n    " + function.sql() + "\n\nTYPE ENDPOINT\n");
    }
    JsonNode deployed = TestServer.json(server.project("/v1/deploy?auto_promote=true", files));
    assertThat(deployed.path("result").asString("")).as(deployed.toString()).isEqualTo("success");
    try (Stream<Path> fixtures = Files.list(USAGE.resolve("fixtures"))) {
      for (Path fixture : fixtures.toList()) {
        String name = fixture.getFileName().toString().replace(".ndjson", "");
        String rows = Files.readString(fixture);
        JsonNode answer =
            TestServer.json(
                server.post("/v0/events?wait=true&name=" + name, rows, "application/x-ndjson"));
        assertThat(answer.path("quarantined_rows").asInt(-1)).as(answer.toString()).isZero();
      }
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @TestFactory
  Stream<DynamicTest> functionsAnswerThroughEndpoints() throws IOException {
    return functions().stream()
        .map(function ->
            DynamicTest.dynamicTest(
                function.name(),
                () -> {
                  JsonNode answer =
                      TestServer.json(server.get("/v0/pipes/" + function.pipe() + ".json"));
                  assertThat(answer.path("data").path(0).path("value"))
                      .as(answer.toString())
                      .isEqualTo(JSON.readTree(function.value()));
                }));
  }

  @TestFactory
  Stream<DynamicTest> whatIsCountedIsInAProject() throws IOException {
    List<String> texts = new ArrayList<>(files(PROJECTS).values());
    texts.addAll(files(EXAMPLES).values());
    return table(PROJECTS.resolve("counted.tsv"))
        .map(row ->
            DynamicTest.dynamicTest(
                row[0] + ": " + row[1],
                () -> {
                  Pattern pattern = Pattern.compile(row[2], Pattern.MULTILINE);
                  assertThat(texts).anyMatch(text -> pattern.matcher(text).find());
                }));
  }

  /// Connections, imports and sinks are read, checked and kept.
  @Test
  void connectedProjectsAreAccepted() throws IOException {
    JsonNode checked =
        TestServer.json(
            server.project(
                "/v1/deploy?check=true&allow_destructive_operations=true",
                files(PROJECTS.resolve("connected"))));
    assertThat(checked.path("result").asString("")).as(checked.toString()).isEqualTo("success");
  }

  private static List<Function> functions() throws IOException {
    return table(USAGE.resolve("functions.tsv"))
        .map(row -> new Function(row[0], row[1], row[2]))
        .toList();
  }

  private static Stream<String[]> table(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> !line.startsWith("#") && !line.isBlank())
        .map(line -> line.split("\t", -1));
  }

  /// The data files below a directory, by their path in it.
  private static Map<String, String> files(Path project) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(project)) {
      all.filter(file -> file.toString().matches(".*\\.(datasource|pipe|connection|incl)"))
          .forEach(file -> files.put(project.relativize(file).toString(), text(file)));
    }
    return files;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
