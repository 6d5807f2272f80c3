// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.util.List;

/// A data source of another workspace, as the one it is shared with sees it: its rows alone, to be
/// read.
public record SharedDataSource(Workspace origin, DataSource dataSource) {
  /// The name in queries and scopes, `workspace.data_source`.
  public String name() {
    return origin.name() + "." + dataSource.name();
  }

  /// Whether a workspace may read it: one it is shared with, or a branch of that.
  boolean isFor(Workspace reader) {
    return dataSource.sharedWith().contains(reader.mainId());
  }

  /// What is shown of it where it is shared: not with whom else.
  public DataSource shown() {
    return dataSource.withName(name()).withSharedWith(List.of());
  }
}
