// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class EngineOptionsTest {
  @Test
  void defaultsNeedLibraryAndDataOnly() {
    EngineOptions options = EngineOptions.parse(new String[] {"--library=/l.so", "--data=/d"});
    assertThat(options)
        .isEqualTo(
            new EngineOptions(
                Path.of("/l.so"), Path.of("/d"), 0, 4L << 30, 4, 2, 2, 64, 600_000, 0));
  }

  @Test
  void everyOptionIsTaken() {
    EngineOptions options =
        EngineOptions.parse(
            new String[] {
              "--library=/l.so",
              "--data=/d=e",
              "--port=1",
              "--memory-bytes-max=2",
              "--readers=3",
              "--writers=4",
              "--admins=5",
              "--queue-max=6",
              "--query-millis-max=7",
              "--parent-pid=8"
            });
    assertThat(options)
        .isEqualTo(new EngineOptions(Path.of("/l.so"), Path.of("/d=e"), 1, 2, 3, 4, 5, 6, 7, 8));
  }

  @Test
  void unknownOrMissingOptionsAreRefused() {
    assertThatThrownBy(() -> EngineOptions.parse(new String[] {"--data=/d"}))
        .hasMessageContaining("--library");
    assertThatThrownBy(
            () -> EngineOptions.parse(new String[] {"--library=/l.so", "--data=/d", "--reader=1"}))
        .hasMessageContaining("reader");
    assertThatThrownBy(() -> EngineOptions.parse(new String[] {"library"}))
        .hasMessageContaining("--name=value");
  }
}
