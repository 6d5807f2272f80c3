// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import kinglet.auth.Secrets;
import kinglet.auth.Token;
import kinglet.catalog.Workspace;

/// SQL that callers send. Thread-safe.
public final class SqlQueries {
  private final Queries queries;
  private final Secrets secrets;
  private final InstantSource clock;

  public SqlQueries(Queries queries, Secrets secrets, InstantSource clock) {
    this.queries = queries;
    this.secrets = secrets;
    this.clock = clock;
  }

  /// Runs one SELECT or EXPLAIN; the caller closes the answer.
  ///
  /// @param sql a text that starts with `%` is a template
  /// @param arguments for it and for the templates of the pipes it names
  public QueryAnswer run(
      Workspace workspace,
      Token token,
      String sql,
      Map<String, List<String>> arguments,
      QueryOptions options) {
    Rendering rendering = Rendering.of(arguments, token, secrets, clock);
    return queries.sql(workspace, token, rendering.of(sql), rendering, options);
  }

  /// The same under the limits of copies.
  public QueryAnswer copy(
      Workspace workspace,
      Token token,
      String sql,
      Map<String, List<String>> arguments,
      QueryOptions options) {
    Rendering rendering = Rendering.of(arguments, token, secrets, clock);
    return queries.copy(workspace, token, rendering.of(sql), rendering, options);
  }

  /// A condition on the rows of a data source or of its quarantine, over qualified tables and in
  /// parentheses, once it was checked as a query is. It can stand wherever a condition may.
  public String condition(Workspace workspace, Token token, String table, String condition) {
    Rendering rendering = Rendering.of(Map.of(), token, secrets, clock);
    return queries.condition(workspace, token, table, condition, rendering);
  }
}
