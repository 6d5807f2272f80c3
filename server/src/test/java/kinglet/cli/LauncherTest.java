// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The launcher hands on every command there is.
final class LauncherTest {
  private static final Pattern COMMAND = Pattern.compile("(?m)^  ([a-z-]+) {2,}[A-Z]");

  @Test
  void everyCommandIsHandedOn() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int status =
        KingletCommand.run(
            new String[] {"--help"},
            Map.of(),
            out,
            out,
            false,
            _ -> {
              throw new IllegalStateException("help starts no server");
            });
    assertThat(status).isZero();
    List<String> commands =
        COMMAND
            .matcher(out.toString(StandardCharsets.UTF_8))
            .results()
            .map(found -> found.group(1))
            .toList();
    assertThat(commands).contains("sql", "deployment", "pull", "project", "verify-engine");
    Matcher cases =
        Pattern.compile("(?m)^  ([a-z |-]+)\\)\\s+run_(server|command) ")
            .matcher(Files.readString(Path.of("../kinglet")));
    List<String> handedOn =
        cases.results().flatMap(found -> List.of(found.group(1).split(" \\| ")).stream()).toList();
    assertThat(handedOn).containsAll(commands);
  }
}
