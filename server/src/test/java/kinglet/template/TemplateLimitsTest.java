// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import kinglet.error.PlatformException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever a template asks for, its rendering ends soon.
final class TemplateLimitsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "%{% set a = 'x' * 1000000 %}{% set b = [a] * 1000 %}SELECT {{len(sorted(b))}}",
        "%{% set a = 'x' * 1000000 %}{% set b = [a + 'y'] * 1000 %}SELECT {{(a + 'y') in b}}",
        "%{% for i in range(90000) %}{% set a = 'x'.ljust(1000000) %}{% end %}SELECT 1",
        "%{% for i in range(90000) %}{% set a = '%900000d' % i %}{% end %}SELECT 1",
        "%{% for i in range(90000) %}{% set a = '{:900000}'.format(i) %}{% end %}SELECT 1",
        "%{% for i in range(90000) %}{% set a = range(90000) %}{% end %}SELECT 1",
        "%{% set a = list(range(50000)) %}"
            + "{% for i in range(90000) %}{% set b = sorted(a) %}{% end %}SELECT 1",
        "%{% set a = dict(enumerate(range(50000))) %}"
            + "{% for i in range(90000) %}{% set b = a.items() %}{% end %}SELECT 1",
        "%SELECT {{'{:.999999}'.format(1.5)}}",
        "%SELECT {{'%.5000f' % 1.5}}",
        "%SELECT {{'x'.center(9999999)}}",
        "%SELECT {{'a\t'.expandtabs(9999999)}}",
        "%SELECT {{('a' * 1000000).replace('', 'bb')}}"
      })
  void tooMuchIsRefused(String template) {
    assertThatExceptionOfType(PlatformException.class)
        .isThrownBy(() -> sql(template))
        .satisfies(e -> assertThat(e.code()).isEqualTo(TemplateError.TEMPLATE_LIMIT));
  }

  @Test
  void whatIsUsualIsNot() {
    assertThat(sql("%{% set a = sorted(range(20000)) %}SELECT {{a[-1]}}"))
        .isEqualTo("SELECT 19999");
    assertThat(sql("%SELECT {{len(['x' * 1000] * 10000)}}")).isEqualTo("SELECT 10000");
    assertThat(sql("%SELECT {{len(','.join(['abc'] * 50000).split(','))}}"))
        .isEqualTo("SELECT 50000");
  }

  private static String sql(String template) {
    return Template.parse(template).render(Arguments.NONE, RenderMode.RENDER).sql();
  }
}
