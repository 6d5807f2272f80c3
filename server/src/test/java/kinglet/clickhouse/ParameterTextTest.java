// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ParameterTextTest {
  @Test
  void stringsAreEscapedAsFieldsOfTabSeparated() {
    assertThat(ParameterText.of("SELECT {p:String}", "p", "a\tb\n\\N\r\0'\"\u00fc"))
        .isEqualTo("a\\tb\\n\\\\N\\r\\0'\"\u00fc");
    assertThat(ParameterText.of("SELECT {p:String}", "p", "plain")).isEqualTo("plain");
  }

  @Test
  void textThatQuotesItselfStaysAsItIs() {
    String list = "['it\\'s','a\tb']";
    assertThat(ParameterText.of("SELECT { p : Array(String) }", "p", list)).isEqualTo(list);
    assertThat(ParameterText.of("SELECT {q:String}, {p:Map(String, String)}", "p", list))
        .isEqualTo(list);
    assertThat(ParameterText.of("SELECT * FROM {p:Identifier}", "p", "a\\b")).isEqualTo("a\\b");
    assertThat(ParameterText.of("SELECT {p:String}, {q:Array(String)}", "p", list))
        .isEqualTo("['it\\\\'s','a\\tb']");
  }
}
