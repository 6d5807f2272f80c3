// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.util.Optional;
import java.util.function.Function;
import kinglet.catalog.Workspace;
import kinglet.feature.KeyedQuery;
import kinglet.feature.ServiceInput;

/// Finds queries that memory can answer.
@FunctionalInterface
public interface KeyedReads {
  /// The query from memory; empty unless it fixes every key of the feature views it reads.
  ///
  /// @param inputs the input that a column stands for, if it stands for one
  Optional<KeyedQuery> find(
      Workspace workspace, String sql, Function<String, Optional<ServiceInput>> inputs);
}
