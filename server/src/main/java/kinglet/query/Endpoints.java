// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.auth.Secrets;
import kinglet.auth.Token;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.Workspace;
import kinglet.feature.HandedTable;
import kinglet.feature.ServicePlans;

/// Pipes and their nodes, by name. Thread-safe.
public final class Endpoints {
  private final Queries queries;
  private final Secrets secrets;
  private final InstantSource clock;

  public Endpoints(Queries queries, Secrets secrets, InstantSource clock) {
    this.queries = queries;
    this.secrets = secrets;
    this.clock = clock;
  }

  /// Runs an endpoint with the arguments of one call; the caller closes the answer.
  public QueryAnswer run(
      Workspace workspace,
      Token token,
      String pipe,
      Map<String, List<String>> arguments,
      QueryOptions options) {
    return queries.endpoint(workspace, token, pipe, rendering(token, arguments), options);
  }

  /// What would be run, and how.
  public Explanation explain(
      Workspace workspace,
      Token token,
      String pipe,
      Map<String, List<String>> arguments,
      QueryOptions options) {
    return queries.explain(workspace, token, pipe, rendering(token, arguments), options);
  }

  /// The queries of a feature service, for one thread.
  public ServicePlans service(Workspace workspace, Token token, CompiledPipe pipe) {
    Map<String, Boolean> parameters = new LinkedHashMap<>();
    pipe.parameters().forEach(one -> parameters.put(one.name(), one.required()));
    return new ServiceQueries(
        parameters,
        (values, open) ->
            queries.keyed(
                workspace, token, pipe.name(), Rendering.of(values, open, token, secrets, clock)));
  }

  /// Rows that are there already, in a format that ClickHouse writes; the caller closes the answer.
  public QueryAnswer written(Workspace workspace, HandedTable rows, AnswerFormat format) {
    return queries.written(workspace, rows, format);
  }

  /// How a node of any pipe would be run.
  public Explanation explainNode(
      Workspace workspace,
      Token token,
      String pipe,
      String node,
      Map<String, List<String>> arguments,
      QueryOptions options) {
    return queries.explain(workspace, token, pipe, node, rendering(token, arguments), options);
  }

  /// Runs the SQL of `options` over what a node of any pipe gives; the caller closes the answer.
  public QueryAnswer overNode(
      Workspace workspace, Token token, String pipe, String node, QueryOptions options) {
    return queries.overNode(workspace, token, pipe, node, rendering(token, Map.of()), options);
  }

  /// Runs the SQL of `options` over the rows of a copy; the caller closes the answer.
  ///
  /// @param at what `job_timestamp` means
  public QueryAnswer copy(
      Workspace workspace,
      Token token,
      String pipe,
      String node,
      Map<String, List<String>> arguments,
      Instant at,
      QueryOptions options) {
    Rendering rendering = Rendering.of(arguments, token, secrets, InstantSource.fixed(at));
    return queries.copy(workspace, token, pipe, node, rendering, options);
  }

  /// Fails where a node could not be run with these arguments.
  public void check(
      Workspace workspace,
      Token token,
      String pipe,
      String node,
      Map<String, List<String>> arguments) {
    queries.check(workspace, token, pipe, node, rendering(token, arguments));
  }

  private Rendering rendering(Token token, Map<String, List<String>> arguments) {
    return Rendering.of(arguments, token, secrets, clock);
  }
}
