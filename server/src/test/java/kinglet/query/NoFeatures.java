// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.util.Optional;
import java.util.function.Function;
import kinglet.catalog.Workspace;
import kinglet.feature.FeatureSource;
import kinglet.feature.HandedTable;
import kinglet.feature.KeyedQuery;
import kinglet.feature.ServiceInput;

/// Of a workspace without feature views.
final class NoFeatures implements FeatureSource {
  @Override
  public Optional<KeyedQuery> keyed(
      Workspace workspace, String sql, Function<String, Optional<ServiceInput>> inputs) {
    return Optional.empty();
  }

  @Override
  public HandedTable values(Workspace workspace, String view) {
    throw new IllegalStateException("there is no feature view " + view);
  }

  @Override
  public HandedTable empty(Workspace workspace, String view) {
    throw new IllegalStateException("there is no feature view " + view);
  }

  @Override
  public HandedTable rows(KeyedQuery query) {
    throw new IllegalStateException("there are no feature views");
  }
}
