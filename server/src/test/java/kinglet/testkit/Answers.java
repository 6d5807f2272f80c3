// SPDX-License-Identifier: Apache-2.0
package kinglet.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import tools.jackson.databind.JsonNode;

/// What tests expect of answers.
public final class Answers {
  private Answers() {}

  /// The JSON of an answer that is 200.
  public static JsonNode done(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return TestServer.json(answer);
  }

  /// Expects a refusal.
  public static void refused(HttpResponse<String> answer, int status, String code) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(TestServer.json(answer).path("code").asString("")).isEqualTo(code);
  }
}
