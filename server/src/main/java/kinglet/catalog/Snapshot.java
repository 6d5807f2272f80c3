// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/// A named copy of a data source as it was at a position of the journal. What happens to the data
/// source does nothing to it.
///
/// @param id a UUID
/// @param jobId the job that made it
/// @param sourceId the number of the data source, which may be gone by now
/// @param sourceName what it was called
/// @param condition which rows were wanted, as it was given; none for all of them
/// @param knownAt only rows that were known by then are in it
/// @param position rows of the journal after it are not in it; none until the copy is made
/// @param extent none until the snapshot is complete
public record Snapshot(
    String id,
    String workspaceId,
    String database,
    String name,
    String jobId,
    long sourceId,
    String sourceName,
    Optional<String> condition,
    Optional<Instant> knownAt,
    Instant createdAt,
    OptionalLong position,
    Optional<Extent> extent) {
  /// What stands before the name in queries.
  public static final String SCHEMA = "snapshots";

  /// What all tables of snapshots begin with.
  public static final String PREFIX = "__snapshot";

  /// How much it holds.
  ///
  /// @param bytes on disk, many of which it has in common with the data source at first
  public record Extent(long rows, long bytes) {}

  /// The name in queries and scopes.
  public String fullName() {
    return SCHEMA + "." + name;
  }

  public String table() {
    return PREFIX + "_" + id.replace("-", "");
  }

  /// The table with its database, ready for SQL.
  public String sqlName() {
    return Identifiers.quote(database, table());
  }

  public boolean isComplete() {
    return extent.isPresent();
  }

  /// Whether a workspace may read it: its own, or a branch of that.
  boolean isFor(Workspace reader) {
    return workspaceId.equals(reader.id()) || workspaceId.equals(reader.mainId());
  }
}
