// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.time.Instant;
import java.util.Optional;

/// The unit of isolation and ownership; its tables stand in one ClickHouse database.
///
/// @param id a UUID
/// @param name unique among workspaces, and among the branches of one workspace
/// @param database the ClickHouse database, `w_` and hexadecimal digits
/// @param parentId the workspace that this is a branch of
public record Workspace(
    String id, String name, String database, Instant createdAt, Optional<String> parentId) {
  public Workspace(String id, String name, String database, Instant createdAt) {
    this(id, name, database, createdAt, Optional.empty());
  }

  /// The ClickHouse database in which current values of feature views are handed over to queries.
  public String featureDatabase() {
    return database + "_features";
  }

  /// The id of the workspace, or of the one this is a branch of.
  public String mainId() {
    return parentId.orElse(id);
  }

  public boolean isBranch() {
    return parentId.isPresent();
  }

  Workspace withName(String other) {
    return new Workspace(id, other, database, createdAt, parentId);
  }
}
