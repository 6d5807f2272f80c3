// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// What a pipe is for, and which of its nodes is its output.
public sealed interface PipeKind {
  /// The name of the output node.
  String node();

  /// A name for a query that other pipes and SQL may read.
  record Plain(String node) implements PipeKind {}

  /// Published over HTTP.
  ///
  /// @param cacheSeconds how long an answer may be kept, when the file says so
  record Endpoint(String node, OptionalInt cacheSeconds) implements PipeKind {}

  /// Kept up to date in a data source.
  ///
  /// @param alter whether a change of its SQL leaves the rows that are there as they are
  record Materialized(String node, String dataSource, boolean alter) implements PipeKind {}

  /// Run on demand or by a schedule, its result stored in a data source.
  ///
  /// @param schedule a cron expression; absent for on demand
  record Copy(
      String node,
      String dataSource,
      Optional<String> schedule,
      CopyMode mode,
      Optional<String> timezone,
      boolean onDemandCompute)
      implements PipeKind {}

  /// Written to a place outside.
  ///
  /// @param settings the `EXPORT_*` values by instruction
  record Sink(String node, Map<String, String> settings) implements PipeKind {
    public Sink {
      settings = Map.copyOf(settings);
    }
  }

  /// How a copy stores its result.
  enum CopyMode {
    APPEND,
    REPLACE
  }

  /// The word the files and calls use.
  default String type() {
    return switch (this) {
      case Plain _ -> "default";
      case Endpoint _ -> "endpoint";
      case Materialized _ -> "materialized";
      case Copy _ -> "copy";
      case Sink _ -> "sink";
    };
  }
}
