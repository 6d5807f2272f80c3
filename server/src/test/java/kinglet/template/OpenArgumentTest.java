// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Parameters that stay open: one rendering for the calls that give them.
final class OpenArgumentTest {
  private static String render(String template, Arguments arguments) {
    return Template.parse(template).render(arguments, RenderMode.RENDER).sql();
  }

  private static Arguments open(String... names) {
    return Arguments.of(Map.of()).withOpen(Set.of(names));
  }

  @Test
  void anOpenParameterIsAColumn() {
    assertThat(render("%SELECT {{Float64(x, 3)}} + {{ y }}", open("x", "y")))
        .isEqualTo("SELECT `{x:Float64}` + `{y:String}`");
    assertThat(OpenParameter.of("{x:Float64}")).contains(new OpenParameter("x", "Float64"));
    assertThat(OpenParameter.of("x")).isEqualTo(Optional.empty());
    assertThat(render("%{% if defined(x) %}{{Int(x)}}{% else %}no{% end %}", open("x")))
        .isEqualTo("`{x:Int64}`");
    assertThat(render("%{% set y = String(x) %}{{ y }}", open("x"))).isEqualTo("`{x:String}`");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%{% if x == 'a' %}1{% end %}",
        "%{% if String(x) %}1{% end %}",
        "%{{ Int32(x) + 1 }}",
        "%{{ 'a' if not x else 'b' }}",
        "%{{ Date(x) }}",
        "%{{ DateTime64(x) }}",
        "%{{ Boolean(x) }}",
        "%{{ Array(x, 'Int32') }}",
        "%{{ column(x, 'a') }}",
        "%{{ columns(x, 'a') }}",
        "%{{ symbol(x) }}",
        "%{{ table(x) }}",
        "%{{ JSON(x) }}",
        "%{{ String(String(x)) }}",
        "%{{ x.upper() }}",
        "%{{ 'a'.replace('a', x) }}",
        "%{{ '%s' % x }}",
        "%{{ [x] }}",
        "%{{ {'a': x}.get('a') }}",
        "%{{ x[0] }}",
        "%{{ x[1:] }}",
        "%{{ len(x) }}",
        "%{{ x in ['a'] }}",
        "%{{ -Int8(x) }}",
        "%{{ split_to_array(x) }}",
        "%{{ sql_and(a=x) }}",
        "%{{ max_threads(x) }}",
        "%{% for a in x %}1{% end %}",
        "%{% try %}{% if x == 'a' %}1{% end %}{% except %}2{% end %}",
        "%SELECT 'a {{ String(x) }}'",
        "%SELECT 1 -- {{ String(x) }}",
        "%SELECT `{{ symbol(x) }}`",
      })
  void aTemplateThatNeedsTheValueSaysSo(String template) {
    assertThatThrownBy(() -> render(template, open("x")))
        .isInstanceOfSatisfying(
            OpenArgument.class, needed -> assertThat(needed.parameter()).isEqualTo("x"));
  }

  @Test
  void aFixedValueIsNotOpen() {
    Arguments arguments = open("x").withFixed(Map.of("x", List.of("7")));
    assertThat(render("%{{ Int32(x) }}", arguments)).isEqualTo("toInt32('7')");
  }

  /// Values put in the places of the columns give what rendering with the values gives.
  @Test
  void anyTemplateGivesTheSameSqlEitherWay() {
    Random random = new Random(20_261_123);
    List<String> pieces =
        List.of(
            "SELECT ",
            "{{ Float64(x) }}",
            "{{ Int32(y, 4) }}",
            "{{ String(z) }}",
            "{{ z }}",
            " + ",
            ", 'text' ",
            "{% if defined(z) %} z {% end %}",
            "{% if y == '3' %} three {% end %}",
            "{% set a = String(z, 'b') %}",
            "{{ a }}",
            "{% for i in range(2) %}{{ Int32(y) }} {% end %}",
            " /* */ ");
    Map<String, String> columns =
        Map.of(
            "`{x:Float64}`", "toFloat64('1.5')",
            "`{y:Int32}`", "toInt32('3')",
            "`{z:String}`", "'text'",
            "`{a:String}`", "'given'");
    Map<String, List<String>> values =
        Map.of("x", List.of("1.5"), "y", List.of("3"), "z", List.of("text"), "a", List.of("given"));
    int same = 0;
    for (int i = 0; i < 5_000; i++) {
      StringBuilder template = new StringBuilder("%");
      for (int n = random.nextInt(8); n >= 0; n--) {
        template.append(pieces.get(random.nextInt(pieces.size()))).append(' ');
      }
      String expected = render(template.toString(), Arguments.of(values));
      try {
        String sql = render(template.toString(), open("x", "y", "z", "a"));
        for (Map.Entry<String, String> column : columns.entrySet()) {
          sql = sql.replace(column.getKey(), column.getValue());
        }
        assertThat(sql).as(template.toString()).isEqualTo(expected);
        same++;
      } catch (OpenArgument needed) {
        assertThat(needed.parameter()).isIn("y", "z");
      }
    }
    assertThat(same).isGreaterThan(1_000);
  }
}
