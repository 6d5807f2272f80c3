// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// The table engines a data source may have.
public enum EngineKind {
  MERGE_TREE("MergeTree", true),
  REPLACING_MERGE_TREE("ReplacingMergeTree", true),
  SUMMING_MERGE_TREE("SummingMergeTree", true),
  AGGREGATING_MERGE_TREE("AggregatingMergeTree", true),
  COLLAPSING_MERGE_TREE("CollapsingMergeTree", true),
  VERSIONED_COLLAPSING_MERGE_TREE("VersionedCollapsingMergeTree", true),
  NULL("Null", false),
  JOIN("Join", false),
  LOG("Log", false),
  TINY_LOG("TinyLog", false);

  private final String sql;
  private final boolean mergeTree;

  EngineKind(String sql, boolean mergeTree) {
    this.sql = sql;
    this.mergeTree = mergeTree;
  }

  /// The name ClickHouse knows it by.
  public String sql() {
    return sql;
  }

  /// Whether the table has parts, keys, TTL and a deduplication window.
  public boolean mergeTree() {
    return mergeTree;
  }

  /// Whether the table can carry the hidden columns of every row.
  public boolean hiddenColumns() {
    return mergeTree;
  }

  /// Finds a kind by its name in any case; `Replicated` and `Shared` variants mean the plain kind.
  public static Optional<EngineKind> find(String name) {
    String plain = name.toLowerCase(Locale.ROOT).replaceFirst("^(replicated|shared)", "");
    return Arrays.stream(values())
        .filter(kind -> kind.sql.toLowerCase(Locale.ROOT).equals(plain))
        .findFirst();
  }
}
