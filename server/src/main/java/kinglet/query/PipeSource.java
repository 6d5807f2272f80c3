// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.CompiledQuery;

/// Turns pipes into one SELECT over qualified tables, with the arguments of one call.
@FunctionalInterface
interface PipeSource {
  CompiledQuery of(CompiledPipe pipe, String node);

  /// The query of the pipe's output.
  default CompiledQuery of(CompiledPipe pipe) {
    return of(pipe, pipe.pipe().kind().node());
  }

  /// The arguments from which, and from the token, all follows that pipes have become so far; empty
  /// if there was something else.
  default Optional<Map<String, List<String>>> inputs() {
    return Optional.empty();
  }
}
