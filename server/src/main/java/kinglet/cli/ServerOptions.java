// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import kinglet.error.PlatformException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// Which server a command talks to, and with which token.
///
/// Options win over `KINGLET_HOST` and `KINGLET_TOKEN`, those over their `TINYBIRD_` namesakes. A
/// server on this machine needs no token: its data directory has one, or it tells one itself.
final class ServerOptions {
  private static final String DEFAULT_HOST = "http://127.0.0.1:7181";

  @Option(
      names = "--host",
      paramLabel = "URL",
      description = "server to talk to (KINGLET_HOST; default " + DEFAULT_HOST + ")")
  private @Nullable String host;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description = "token to present (KINGLET_TOKEN; default the local server's own)")
  private @Nullable String token;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "data directory of a local server, for its token (default data)")
  private Path data = Path.of("data");

  /// Whether the command line says which server.
  boolean isNamed() {
    return host != null;
  }

  ApiClient connect(Map<String, String> environment) {
    URI origin = origin(environment);
    Optional<String> given =
        first(environment, token, "KINGLET_TOKEN", "TINYBIRD_TOKEN", "TB_TOKEN");
    return new ApiClient(
        origin,
        given.or(this::fileToken).orElseGet(() -> askToken(origin, "workspace_admin_token")));
  }

  /// Connects with the token of the server's user, for what concerns several workspaces.
  ApiClient connectAsUser(Map<String, String> environment) {
    URI origin = origin(environment);
    Optional<String> given =
        first(environment, token, "KINGLET_TOKEN", "TINYBIRD_TOKEN", "TB_TOKEN");
    return new ApiClient(origin, given.orElseGet(() -> askToken(origin, "user_token")));
  }

  private URI origin(Map<String, String> environment) {
    String text =
        first(environment, host, "KINGLET_HOST", "TINYBIRD_URL", "TINYBIRD_HOST", "TB_HOST")
            .orElse(DEFAULT_HOST);
    String url = text.contains("://") ? text : "http://" + text;
    try {
      return URI.create(url.endsWith("/") ? url : url + "/");
    } catch (IllegalArgumentException e) {
      throw new PlatformException(
          CliError.INVALID_ARGUMENT, "'" + text + "' is not an address such as " + DEFAULT_HOST, e);
    }
  }

  private Optional<String> fileToken() {
    Path file = data.resolve("admin-token");
    try {
      return Files.isReadable(file)
          ? Optional.of(Files.readString(file).strip())
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static String askToken(URI origin, String which) {
    try (ApiClient anonymous = new ApiClient(origin, "")) {
      JsonNode tokens = anonymous.getJson("/tokens");
      return tokens.path(which).asString("");
    }
  }

  private static Optional<String> first(
      Map<String, String> environment, @Nullable String option, String... variables) {
    if (option != null) {
      return Optional.of(option);
    }
    for (String variable : variables) {
      String value = environment.get(variable);
      if (value != null && !value.isBlank()) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }
}
