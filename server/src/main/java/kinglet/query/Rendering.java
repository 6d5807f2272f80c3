// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.util.List;
import java.util.Map;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.CompiledQuery;

/// Renders the pipes of one call with its arguments.
record Rendering(Map<String, List<String>> arguments) implements PipeSource {
  @Override
  public CompiledQuery of(CompiledPipe pipe) {
    return pipe.build(pipe.pipe().kind().node());
  }
}
