// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class DiscoveryTest {
  private static Map<String, TemplateParameter> of(String... templates) {
    return Template.parameters(List.of(templates).stream().map(Template::parse).toList()).stream()
        .collect(Collectors.toMap(TemplateParameter::name, one -> one));
  }

  private static TemplateParameter only(String template) {
    return of(template).values().iterator().next();
  }

  @Test
  void typedCallsDeclareParameters() {
    TemplateParameter parameter =
        only(
            "%{{Int32(n, 5, description='How many', required=False, enum=[5, 6], example=6,"
                + " format='a')}}");
    assertThat(parameter.type()).isEqualTo("Int32");
    assertThat(parameter.defaultValue()).contains(5L);
    assertThat(parameter.description()).contains("How many");
    assertThat(parameter.required()).isFalse();
    assertThat(parameter.enumValues()).containsExactly(5L, 6L);
    assertThat(parameter.example()).contains(6L);
    assertThat(parameter.format()).contains("a");
    assertThat(parameter.usedIn()).isEmpty();
  }

  @Test
  void arraysNameTheirElements() {
    assertThat(only("%{{Array(x, 'Int32', '1,2')}}").type()).isEqualTo("Array(Int32)");
    assertThat(only("%{{Array(x)}}").type()).isEqualTo("Array(String)");
    assertThat(only("%{{Array(x, 'Int32', '1,2')}}").defaultValue()).contains("1,2");
  }

  @Test
  void namesOfControlTagsAreTexts() {
    TemplateParameter parameter = only("%{% if defined(x) %}a{% end %}");
    assertThat(parameter.type()).isEqualTo("String");
    assertThat(parameter.defaultValue()).isEmpty();
    assertThat(parameter.required()).isFalse();
    assertThat(parameter.usedIn()).contains("function_call");
  }

  @Test
  void theSqlCountsMoreThanControlTags() {
    TemplateParameter parameter =
        only("%{% if String(x, 'a') == 'a' %}{{Int32(x, 7)}}{% end %}{% set y = Int8(x, 9) %}");
    assertThat(parameter.type()).isEqualTo("Int32");
    assertThat(parameter.defaultValue()).contains(7L);
  }

  @Test
  void usesAreMerged() {
    TemplateParameter parameter =
        only(
            "%{{String(x, description='first')}} {{String(x, 'd', description='')}}"
                + " {{String(x, 'e')}}");
    assertThat(parameter.description()).contains("first");
    assertThat(parameter.defaultValue()).contains("e");
    assertThat(parameter.required()).isFalse();
  }

  @Test
  void whatMustBeGiven() {
    assertThat(only("%{{String(x)}}").required()).isTrue();
    assertThat(only("%{{String(x, required=False)}}").required()).isFalse();
    assertThat(only("%{{Boolean(x)}}").required()).isFalse();
    assertThat(only("%{% if defined(x) %}{{String(x)}}{% end %}").required()).isFalse();
    assertThat(only("%{% if defined(x) %}{{String(x, required=True)}}{% end %}").required())
        .isTrue();
  }

  @Test
  void largeDefaultsAreTexts() {
    assertThat(only("%{{Int64(x, 9007199254740991)}}").defaultValue()).contains(9007199254740991L);
    assertThat(only("%{{Int64(x, 9007199254740992)}}").defaultValue()).contains("9007199254740992");
    assertThat(only("%{{Int64(x, -5)}}").defaultValue()).contains(-5L);
  }

  @Test
  void variablesAreNoParameters() {
    assertThat(
            of("%{% set a = 1 %}{{a}}{% for b, c in x %}{{b}}{{c}}{% end %}{{[d for d in y]}}")
                .keySet())
        .containsExactlyInAnyOrder("x", "y");
    assertThat(of("%{% set a = 1 %}{{a}}", "%{{String(a)}}").keySet()).containsExactly("a");
  }

  @Test
  void platformNamesAreWarnings() {
    assertThat(Template.parse("%{{String(token)}} {{String(x)}}").warnings())
        .singleElement()
        .asString()
        .contains("'token'");
  }
}
