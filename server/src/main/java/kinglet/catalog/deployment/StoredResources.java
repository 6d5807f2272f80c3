// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import kinglet.type.Schema;
import org.jspecify.annotations.Nullable;

/// What the database keeps of a workspace's resources beside their files: identities and tables.
record StoredResources(
    List<StoredDataSource> dataSources,
    List<StoredPipe> pipes,
    List<StoredConnection> connections) {
  StoredResources {
    dataSources = List.copyOf(dataSources);
    pipes = List.copyOf(pipes);
    connections = List.copyOf(connections);
  }

  /// @param sharedWith the ids of workspaces
  record StoredDataSource(
      long id,
      String publicId,
      String name,
      String table,
      int schemaVersion,
      SortedMap<Integer, Schema> schemas,
      List<String> sharedWith,
      Instant createdAt,
      Instant updatedAt) {
    StoredDataSource {
      sharedWith = List.copyOf(sharedWith);
    }

    StoredDataSource withSchemas(SortedMap<Integer, Schema> other) {
      return new StoredDataSource(
          id, publicId, name, table, schemaVersion, other, sharedWith, createdAt, updatedAt);
    }
  }

  /// @param view the ClickHouse view of a materialized pipe
  /// @param viewSource the data source whose rows it sees
  record StoredPipe(
      String id,
      String name,
      @Nullable String view,
      @Nullable String viewSource,
      Instant createdAt,
      Instant updatedAt) {}

  record StoredConnection(String id, String name, Instant createdAt, Instant updatedAt) {}

  Optional<StoredDataSource> dataSource(String name) {
    return dataSources.stream().filter(stored -> stored.name().equals(name)).findFirst();
  }

  Optional<StoredPipe> pipe(String name) {
    return pipes.stream().filter(stored -> stored.name().equals(name)).findFirst();
  }

  Optional<StoredConnection> connection(String name) {
    return connections.stream().filter(stored -> stored.name().equals(name)).findFirst();
  }
}
