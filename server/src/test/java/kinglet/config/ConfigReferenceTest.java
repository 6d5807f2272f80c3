// SPDX-License-Identifier: Apache-2.0
package kinglet.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The configuration page is written from the record tree; `-Ddocs.write=true` writes it anew.
final class ConfigReferenceTest {
  private static final Path PAGE = Path.of("../docs/reference/configuration.md");

  private static final String HEAD =
      """
      # Configuration

      One TOML file, given with `./kinglet start --config FILE`. Every key has a default, so that a
      server needs no file at all. A key `port` in the table `[server]` is overridden by the variable
      `KINGLET_SERVER_PORT`, and so on for every key. A key that is not listed here stops the start.

      Sizes are whole numbers with `B`, `KiB`, `MiB`, `GiB` or `TiB`; durations with `ms`, `s`, `m`,
      `h` or `d`.
      """;

  @Test
  void thePageSaysWhatTheRecordsSay() throws IOException {
    String page = page();
    if (Boolean.getBoolean("docs.write")) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, page);
    }
    assertThat(Files.readString(PAGE)).isEqualTo(page);
  }

  private static String page() {
    StringBuilder page = new StringBuilder(HEAD);
    JsonNode defaults = ConfigReader.tree(Config.defaults());
    for (RecordComponent section : Config.class.getRecordComponents()) {
      String name = kebab(section.getName());
      page.append("\n## `[").append(name).append("]`\n\n").append(description(section));
      page.append("\n\n| Key | Default | Variable | Meaning |\n| --- | --- | --- | --- |\n");
      for (RecordComponent key : section.getType().getRecordComponents()) {
        String keyName = kebab(key.getName());
        page.append("| `").append(keyName).append("` | ");
        page.append(defaultOf(defaults.get(name).get(keyName))).append(" | `KINGLET_");
        page.append(upper(name)).append('_').append(upper(keyName)).append("` | ");
        page.append(description(key)).append(" |\n");
      }
    }
    return page.toString();
  }

  private static String defaultOf(JsonNode value) {
    if (value.isNull()) {
      return "none";
    }
    String text = value.asString();
    boolean constant = text.matches("[A-Z]+");
    return "`" + (constant ? text.toLowerCase(Locale.ROOT) : text) + "`";
  }

  private static String description(RecordComponent component) {
    return component.getAccessor().getAnnotation(JsonPropertyDescription.class).value();
  }

  private static String kebab(String camel) {
    return camel.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  private static String upper(String kebab) {
    return kebab.toUpperCase(Locale.ROOT).replace('-', '_');
  }
}
