// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import kinglet.auth.Scope;
import kinglet.auth.Token;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.CompiledQuery;
import kinglet.template.Arguments;
import kinglet.template.RenderMode;
import kinglet.template.Rendered;
import kinglet.template.Template;

/// Renders the pipes of one call, and its own SQL, with its arguments and what its token fixes.
record Rendering(Arguments arguments, Token token) implements PipeSource {
  @Override
  public CompiledQuery of(CompiledPipe pipe) {
    return pipe.compile(
        token
            .pipeScope(pipe.name(), pipe.pipe().id())
            .map(Scope.ReadPipe::fixedParams)
            .map(arguments::withFixed)
            .orElse(arguments));
  }

  /// The caller's own SQL, which may be a template.
  Rendered of(String sql) {
    return Template.parse(sql).render(arguments, RenderMode.RENDER);
  }
}
