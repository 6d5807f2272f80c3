// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.util.Map;
import kinglet.auth.Token;
import kinglet.catalog.Catalog;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.Resources;
import kinglet.catalog.Workspace;
import kinglet.clickhouse.ClickHouse;
import kinglet.error.PlatformException;
import kinglet.feature.FeatureSource;
import kinglet.feature.HandedTable;
import kinglet.feature.KeyedQuery;
import kinglet.metrics.Metrics;
import kinglet.metrics.Timer;
import kinglet.sql.Sql;
import kinglet.sql.TokenKind;
import kinglet.template.Rendered;

/// What endpoints and SQL share: planning for the current resources, running, measuring.
/// Thread-safe; one for each server, so that limits and caches are shared.
public final class Queries {
  private static final String EXPLAIN_FORMAT = "TabSeparatedRaw";

  private final Catalog catalog;
  private final QueryPlanner planner;
  private final QueryRunner runner;
  private final FeatureReadings readings;
  private final EndpointQueries endpoints;
  private final KeptAnswers kept = new KeptAnswers();

  /// Runs queries whose rows nobody waits for.
  private final FeatureReadings copies;

  private final Timer endpointTimer;
  private final Timer sqlTimer;

  /// @param features where the values of feature views are
  /// @param copyLimits those of queries whose rows are written into data sources
  public Queries(
      Catalog catalog,
      ClickHouse clickHouse,
      FeatureSource features,
      QueryLimits limits,
      QueryLimits copyLimits,
      Metrics metrics) {
    this.catalog = catalog;
    this.planner = new QueryPlanner(limits.sqlBytesMax());
    this.runner = new QueryRunner(clickHouse, limits, metrics);
    this.readings = new FeatureReadings(features, runner);
    this.copies = new FeatureReadings(features, new QueryRunner(clickHouse, copyLimits, metrics));
    this.endpoints = new EndpointQueries(planner, readings);
    metrics.gauge("query.running", runner::running);
    this.endpointTimer = metrics.timer("query.duration", "kind", "endpoint");
    this.sqlTimer = metrics.timer("query.duration", "kind", "sql");
  }

  /// Removes from ClickHouse what queries left there at a crash; before the first query.
  public void recover() {
    runner.recover();
  }

  /// Runs a published pipe; the time measured ends with the first byte of the answer.
  QueryAnswer endpoint(
      Workspace workspace, Token token, String name, PipeSource pipes, QueryOptions options) {
    long start = System.nanoTime();
    try {
      CheckedQuery checked = checkedEndpoint(workspace, token, name, pipes, options);
      return checked instanceof CheckedQuery.Sent sent && sent.query().explain().isEmpty()
          ? kept.answer(sent, () -> run(sent, token))
          : run(checked, token);
    } catch (PlatformException e) {
      throw QueryFailures.of(e, catalog.current(workspace), 0);
    } finally {
      endpointTimer.recordNanos(System.nanoTime() - start);
    }
  }

  Explanation explain(
      Workspace workspace, Token token, String name, PipeSource pipes, QueryOptions options) {
    return explain(workspace, token, checkedEndpoint(workspace, token, name, pipes, options));
  }

  /// The same for any node of any pipe.
  Explanation explain(
      Workspace workspace,
      Token token,
      String name,
      String node,
      PipeSource pipes,
      QueryOptions options) {
    PlannedQuery planned = plannedNode(workspace, token, name, node, pipes, options);
    return explain(workspace, token, readings.check(planned));
  }

  /// SQL over what a node gives, which it calls `_`.
  QueryAnswer overNode(
      Workspace workspace,
      Token token,
      String name,
      String node,
      PipeSource pipes,
      QueryOptions options) {
    try {
      return run(readings.check(plannedNode(workspace, token, name, node, pipes, options)), token);
    } catch (PlatformException e) {
      throw QueryFailures.of(e, catalog.current(workspace), 0);
    }
  }

  /// As [#overNode], under the limits of copies.
  QueryAnswer copy(
      Workspace workspace,
      Token token,
      String name,
      String node,
      PipeSource pipes,
      QueryOptions options) {
    try {
      return copies.run(copies.check(plannedNode(workspace, token, name, node, pipes, options)));
    } catch (PlatformException e) {
      throw QueryFailures.of(e, catalog.current(workspace), 0);
    }
  }

  /// As [#sql], under the limits of copies.
  QueryAnswer copy(
      Workspace workspace, Token token, Rendered sql, PipeSource pipes, QueryOptions options) {
    try {
      PlannedQuery query = planner.sql(resources(workspace, options), token, sql, pipes, options);
      return copies.run(copies.check(query));
    } catch (PlatformException e) {
      throw QueryFailures.of(e, catalog.current(workspace), 0);
    }
  }

  /// Fails where the query of a node could not be made, for want of an argument or a permission.
  void check(Workspace workspace, Token token, String name, String node, PipeSource pipes) {
    PlannedQuery _ = plannedNode(workspace, token, name, node, pipes, QueryOptions.NONE);
  }

  private PlannedQuery plannedNode(
      Workspace workspace,
      Token token,
      String name,
      String node,
      PipeSource pipes,
      QueryOptions options) {
    Resources resources = resources(workspace, options);
    CompiledPipe pipe = resources.pipe(name).orElseThrow(() -> QueryPlanner.unknownPipe(name));
    return planner.node(resources, token, pipe, node, pipes, options);
  }

  private Explanation explain(Workspace workspace, Token token, CheckedQuery checked) {
    PlannedQuery query = checked.query();
    checkMayExplain(query, token);
    if (checked instanceof CheckedQuery.Keyed keyed) {
      return new Explanation(
          QueryFailures.masked(query.sql(), query.resources()), keyed.keyed().toString(), "memory");
    }
    PlannedQuery explained = query.explain().isEmpty() ? query.explainedBy() : query;
    return new Explanation(
        QueryFailures.masked(query.sql(), query.resources()),
        readings.explained(explained, EXPLAIN_FORMAT),
        "clickhouse");
  }

  QueryAnswer sql(
      Workspace workspace, Token token, Rendered sql, PipeSource pipes, QueryOptions options) {
    long start = System.nanoTime();
    try {
      PlannedQuery query = planner.sql(resources(workspace, options), token, sql, pipes, options);
      return run(readings.check(query), token);
    } catch (PlatformException e) {
      throw QueryFailures.of(e, catalog.current(workspace), 0);
    } finally {
      sqlTimer.recordNanos(System.nanoTime() - start);
    }
  }

  /// Rows that are there already, in a format that ClickHouse writes.
  QueryAnswer written(Workspace workspace, HandedTable rows, AnswerFormat format) {
    try {
      return readings.written(catalog.current(workspace), rows, format);
    } catch (PlatformException e) {
      throw QueryFailures.of(e, catalog.current(workspace), 0);
    }
  }

  KeyedQuery keyed(Workspace workspace, Token token, String name, PipeSource pipes) {
    CheckedQuery checked = checkedEndpoint(workspace, token, name, pipes, QueryOptions.NONE);
    return switch (checked) {
      case CheckedQuery.Keyed keyed -> keyed.keyed();
      case CheckedQuery.Sent _, CheckedQuery.Handed _ ->
          throw new PlatformException(
              QueryError.FEATURES_NOT_KEYED,
              "[Error] The pipe '"
                  + name
                  + "' does not read feature views row by row with every key column fixed by = or IN"
                  + " and a constant or parameter: ask its endpoint, which ClickHouse answers");
    };
  }

  String condition(
      Workspace workspace, Token token, String table, String condition, PipeSource pipes) {
    checkEnclosed(condition);
    Resources resources = catalog.current(workspace);
    String qualified = resources.table(table).orElseThrow();
    // A comment at the end of the condition ends with its line.
    String sql = "SELECT 1 FROM " + Sql.quote(table) + " WHERE (" + condition + "\n)";
    try {
      PlannedQuery query =
          planner.sql(
              resources, token, new Rendered(sql, Map.of(), Map.of()), pipes, QueryOptions.NONE);
      String checked = runner.passed(query);
      // Only the engine knows whether names and types fit.
      String _ = runner.explained(query.explainedBy(), EXPLAIN_FORMAT);
      String before = "SELECT 1 FROM " + qualified + " WHERE ";
      if (!checked.startsWith(before)) {
        throw new IllegalStateException("the rows of a condition are filtered or elsewhere");
      }
      return checked.substring(before.length());
    } catch (PlatformException e) {
      throw QueryFailures.of(e, catalog.current(workspace), 0);
    }
  }

  /// Parentheses around the condition must stay around it.
  private static void checkEnclosed(String condition) {
    int depth = 0;
    for (kinglet.sql.Token token : Sql.lex(condition)) {
      depth += token.kind() == TokenKind.OPEN_ROUND ? 1 : 0;
      depth -= token.kind() == TokenKind.CLOSE_ROUND ? 1 : 0;
      if (depth < 0 || token.kind() == TokenKind.SEMICOLON) {
        throw new PlatformException(
            QueryError.SQL_NOT_ALLOWED,
            "[Error] The condition must be one expression, such as user_id = 7");
      }
    }
  }

  /// SQL that is no template.
  QueryAnswer sql(
      Workspace workspace, Token token, String sql, PipeSource pipes, QueryOptions options) {
    return sql(workspace, token, new Rendered(sql, Map.of(), Map.of()), pipes, options);
  }

  private CheckedQuery checkedEndpoint(
      Workspace workspace, Token token, String name, PipeSource pipes, QueryOptions options) {
    Resources resources = resources(workspace, options);
    CompiledPipe pipe =
        resources
            .pipe(name)
            .filter(found -> found.pipe().endpoint())
            .orElseThrow(() -> QueryPlanner.unknownPipe(name));
    return endpoints.query(resources, token, pipe, pipes, options);
  }

  private Resources resources(Workspace workspace, QueryOptions options) {
    return options.staging() ? catalog.staging(workspace) : catalog.current(workspace);
  }

  private QueryAnswer run(CheckedQuery checked, Token token) {
    PlannedQuery query = checked.query();
    if (query.explain().isEmpty()) {
      return readings.run(checked);
    }
    checkMayExplain(query, token);
    return readings.explain(query);
  }

  /// A plan shows constants: those of secrets are for administrators.
  private static void checkMayExplain(PlannedQuery query, Token token) {
    if (!query.parameters().isEmpty() && !token.admin()) {
      throw new PlatformException(
          QueryError.RESOURCE_NOT_ALLOWED,
          "the plan of a query with secrets is shown to tokens with the scope ADMIN only");
    }
  }
}
