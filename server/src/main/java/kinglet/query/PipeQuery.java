// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.util.Map;
import kinglet.catalog.CompiledPipe;

/// A pipe as one SELECT over qualified tables.
///
/// @param parameters values of `{name:Type}` placeholders, bound apart from the text
/// @param hints what the pipe asks for, such as `max_threads`
record PipeQuery(String sql, Map<String, String> parameters, Map<String, String> hints) {
  PipeQuery {
    parameters = Map.copyOf(parameters);
    hints = Map.copyOf(hints);
  }

  /// Renders pipes with the arguments of one call.
  @FunctionalInterface
  interface Source {
    PipeQuery of(CompiledPipe pipe);
  }
}
