// SPDX-License-Identifier: Apache-2.0
package kinglet.sql;

import java.util.List;

/// What a statement asks for.
public sealed interface StatementKind {
  /// Rows.
  record Select() implements StatementKind {}

  /// How a query would be run.
  ///
  /// @param prefix the text before the query, such as `EXPLAIN PLAN indexes = 1`
  record Explain(String prefix, List<SettingAssignment> settings) implements StatementKind {
    public Explain {
      settings = List.copyOf(settings);
    }
  }
}
