// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UtcTimeTest {
  private static final DateTimeFormatter MODEL =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  @ParameterizedTest
  @ValueSource(
      longs = {
        0,
        -1,
        1,
        -62_167_219_200_000_000L,
        -62_167_219_200_000_001L,
        253_402_300_799_999_999L,
        253_402_300_800_000_000L,
        Long.MIN_VALUE,
        Long.MAX_VALUE
      })
  void writesEdges(long micros) {
    assertThat(UtcTime.of(micros)).isEqualTo(model(micros));
  }

  @Test
  void writesAnyTime() {
    Random random = new Random(17);
    for (int i = 0; i < 10_000; i++) {
      long micros = random.nextLong() >> random.nextInt(40);
      assertThat(UtcTime.of(micros)).as("%d", micros).isEqualTo(model(micros));
    }
  }

  private static String model(long micros) {
    return MODEL.format(Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
  }
}
