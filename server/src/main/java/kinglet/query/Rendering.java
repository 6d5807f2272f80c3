// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import kinglet.catalog.CompiledPipe;
import kinglet.catalog.CompiledQuery;
import kinglet.template.Arguments;
import kinglet.template.RenderMode;
import kinglet.template.Rendered;
import kinglet.template.Template;

/// Renders the pipes of one call, and its own SQL, with its arguments.
record Rendering(Arguments arguments) implements PipeSource {
  @Override
  public CompiledQuery of(CompiledPipe pipe) {
    return pipe.compile(arguments);
  }

  /// The caller's own SQL, which may be a template.
  Rendered of(String sql) {
    return Template.parse(sql).render(arguments, RenderMode.RENDER);
  }
}
