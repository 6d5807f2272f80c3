// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import kinglet.clickhouse.Statement;

/// A query that passed all checks.
///
/// @param statement what is sent, each time under another id
record CheckedQuery(PlannedQuery query, Statement statement) {
  int chars() {
    return query.sql().length() + statement.sql().length();
  }
}
