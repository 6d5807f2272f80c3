// SPDX-License-Identifier: Apache-2.0
package kinglet.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.ServiceDataSource;
import org.junit.jupiter.api.Test;

/// What of a call is written down, and what is not.
final class PipeCallTest {
  private static Map<ServiceDataSource, Map<String, Object>> rows(
      Map<String, List<String>> parameters, Optional<String> error, String... secrets) {
    PipeCall call =
        new PipeCall(
            "workspace",
            Instant.EPOCH,
            PipeCall.Resource.unknown("top"),
            "1",
            new PipeCall.Request("id", "GET", "/v0/pipes/top.json", parameters, parameters),
            new PipeCall.Caller("token-id", "reader", "agent"),
            1_500_000_000,
            400,
            new PipeCall.Counts(1, 2, 3),
            error);
    return call.rows(new Masking(List.of(secrets)));
  }

  @Test
  void theTokenIsLeftOut() {
    Map<String, List<String>> parameters =
        Map.of("token", List.of("p.secret", "p.again"), "a", List.of("1", "2"));
    Map<String, Object> row =
        rows(parameters, Optional.empty()).get(ServiceDataSource.PIPE_STATS_RT);
    assertThat(row.toString()).doesNotContain("p.secret", "p.again");
    assertThat(row)
        .containsEntry("url", "/v0/pipes/top.json?a=1&a=2")
        .containsEntry("parameters", Map.of("a", "1"));
    assertThat(row).containsEntry("duration", 1.5).containsEntry("error", 0);
  }

  @Test
  void secretsAreMasked() {
    Map<String, List<String>> parameters =
        Map.of(
            "key",
            List.of("open sesame"),
            "q",
            List.of("SELECT 'open sesame'"),
            "n",
            List.of("7"),
            "m",
            List.of("17"));
    Map<ServiceDataSource, Map<String, Object>> rows =
        rows(parameters, Optional.of("no open sesame here"), "open sesame", "7");
    assertThat(rows.toString())
        .doesNotContain("sesame")
        .contains("***", "no *** here", "m=17", "n=***");
    assertThat(rows)
        .containsKeys(ServiceDataSource.ENDPOINT_ERRORS, ServiceDataSource.PIPE_STATS_RT);
  }

  @Test
  void longTextsAreCut() {
    Map<String, List<String>> parameters =
        Map.of("a", List.of("x".repeat(1_000_000)), "b".repeat(1_000_000), List.of("y"));
    Map<ServiceDataSource, Map<String, Object>> rows =
        rows(parameters, Optional.of("z".repeat(1_000_000)));
    assertThat(rows.toString()).hasSizeLessThan(20_000);
  }
}
