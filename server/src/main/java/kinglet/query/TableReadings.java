// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.List;
import kinglet.sql.SqlReferences;
import kinglet.sql.TableReference;

/// The tables a query names, kept for the next call that becomes the same text. Thread-safe.
final class TableReadings {
  private static final long CACHED_CHARS_MAX = 4 << 20;
  private static final int REFERENCE_CHARS = 100;

  private final Cache<String, List<TableReference>> readings =
      Caffeine.newBuilder()
          .maximumWeight(CACHED_CHARS_MAX)
          .weigher((String sql, List<TableReference> tables) ->
              sql.length() + REFERENCE_CHARS * tables.size())
          .build();

  List<TableReference> of(String sql) {
    List<TableReference> known = readings.getIfPresent(sql);
    if (known == null) {
      known = List.copyOf(SqlReferences.of(sql).tables());
      readings.put(sql, known);
    }
    return known;
  }
}
