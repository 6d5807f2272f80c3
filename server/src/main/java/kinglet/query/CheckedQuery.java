// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import kinglet.clickhouse.Statement;
import kinglet.feature.KeyedQuery;

/// A query that passed all checks.
sealed interface CheckedQuery {
  PlannedQuery query();

  /// How many characters it holds, about.
  int chars();

  /// Answered by ClickHouse.
  ///
  /// @param statement what is sent, each time under another id
  record Sent(PlannedQuery query, Statement statement) implements CheckedQuery {
    @Override
    public int chars() {
      return query.sql().length() + statement.sql().length();
    }
  }

  /// Answered from memory: it reads feature views by their keys.
  record Keyed(PlannedQuery query, KeyedQuery keyed) implements CheckedQuery {
    @Override
    public int chars() {
      return 2 * query.sql().length();
    }
  }
}
