// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SummaryTest {
  @Test
  void readsWhatClickHouseSends() {
    assertThat(
            Summary.parse(
                "{\"read_rows\":\"1\",\"read_bytes\":\"2\",\"written_rows\":\"3\","
                    + "\"written_bytes\":\"4\",\"total_rows_to_read\":\"9\",\"result_rows\":\"5\","
                    + "\"result_bytes\":\"6\",\"elapsed_ns\":\"7\",\"real_time_microseconds\":\"8\"}"))
        .isEqualTo(new Summary(1, 2, 3, 4, 5, 6, 7));
  }

  @Test
  void whatIsMissingOrNoNumberIsNone() {
    assertThat(Summary.parse("{}")).isEqualTo(Summary.NONE);
    assertThat(Summary.parse("{\"read_rows\":\"\"}")).isEqualTo(Summary.NONE);
    assertThat(Summary.parse("{\"read_rows\":\"99999999999999999999999\"}"))
        .isEqualTo(Summary.NONE);
  }
}
