// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZonedDateTime;
import java.util.random.RandomGenerator;
import kinglet.testkit.Seed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CronScheduleTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "* * * * *        | 2026-11-23T16:14:59Z | true",
        "*/15 * * * *     | 2026-11-23T16:30:00Z | true",
        "*/15 * * * *     | 2026-11-23T16:31:00Z | false",
        "5/20 * * * *     | 2026-11-23T16:45:00Z | true",
        "0 4 * * *        | 2026-11-23T04:00:00Z | true",
        "0 4 * * *        | 2026-11-23T05:00:00Z | false",
        "0 0 1 * *        | 2026-11-01T00:00:00Z | true",
        "0 0 * * MON      | 2026-11-23T00:00:00Z | true",
        "0 0 * * 0        | 2026-11-22T00:00:00Z | true",
        "0 0 * * 7        | 2026-11-22T00:00:00Z | true",
        "0 0 * * 1-5      | 2026-11-22T00:00:00Z | false",
        "0 0 1 * MON      | 2026-11-23T00:00:00Z | true",
        "0 0 1 * MON      | 2026-11-01T00:00:00Z | true",
        "0 0 1 * MON      | 2026-11-03T00:00:00Z | false",
        "0 0 1 JAN,nov *  | 2026-11-01T00:00:00Z | true",
        "*/5 0-23/2 1,15 jan-DEC mon | 2026-06-01T04:10:00Z | true",
        "0 0 31 12 7      | 2026-12-31T00:00:00Z | true",
        "0 9 * * *        | 2026-07-01T09:00:00+02:00[Europe/Madrid] | true"
      })
  void aMinuteIsMeantOrNot(String cron, String time, boolean meant) {
    assertThat(CronSchedule.parse(cron).orElseThrow().includes(ZonedDateTime.parse(time)))
        .isEqualTo(meant);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "*/0 * * * *",
        "5-1 * * * *",
        "a * * * *",
        "1,,2 * * * *",
        "@hourly"
      })
  void otherTextsAreNone(String text) {
    assertThat(CronSchedule.parse(text)).isEmpty();
  }

  @Test
  void noTextIsAnAccident() {
    RandomGenerator random = Seed.next().random();
    String letters = "0123456789*/-, ,MONJAN\n@";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(20);
      for (int j = 0; j < length; j++) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      CronSchedule.parse(text.toString())
          .ifPresent(cron -> {
            boolean _ = cron.includes(ZonedDateTime.parse("2026-11-23T16:14:00Z"));
          });
    }
  }
}
