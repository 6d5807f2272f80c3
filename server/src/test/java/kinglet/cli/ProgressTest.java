// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final AtomicLong nanos = new AtomicLong();

  private Progress progress(boolean terminal) {
    PrintWriter writer = new PrintWriter(bytes, true, StandardCharsets.UTF_8);
    return new Progress(new Console(writer, bytes, writer, terminal), "flights", 1_000, nanos::get);
  }

  private String shown() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void withoutTerminalALineIsPrintedNowAndThen() {
    Progress progress = progress(false);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    progress.add(100);
    assertThat(shown()).isEmpty();
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(4));
    progress.add(400);
    assertThat(shown())
        .isEqualTo(
            "flights  50 %  500 of 1,000 rows, 100 rows/s, 5 s left" + System.lineSeparator());
    progress.add(500);
    progress.finish();
    assertThat(shown())
        .endsWith("flights 100 %  1,000 of 1,000 rows, 200 rows/s" + System.lineSeparator());
  }

  @Test
  void onATerminalOneLineIsDrawnAnew() {
    Progress progress = progress(true);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    progress.add(250);
    assertThat(shown())
        .isEqualTo(
            "\r\u001b[2Kflights [#######---------------------]  25 %  250 of 1,000 rows, "
                + "250 rows/s, 3 s left");
  }
}
