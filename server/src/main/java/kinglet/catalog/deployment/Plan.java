// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// Everything a deployment will do.
///
/// @param heldForViews numbers of the data sources whose flushes wait while views are made
/// @param heldUntilSwitch numbers of those whose flushes wait until the new resources are current
/// @param emptyTables tables that must hold no row when they are replaced, by data source
/// @param viewOnlyTables tables that must hold no row but those of views, by data source
record Plan(
    long deployment,
    List<DataSourcePlan> dataSources,
    List<ViewPlan> views,
    StoredResources next,
    List<TokenDeclaration> tokens,
    Changes dataSourceChanges,
    Changes pipeChanges,
    Changes connectionChanges,
    List<TokenChange> tokenChanges,
    List<DataMovement> movements,
    Set<Long> heldForViews,
    Set<Long> heldUntilSwitch,
    Map<String, String> emptyTables,
    Map<String, String> viewOnlyTables,
    Intent intent) {
  boolean isEmpty() {
    return dataSourceChanges.isEmpty()
        && pipeChanges.isEmpty()
        && connectionChanges.isEmpty()
        && tokenChanges.isEmpty();
  }
}
