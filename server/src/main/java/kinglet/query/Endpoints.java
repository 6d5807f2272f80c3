// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.util.List;
import java.util.Map;
import kinglet.auth.Token;
import kinglet.catalog.Workspace;

/// Published pipes, by name. Thread-safe.
public final class Endpoints {
  private final Queries queries;

  public Endpoints(Queries queries) {
    this.queries = queries;
  }

  /// Runs an endpoint with the arguments of one call; the caller closes the answer.
  public QueryAnswer run(
      Workspace workspace,
      Token token,
      String pipe,
      Map<String, List<String>> arguments,
      QueryOptions options) {
    return queries.endpoint(workspace, token, pipe, new Rendering(arguments), options);
  }

  /// What would be run, and how.
  public Explanation explain(
      Workspace workspace,
      Token token,
      String pipe,
      Map<String, List<String>> arguments,
      QueryOptions options) {
    return queries.explain(workspace, token, pipe, new Rendering(arguments), options);
  }
}
