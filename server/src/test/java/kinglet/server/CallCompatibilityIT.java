// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import kinglet.testkit.CompatibilityPage;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The page on compatibility says of every call of the reference whether this server answers it.
final class CallCompatibilityIT {
  /// No data source, pipe, token, job, branch or workspace has this name.
  private static final String NOTHING = "nothing_has_this_name";

  @TempDir private static Path directory;

  private static TestServer server;

  record Call(String method, String path, boolean offered) {
    /// As a route is written, with named segments that are all alike: `{name}.json` is `{}`.
    String route() {
      return method + " " + alike(path.replaceFirst("\\?.*", ""));
    }

    static String alike(String path) {
      return path.replaceAll("\\{[^}/]*\\}[^/]*", "{}");
    }

    HttpResponse<String> ask() {
      return server.request(
          method, path.replaceAll("\\{[^}/]*\\}", NOTHING), BodyPublishers.noBody());
    }
  }

  @BeforeAll
  static void start() {
    server = TestServer.ready(directory);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static List<Call> calls() {
    List<Call> calls = new ArrayList<>();
    for (String section : CompatibilityPage.sections("HTTP calls")) {
      for (CompatibilityPage.Row row : CompatibilityPage.rows(section)) {
        assertThat(row.state()).isIn("works", "differs", "not yet", "not planned");
        for (String name : row.names()) {
          String[] words = name.split(" ");
          calls.add(new Call(words[0], words[1], row.offered()));
        }
      }
    }
    return calls;
  }

  @Test
  void everyRouteIsNamed() {
    Set<String> routes =
        server.server().routes().compatible().stream()
            .map(Call::alike)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> named =
        calls().stream()
            .filter(Call::offered)
            .map(Call::route)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(routes)
        .allSatisfy(route ->
            assertThat(calls())
                .as("docs/compatibility.md")
                .extracting(Call::route)
                .contains(route));
    assertThat(routes).containsAll(named);
  }

  @Test
  void whatIsOfferedIsAnswered() {
    for (Call call : calls()) {
      if (call.offered()) {
        HttpResponse<String> answer = call.ask();
        assertThat(answer.statusCode()).as("%s", call).isLessThan(500).isNotEqualTo(405);
        if (answer.statusCode() >= 400) {
          assertThat(json(answer).path("code").asString())
              .as("%s", call)
              .isNotIn("", "unknown-route");
        }
      }
    }
  }

  @Test
  void whatIsNotOfferedIsRefusedByName() {
    for (Call call : calls()) {
      if (!call.offered()) {
        HttpResponse<String> answer = call.ask();
        assertThat(answer.statusCode()).as("%s", call).isBetween(400, 499);
        assertThat(json(answer).path("code").asString()).as("%s", call).isNotEmpty();
        assertThat(json(answer).path("error").asString()).as("%s", call).isNotBlank();
      }
    }
  }
}
