// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.util.Optional;

/// What the names in a query stand for.
public interface Names {
  /// The qualified, quoted ClickHouse table of a data source or its quarantine.
  Optional<String> table(String name);

  /// The pipe of that name.
  Optional<CompiledPipe> pipe(String name);

  /// The qualified, quoted table of a snapshot, or of a data source that another workspace shares.
  ///
  /// @param schema what stands before the name: that of snapshots, or a workspace's
  default Optional<String> sharedTable(String schema, String name) {
    return Optional.empty();
  }

  /// The qualified, quoted table that the current values of a feature view are handed over in.
  default Optional<String> features(String view) {
    return Optional.empty();
  }

  /// The rows of a service data source, as a query in parentheses; who only checks reads none.
  default String rows(ServiceDataSource source) {
    return source.rowsOf("");
  }
}
