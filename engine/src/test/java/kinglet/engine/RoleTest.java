// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RoleTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "max_execution_time",
        "max_memory_usage",
        "max_result_rows",
        "max_threads",
        "output_format_json_quote_64bit_integers",
        "date_time_output_format"
      })
  void aReaderSetsLimitsAndFormats(String setting) {
    assertThatCode(() -> Role.READER.checkSettings(Map.of(setting, "1")))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"readonly", "allow_ddl", "format_schema", "role", "insert_deduplication_token"})
  void aReaderSetsNothingElse(String setting) {
    assertThatThrownBy(() -> Role.READER.checkSettings(Map.of(setting, "1")))
        .isInstanceOfSatisfying(
            EngineFailure.class,
            failure -> assertThat(failure.code()).isEqualTo(EngineFailure.READONLY));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a=1, readonly", "max_threads = 1, readonly", "1a", "a-b"})
  void aSettingsNameIsAName(String name) {
    assertThatThrownBy(() -> Role.ADMIN.checkSettings(Map.of(name, "1")))
        .isInstanceOf(EngineFailure.class);
  }

  @Test
  void aReadersConnectionIsLockedLast() {
    assertThat(Role.READER.prelude("d`b", Map.of("max_threads", "it's \\"), 1_500))
        .containsExactly(
            "SET implicit_select = 0",
            "SET max_execution_time = 1.5",
            "USE `d\\`b`",
            "SET max_threads = 'it\\'s \\\\'",
            "SET ROLE reader",
            "SET readonly = 1");
    assertThat(Role.WRITER.prelude("", Map.of(), 1_500)).containsExactly("SET implicit_select = 0");
  }

  @Test
  void onlyThreeUsersExist() {
    assertThat(Role.named("reader")).isEqualTo(Role.READER);
    assertThat(Role.named("ADMIN")).isEqualTo(Role.ADMIN);
    assertThatThrownBy(() -> Role.named("default")).isInstanceOf(EngineFailure.class);
  }
}
