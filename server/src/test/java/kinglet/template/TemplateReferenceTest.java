// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kinglet.error.PlatformException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The examples of the page on templates do what it says, and it names every function.
final class TemplateReferenceTest {
  private static final Path PAGE = Path.of("../docs/reference/templates.md");
  private static final Pattern EXAMPLE = Pattern.compile("```template\n(.*?)\n```", Pattern.DOTALL);

  record Example(String template, String arguments, String expected) {}

  static List<Example> examples() throws IOException {
    List<Example> examples = new ArrayList<>();
    Matcher matcher = EXAMPLE.matcher(Files.readString(PAGE));
    while (matcher.find()) {
      String[] parts = matcher.group(1).split("(?m)^>>>", -1);
      for (int i = 1; i < parts.length; i++) {
        int end = parts[i].indexOf('\n');
        examples.add(
            new Example(
                parts[0], parts[i].substring(0, end).strip(), parts[i].substring(end).strip()));
      }
    }
    return examples;
  }

  @ParameterizedTest
  @MethodSource("examples")
  void examplesHold(Example example) {
    assertThat(rendered(example)).isEqualTo(example.expected());
  }

  private static String rendered(Example example) {
    try {
      Arguments arguments = Arguments.of(TemplateGoldenTest.arguments(example.arguments()));
      return Template.parse(example.template()).render(arguments, RenderMode.RENDER).sql().strip();
    } catch (PlatformException e) {
      return "! " + e.text();
    }
  }

  @Test
  void everyFunctionIsNamed() throws IOException {
    String page = Files.readString(PAGE);
    assertThat(examples()).hasSizeGreaterThan(20);
    for (TemplateFunction function : TemplateFunction.values()) {
      for (String name : function.names()) {
        assertThat(page).containsPattern("\\b" + name + "\\b");
      }
    }
  }
}
