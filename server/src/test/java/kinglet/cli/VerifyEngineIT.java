// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import kinglet.server.KingletServer;
import kinglet.testkit.TestEngine;
import org.junit.jupiter.api.Test;

/// `kinglet verify-engine`, on a server of its own.
final class VerifyEngineIT {
  @Test
  void itSaysHowManyValuesItCompared() {
    CommandRun run =
        CommandRun.of(
            Map.of("KINGLET_ENGINE_LIBRARY", TestEngine.library().toString()),
            KingletServer::start,
            "verify-engine",
            "--values",
            "2e3",
            "--threads",
            "1");
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out())
        .contains(" values of ", " are what they should be, ", " windows as well (seed 1)");
    assertThat(run.err()).contains("compared 100 %");
  }

  @Test
  void itRefusesWhatIsNoNumberOfValues() {
    for (String values : new String[] {"0", "0.5", "1e30"}) {
      CommandRun run = CommandRun.of(Map.of(), "verify-engine", "--values", values);
      assertThat(run.status()).isEqualTo(1);
      assertThat(run.err()).contains("--values is a whole number such as 1000000 or 1e8");
    }
  }
}
