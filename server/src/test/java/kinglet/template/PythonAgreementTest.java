// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import kinglet.error.PlatformException;
import org.junit.jupiter.api.Test;

/// Expressions have the value CPython gives them.
///
/// Each case of a file is an expression, and below it, indented, its value as JSON or `!` for a
/// failure. The answers of `agreed.txt` and `random.txt` were written by CPython 3.11; those of
/// `departures.txt` are ours, with a comment that says why.
final class PythonAgreementTest {
  private static final Path CORPUS = Path.of("src/test/resources/kinglet/template/python");

  private record Case(String expression, String expected) {}

  private static List<Case> cases(String file) throws IOException {
    List<Case> cases = new ArrayList<>();
    String expression = "";
    for (String line : Files.readAllLines(CORPUS.resolve(file))) {
      if (line.startsWith("    ")) {
        cases.add(new Case(expression, line.strip()));
      } else if (!line.startsWith("# ")) {
        expression = line;
      }
    }
    return cases;
  }

  private static String value(String expression) {
    try {
      Evaluator evaluator = new Evaluator(Arguments.NONE, RenderMode.RENDER, Map.of(), List.of());
      Expression tree = ExpressionParser.parse(expression, 1, false);
      return JsonText.write(evaluator.evaluate(tree));
    } catch (PlatformException e) {
      assertThat(e.code()).isInstanceOf(TemplateError.class);
      return "!";
    }
  }

  private static List<String> differing(String file) throws IOException {
    List<String> differing = new ArrayList<>();
    for (Case one : cases(file)) {
      String value = value(one.expression());
      if (!value.equals(one.expected())) {
        differing.add(one.expression() + " is " + one.expected() + ", not " + value);
      }
    }
    return differing;
  }

  @Test
  void writtenExpressionsAgree() throws IOException {
    assertThat(cases("agreed.txt")).hasSizeGreaterThan(500);
    assertThat(differing("agreed.txt")).isEmpty();
  }

  @Test
  void randomExpressionsAgree() throws IOException {
    assertThat(cases("random.txt")).hasSizeGreaterThan(1_000);
    assertThat(differing("random.txt")).isEmpty();
  }

  @Test
  void departuresAreKnown() throws IOException {
    assertThat(differing("departures.txt")).isEmpty();
  }
}
