// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import kinglet.catalog.CompiledPipe;
import kinglet.catalog.CompiledQuery;

/// Turns pipes into one SELECT over qualified tables, with the arguments of one call.
@FunctionalInterface
interface PipeSource {
  CompiledQuery of(CompiledPipe pipe);
}
