// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.util.Optional;
import kinglet.catalog.Workspace;
import kinglet.feature.KeyedQuery;

/// Finds queries that memory can answer.
@FunctionalInterface
public interface KeyedReads {
  /// The query from memory; empty unless it fixes every key of the feature views it reads.
  Optional<KeyedQuery> find(Workspace workspace, String sql);
}
