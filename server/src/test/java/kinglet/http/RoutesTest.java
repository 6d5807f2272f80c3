// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import kinglet.error.PlatformException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which route a path finds.
final class RoutesTest {
  private static final Routes ROUTES =
      new Routes()
          .compatible("GET", "/", _ -> {})
          .compatible("GET", "/{any}", _ -> {})
          .compatible("GET", "/pipes/{name}", _ -> {})
          .compatible("POST", "/pipes/{name}", _ -> {})
          .compatible("GET", "/pipes/special", _ -> {})
          .compatible("GET", "/{kind}/{name}/explain", _ -> {})
          .compatible("DELETE", "/pipes/{name}/explain", _ -> {})
          .compatible("GET", "/a/{first}/c", _ -> {})
          .compatible("GET", "/{second}/b/c", _ -> {});

  @ParameterizedTest
  @CsvSource({
    "GET, /, /, {}",
    "GET, /x, /{any}, {any=x}",
    "HEAD, /x/, /{any}, {any=x}",
    "GET, /pipes/one, /pipes/{name}, {name=one}",
    "GET, /pipes/a%20b+c, /pipes/{name}, {name=a b+c}",
    "GET, /pipes/special, /pipes/special, {}",
    "POST, /pipes/special, /pipes/{name}, {name=special}",
    "GET, /pipes/one/explain, /{kind}/{name}/explain, '{kind=pipes, name=one}'",
    "DELETE, /pipes/one/explain, /pipes/{name}/explain, {name=one}",
    "GET, /a/b/c, /a/{first}/c, {first=b}",
  })
  void mostLiteralSegmentsWinThenTheFirst(
      String method, String path, String pattern, String segments) {
    Routes.Match match = ROUTES.find(method, path);
    assertThat(match.route().name()).isEqualTo(pattern);
    assertThat(match.segments()).hasToString(segments);
  }

  @Test
  void saysWhichMethodsAPathAnswers() {
    assertThatThrownBy(() -> ROUTES.find("PUT", "/pipes/special"))
        .isInstanceOfSatisfying(
            PlatformException.class,
            failure -> assertThat(failure.details()).containsEntry("allow", "GET, POST"));
  }

  @ParameterizedTest
  @CsvSource({"/x/y/z", "/pipes/one/explain/more", "/pipes//explain/x"})
  void unknownPathsFindNothing(String path) {
    assertThatThrownBy(() -> ROUTES.find("GET", path))
        .isInstanceOfSatisfying(
            PlatformException.class,
            failure -> assertThat(failure.code()).isEqualTo(HttpError.UNKNOWN_ROUTE));
  }
}
