// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.time.Duration;
import java.util.List;
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
  /// @param featureDelay how long after an event a read of the past takes it to be seen
  record Endpoint(String node, OptionalInt cacheSeconds, Optional<Duration> featureDelay)
      implements PipeKind {}

  /// Kept up to date in a data source.
  ///
  /// @param alter whether a change of its SQL leaves the rows that are there as they are
  record Materialized(String node, String dataSource, boolean alter) implements PipeKind {}

  /// Run on demand or by a schedule, its result stored in a data source.
  ///
  /// @param elsewhere the other workspace the data source is in
  /// @param schedule a cron expression; absent for on demand
  record Copy(
      String node,
      String dataSource,
      Optional<Elsewhere> elsewhere,
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

  /// Features of an entity, which every event changes.
  ///
  /// @param entity the columns that name an entity
  /// @param eventTime the column that says when an event happened
  /// @param ttl after how long without an event an entity expires
  /// @param tiles by window, what its far end is rounded down to
  record Features(
      String node,
      List<String> entity,
      String eventTime,
      Optional<Duration> ttl,
      Map<String, Duration> tiles)
      implements PipeKind {
    public Features {
      entity = List.copyOf(entity);
      tiles = Map.copyOf(tiles);
    }
  }

  /// Another workspace that a copy writes into.
  ///
  /// @param workspace its name or id
  /// @param secret the name of the secret that holds a token of it
  record Elsewhere(String workspace, String secret) {}

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
      case Features _ -> "features";
    };
  }
}
