// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import kinglet.error.ErrorKind;
import kinglet.error.PlatformException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FailuresTest {
  @ParameterizedTest
  @CsvSource({
    "60, QUERY_FAILED, INVALID",
    "159, QUERY_TIMEOUT, TIMEOUT",
    "241, MEMORY_LIMIT, UNPROCESSABLE",
    "394, QUERY_CANCELLED, UNPROCESSABLE",
    "202, ENGINE_UNAVAILABLE, OVERLOADED",
    "516, ENGINE_REFUSED, INTERNAL"
  })
  void clickHousesNumbersHaveNames(String number, ClickHouseError error, ErrorKind kind) {
    PlatformException failure =
        Failures.reported(500, Optional.of(number), "Code: " + number + ". DB::Exception: x");
    assertThat(failure.code()).isEqualTo(error);
    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure.details()).containsEntry("clickhouse_code", number);
  }

  @Test
  void theMessageLosesItsWrapping() {
    PlatformException failure =
        Failures.reported(
            500,
            Optional.empty(),
            "Code: 241. DB::Exception: Code: 241. DB::Exception: too much (MEMORY_LIMIT_EXCEEDED)"
                + " (version 26.7.2.1). (MEMORY_LIMIT_EXCEEDED) (version 26.7.3)\n");
    assertThat(failure.text())
        .isEqualTo("too much (MEMORY_LIMIT_EXCEEDED). (MEMORY_LIMIT_EXCEEDED)");
    assertThat(failure.code()).isEqualTo(ClickHouseError.MEMORY_LIMIT);
  }

  @Test
  void anAnswerWithoutANumberIsNamedByItsStatus() {
    assertThat(Failures.reported(503, Optional.empty(), "busy").code())
        .isEqualTo(ClickHouseError.ENGINE_UNAVAILABLE);
    assertThat(Failures.reported(401, Optional.empty(), "who").code())
        .isEqualTo(ClickHouseError.ENGINE_REFUSED);
    assertThat(Failures.reported(400, Optional.empty(), "what").code())
        .isEqualTo(ClickHouseError.QUERY_FAILED);
  }
}
