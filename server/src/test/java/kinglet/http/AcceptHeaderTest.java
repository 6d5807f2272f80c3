// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class AcceptHeaderTest {
  private static final List<String> OFFERED =
      List.of("application/json", "application/x-ndjson", "image/png");

  private static String chosen(String accept) {
    return AcceptHeader.of(accept).choose(OFFERED).orElse("none");
  }

  @Test
  void theMostWantedTypeWins() {
    assertThat(chosen("application/x-ndjson")).isEqualTo("application/x-ndjson");
    assertThat(chosen("Application/JSON; charset=utf-8")).isEqualTo("application/json");
    assertThat(chosen("*/*")).isEqualTo("application/json");
    assertThat(chosen("image/*, application/json;q=0.5")).isEqualTo("image/png");
    assertThat(chosen("application/json;q=0.1,application/x-ndjson;q=0.9"))
        .isEqualTo("application/x-ndjson");
    assertThat(chosen("text/html, */*;q=0.1")).isEqualTo("application/json");
    assertThat(chosen("text/html")).isEqualTo("none");
    assertThat(chosen("application/json;q=0")).isEqualTo("none");
    assertThat(chosen("")).isEqualTo("none");
  }

  @Test
  void anyTextIsRead() {
    Random random = new Random(20_261_123);
    String letters = "*/;,=q01. ajson-x+\"\t";
    for (int i = 0; i < 100_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(40); n > 0; n--) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      String chosen = chosen(text.toString());
      assertThat(chosen.equals("none") || OFFERED.contains(chosen)).isTrue();
    }
  }
}
