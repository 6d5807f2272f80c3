// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.util.Set;

/// What a workspace reads beside its own data sources, and never writes.
///
/// @param shared what other workspaces let it read
/// @param snapshots complete ones, those of the workspace that it is a branch of too
public record ReadOnlySources(Set<SharedDataSource> shared, Set<Snapshot> snapshots) {
  /// Nothing.
  public static final ReadOnlySources NONE = new ReadOnlySources(Set.of(), Set.of());

  public ReadOnlySources {
    shared = Set.copyOf(shared);
    snapshots = Set.copyOf(snapshots);
  }
}
