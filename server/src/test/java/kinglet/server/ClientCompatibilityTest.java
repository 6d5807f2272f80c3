// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import kinglet.testkit.CompatibilityPage;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The clients on the page on compatibility are those that [ClientsIT] runs, in their versions.
final class ClientCompatibilityTest {
  private static final Path CLIENTS = Path.of("src/test/clients");
  private static final Pattern TEST = Pattern.compile("[a-z-]+\\.test\\.mjs");

  @Test
  void clientsAreThoseOfTheTests() throws IOException {
    JsonNode installed =
        JsonMapper.builder()
            .build()
            .readTree(Files.readString(CLIENTS.resolve("package.json")))
            .path("dependencies");
    Set<String> named = new TreeSet<>();
    for (CompatibilityPage.Row row : CompatibilityPage.rows("Clients")) {
      String version = installed.path(row.names().getFirst()).asString();
      assertThat(row.rest().getFirst()).as(row.names().getFirst()).isEqualTo(version);
      TEST.matcher(row.rest().get(1)).results().forEach(test -> named.add(test.group()));
    }
    assertThat(named).containsExactlyInAnyOrderElementsOf(tests());
  }

  private static List<String> tests() throws IOException {
    try (Stream<Path> files = Files.list(CLIENTS)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> TEST.matcher(name).matches())
          .toList();
    }
  }
}
