// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.util.List;
import java.util.Map;
import kinglet.auth.Token;
import kinglet.catalog.Workspace;

/// SQL that callers send. Thread-safe.
public final class SqlQueries {
  private final Queries queries;

  public SqlQueries(Queries queries) {
    this.queries = queries;
  }

  /// Runs one SELECT or EXPLAIN; the caller closes the answer.
  ///
  /// @param arguments for the templates of the pipes it names
  public QueryAnswer run(
      Workspace workspace,
      Token token,
      String sql,
      Map<String, List<String>> arguments,
      QueryOptions options) {
    return queries.sql(workspace, token, sql, new Rendering(arguments), options);
  }
}
