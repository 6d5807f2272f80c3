// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import kinglet.error.PlatformException;
import kinglet.testkit.CompatibilityPage;
import org.junit.jupiter.api.Test;

/// The page on compatibility names every function and statement of templates, and no other.
final class TemplateCompatibilityTest {
  private static final String EVERY_STATEMENT =
      """
      %
      {% comment all of them %}
      {% set x = 3 %}
      {% try %}{% if x == 1 %}1{% elif x == 2 %}2{% else %}3{% end %}{% except %}{% finally %}{% end %}
      {% for i in [1, 2] %}{% continue %}{% end %}
      {% while True %}{% break %}{% end %}
      """;

  @Test
  void everyFunctionIsNamed() {
    List<String> functions = new ArrayList<>(ParameterType.BY_NAME.keySet());
    Arrays.stream(TemplateFunction.values()).forEach(one -> functions.addAll(one.names()));
    CompatibilityPage.hasExactly("Template functions", functions);
  }

  @Test
  void statementsWorkAsSaid() {
    Set<String> names = CompatibilityPage.names("Template statements");
    for (String name : names) {
      assertThat(EVERY_STATEMENT).contains("{% " + name + " ");
    }
    String sql =
        Template.parse(EVERY_STATEMENT).render(Arguments.NONE, RenderMode.RENDER).sql().strip();
    assertThat(sql).isEqualTo("3");
    CompatibilityPage.rows("Template statements").stream()
        .filter(row -> !row.offered())
        .flatMap(row -> row.names().stream())
        .forEach(TemplateCompatibilityTest::refused);
  }

  private static void refused(String statement) {
    PlatformException refusal =
        catchThrowableOfType(
            PlatformException.class, () -> Template.parse("%\n{% " + statement + " x %}"));
    assertThat(refusal.text()).contains(statement + " is forbidden");
  }
}
