// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.Optional;
import java.util.function.Function;
import kinglet.catalog.Workspace;

/// Where queries find the values of feature views.
public interface FeatureSource {
  /// The query from memory; empty unless it fixes every key of the views it reads.
  ///
  /// @param sql over the tables of the workspace's feature database
  /// @param inputs the input that a column stands for, if it stands for one
  Optional<KeyedQuery> keyed(
      Workspace workspace, String sql, Function<String, Optional<ServiceInput>> inputs);

  /// The present values of every entity of a feature view; expired ones are left out.
  HandedTable values(Workspace workspace, String view);

  /// The columns of a feature view, without rows.
  HandedTable empty(Workspace workspace, String view);

  /// The rows of a query from memory.
  HandedTable rows(KeyedQuery query);
}
