// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import kinglet.auth.Scope;
import kinglet.auth.Secrets;
import kinglet.auth.Token;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.CompiledQuery;
import kinglet.template.Arguments;
import kinglet.template.RenderMode;
import kinglet.template.Rendered;
import kinglet.template.Template;

/// Renders the pipes of one call, and its own SQL, with its arguments and what its token fixes.
/// Owned by the thread of the call.
final class Rendering implements PipeSource {
  private final Arguments arguments;
  private final Token token;

  /// Whether a template has asked for the time or for a secret.
  private boolean lookedUp;

  private Rendering(
      Map<String, List<String>> values,
      Set<String> open,
      Token token,
      Secrets secrets,
      InstantSource clock) {
    this.token = token;
    Instant now = clock.instant();
    this.arguments =
        Arguments.of(values)
            .withOpen(open)
            .at(() -> {
              lookedUp = true;
              return now;
            })
            .withSecrets(name -> {
              lookedUp = true;
              return secrets.value(token.workspaceId(), name);
            });
  }

  /// The rendering of one call.
  static Rendering of(
      Map<String, List<String>> values, Token token, Secrets secrets, InstantSource clock) {
    return new Rendering(values, Set.of(), token, secrets, clock);
  }

  /// The rendering of many calls, which share some values.
  ///
  /// @param open what each gives a value of its own for
  static Rendering of(
      Map<String, List<String>> values,
      Set<String> open,
      Token token,
      Secrets secrets,
      InstantSource clock) {
    return new Rendering(values, open, token, secrets, clock);
  }

  @Override
  public CompiledQuery of(CompiledPipe pipe, String node) {
    return pipe.compile(
        node,
        token
            .pipeScope(pipe.name(), pipe.pipe().id())
            .map(Scope.ReadPipe::fixedParams)
            .map(arguments::withFixed)
            .orElse(arguments));
  }

  @Override
  public Optional<Map<String, List<String>>> inputs() {
    return lookedUp ? Optional.empty() : Optional.of(arguments.values());
  }

  /// The caller's own SQL, which may be a template; it sees secrets for an administrator only.
  Rendered of(String sql) {
    Arguments own = token.admin() ? arguments : arguments.withSecrets(_ -> Optional.empty());
    return Template.parse(sql).render(own, RenderMode.RENDER);
  }
}
