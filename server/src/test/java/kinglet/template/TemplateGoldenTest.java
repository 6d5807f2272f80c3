// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import kinglet.error.PlatformException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every case of the corpus renders to what is written there; `-Dgolden.write=true` writes it anew.
///
/// A file has templates after `### name`, calls after `>>> arguments` (as in a query string, or
/// `CHECK`), and below each call the SQL, or `!` and the message of the failure.
final class TemplateGoldenTest {
  private static final Path CORPUS = Path.of("src/test/resources/kinglet/template/corpus");

  record Case(Path file, String name, String template, String arguments, String expected) {
    @Override
    public String toString() {
      return file.getFileName() + " " + name + " >>> " + arguments;
    }
  }

  static List<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    try (Stream<Path> files = Files.list(CORPUS)) {
      for (Path file : files.sorted().toList()) {
        cases.addAll(read(file));
      }
    }
    return cases;
  }

  private static List<Case> read(Path file) throws IOException {
    List<Case> cases = new ArrayList<>();
    for (String block : Files.readString(file).split("(?m)^### ")) {
      int lineEnd = block.indexOf('\n');
      if (block.isBlank()) {
        continue;
      }
      String[] parts = block.substring(lineEnd + 1).split("(?m)^>>>", -1);
      for (int i = 1; i < parts.length; i++) {
        int end = parts[i].indexOf('\n');
        cases.add(
            new Case(
                file,
                block.substring(0, lineEnd),
                parts[0].stripTrailing(),
                parts[i].substring(0, end).strip(),
                parts[i].substring(end + 1).stripTrailing()));
      }
    }
    return cases;
  }

  static Map<String, List<String>> arguments(String query) {
    Map<String, List<String>> arguments = new LinkedHashMap<>();
    for (String pair : query.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        String value = URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
        arguments.computeIfAbsent(pair.substring(0, equals), _ -> new ArrayList<>()).add(value);
      }
    }
    return arguments;
  }

  private static String rendered(Case one) {
    try {
      Template template = Template.parse(one.template());
      Arguments arguments =
          Arguments.of(arguments(one.arguments()))
              .withSecrets(name -> name.equals("known") ? Optional.of("s3cret") : Optional.empty());
      RenderMode mode = one.arguments().equals("CHECK") ? RenderMode.CHECK : RenderMode.RENDER;
      Rendered rendered = template.render(arguments, mode);
      String beside =
          (rendered.hints().isEmpty() ? "" : "\nhints " + rendered.hints())
              + (rendered.queryParameters().isEmpty()
                  ? ""
                  : "\nparameters " + rendered.queryParameters());
      return (rendered.sql().strip() + beside).stripTrailing();
    } catch (PlatformException e) {
      assertThat(e.code()).isInstanceOf(TemplateError.class);
      String beside =
          e.details().containsKey("status") ? " (status " + e.details().get("status") + ")" : "";
      return "! " + e.text().replace("Template Syntax Error: ", "… ") + beside;
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void rendersAsWritten(Case one) {
    assertThat(rendered(one)).isEqualTo(one.expected());
  }

  @Test
  void theCorpusIsLarge() throws IOException {
    if (Boolean.getBoolean("golden.write")) {
      write();
    }
    assertThat(cases()).hasSizeGreaterThan(300);
  }

  private static void write() throws IOException {
    Map<Path, StringBuilder> files = new LinkedHashMap<>();
    String last = "";
    for (Case one : cases()) {
      StringBuilder text = files.computeIfAbsent(one.file(), _ -> new StringBuilder());
      String head = "### " + one.name() + "\n" + one.template() + "\n";
      if (!head.equals(last) || text.isEmpty()) {
        text.append(text.isEmpty() ? "" : "\n").append(head);
        last = head;
      }
      text.append((">>> " + one.arguments()).stripTrailing()).append('\n');
      text.append(rendered(one)).append('\n');
    }
    for (Map.Entry<Path, StringBuilder> file : files.entrySet()) {
      Files.writeString(file.getKey(), file.getValue());
    }
  }
}
