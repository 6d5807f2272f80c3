// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.function.Supplier;
import kinglet.expression.Evaluator;
import kinglet.type.DataType;

/// A scalar that is computed of a row: its type, and evaluators, one for each thread.
record Computed(DataType type, Supplier<Evaluator> evaluators) {
  Evaluator evaluator() {
    return evaluators.get();
  }
}
