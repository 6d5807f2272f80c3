// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
record Rendering(Arguments arguments, Token token) implements PipeSource {
  /// The rendering of one call.
  static Rendering of(
      Map<String, List<String>> arguments, Token token, Secrets secrets, Instant now) {
    return new Rendering(
        Arguments.of(arguments)
            .at(now)
            .withSecrets(name -> secrets.value(token.workspaceId(), name)),
        token);
  }

  @Override
  public CompiledQuery of(CompiledPipe pipe) {
    return pipe.compile(
        token
            .pipeScope(pipe.name(), pipe.pipe().id())
            .map(Scope.ReadPipe::fixedParams)
            .map(arguments::withFixed)
            .orElse(arguments));
  }

  /// The caller's own SQL, which may be a template; it sees secrets for an administrator only.
  Rendered of(String sql) {
    Arguments own = token.admin() ? arguments : arguments.withSecrets(_ -> Optional.empty());
    return Template.parse(sql).render(own, RenderMode.RENDER);
  }
}
