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

  /// Answered by ClickHouse, which is handed the present values of feature views.
  ///
  /// @param sent the query over the tables of the workspace's feature database
  record Handed(Sent sent) implements CheckedQuery {
    @Override
    public PlannedQuery query() {
      return sent.query();
    }

    @Override
    public int chars() {
      return sent.chars();
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
