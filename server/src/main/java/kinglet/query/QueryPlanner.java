// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import kinglet.auth.Scope;
import kinglet.auth.Token;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.CompiledQuery;
import kinglet.catalog.PipeKind;
import kinglet.catalog.Resources;
import kinglet.error.PlatformException;
import kinglet.sql.SettingAssignment;
import kinglet.sql.SqlReferences;
import kinglet.sql.StatementKind;
import kinglet.template.Rendered;

/// Turns a call into one SELECT over qualified tables, for one token. Thread-safe.
final class QueryPlanner {
  /// What may be asked of EXPLAIN.
  private static final Set<String> EXPLAIN_OPTIONS =
      Set.of(
          "actions",
          "compact",
          "description",
          "header",
          "indexes",
          "json",
          "oneline",
          "optimize",
          "pretty",
          "projections",
          "run_passes",
          "sorting",
          "graph",
          "passes",
          "dump_ast",
          "dump_passes",
          "dump_tree",
          "run_query_tree_passes",
          "query_tree_passes");

  private static final Pattern SETTING_VALUE = Pattern.compile("[A-Za-z0-9_.+-]{0,64}");
  private static final Set<String> SETTING_HINTS = Set.of("max_threads");

  private final int sqlBytesMax;
  private final TableReadings readings = new TableReadings();

  QueryPlanner(int sqlBytesMax) {
    this.sqlBytesMax = sqlBytesMax;
  }

  /// The query of a pipe's node, or the caller's over its result.
  PlannedQuery node(
      Resources resources,
      Token token,
      CompiledPipe pipe,
      String node,
      PipeSource pipes,
      QueryOptions options) {
    if (!token.mayReadPipe(pipe.name(), pipe.pipe().id())) {
      throw new PlatformException(
          QueryError.RESOURCE_NOT_ALLOWED,
          "The token '"
              + token.name()
              + "' may not read the pipe '"
              + pipe.name()
              + "'; it needs the scope PIPES:READ:"
              + pipe.name());
    }
    CompiledQuery query = filtered(pipes.of(pipe, node), token, pipe);
    AccessPolicy policy = new AccessPolicy(resources, token, pipes, readings);
    policy.define(query, "_", pipe.name());
    Map<String, String> settings = new HashMap<>(hints(query.hints()));
    settings.putAll(settings(options));
    Duration keep = keep(query, pipe);
    if (options.q().isPresent()) {
      return users(
          resources, policy, options.q().get(), Set.of(), settings, options.format(), keep);
    }
    return new PlannedQuery(
        resources,
        query.sql(),
        "",
        policy.tables(),
        policy.parameters(),
        settings,
        options.format().orElse(AnswerFormat.JSON),
        keep);
  }

  /// What the template says for this call goes before what the file says.
  private static Duration keep(CompiledQuery query, CompiledPipe pipe) {
    String said = query.hints().get("cache_ttl");
    if (said != null) {
      return Duration.parse("PT" + said);
    }
    return pipe.pipe().kind() instanceof PipeKind.Endpoint endpoint
        ? Duration.ofSeconds(endpoint.cacheSeconds().orElse(0))
        : Duration.ZERO;
  }

  /// The caller's own query.
  PlannedQuery sql(
      Resources resources, Token token, Rendered sql, PipeSource pipes, QueryOptions options) {
    AccessPolicy policy = new AccessPolicy(resources, token, pipes, readings);
    if (options.pipeline().isPresent()) {
      String name = options.pipeline().get();
      CompiledPipe pipe =
          resources
              .pipe(name)
              .filter(found -> token.mayReadPipe(found.name(), found.pipe().id()))
              .orElseThrow(() -> unknownPipe(name));
      policy.define(filtered(pipes.of(pipe), token, pipe), "_");
    }
    Set<String> secrets = sql.queryParameters().keySet();
    if (!secrets.isEmpty() && !token.admin()) {
      throw new PlatformException(
          QueryError.RESOURCE_NOT_ALLOWED,
          "Cannot access secret '"
              + secrets.iterator().next()
              + "'. Check the secret exists in the Workspace and the token has the required scope.");
    }
    policy.bind(sql.queryParameters());
    Map<String, String> settings = new HashMap<>(hints(sql.hints()));
    settings.putAll(settings(options));
    return users(resources, policy, sql.sql(), secrets, settings, options.format(), Duration.ZERO);
  }

  static PlatformException unknownPipe(String name) {
    return new PlatformException(QueryError.UNKNOWN_PIPE, "The pipe '" + name + "' does not exist");
  }

  /// @param secrets the placeholders the caller's text may have; those of pipes are not for it
  private PlannedQuery users(
      Resources resources,
      AccessPolicy policy,
      String sql,
      Set<String> secrets,
      Map<String, String> settings,
      Optional<AnswerFormat> format,
      Duration keep) {
    if (sql.getBytes(StandardCharsets.UTF_8).length > sqlBytesMax) {
      throw new PlatformException(
          QueryError.SQL_TOO_LONG,
          "The SQL is longer than the allowed " + sqlBytesMax + " bytes; put it into a pipe");
    }
    SqlReferences references = SqlReferences.of(sql);
    references.parameters().forEach(one -> QueryChecks.checkParameter(secrets, one));
    String resolved = references.replaceTables(policy::replacement);
    String explain =
        switch (references.statement()) {
          case StatementKind.Select() -> "";
          case StatementKind.Explain(String prefix, var asked) -> {
            asked.forEach(QueryPlanner::checkExplainOption);
            yield prefix;
          }
        };
    Optional<AnswerFormat> clause = references.format().map(AnswerFormat::byClause);
    return new PlannedQuery(
        resources,
        resolved,
        explain,
        policy.tables(),
        policy.parameters(),
        settings,
        clause.or(() -> format).orElse(AnswerFormat.JSON),
        keep);
  }

  private static CompiledQuery filtered(CompiledQuery query, Token token, CompiledPipe pipe) {
    return token
        .pipeScope(pipe.name(), pipe.pipe().id())
        .filter(_ -> !token.admin())
        .flatMap(Scope.ReadPipe::filter)
        .map(condition ->
            new CompiledQuery(
                "SELECT * FROM (" + query.sql() + ") WHERE " + AccessPolicy.condition(condition),
                query.parameters(),
                query.hints()))
        .orElse(query);
  }

  private static void checkExplainOption(SettingAssignment option) {
    if (!EXPLAIN_OPTIONS.contains(option.name())) {
      throw new PlatformException(
          QueryError.SETTING_NOT_ALLOWED,
          "[Error] EXPLAIN has no option '" + option.name() + "' that is offered");
    }
  }

  private static Map<String, String> settings(QueryOptions options) {
    options.settings().forEach(QueryPlanner::checkOutputSetting);
    return options.settings();
  }

  private static void checkOutputSetting(String name, String value) {
    if (!SettingRules.allowsOutput(name) || !SETTING_VALUE.matcher(value).matches()) {
      throw new PlatformException(
          QueryError.SETTING_NOT_ALLOWED,
          "[Error] The parameter '" + name + "' is not offered with that value; remove it");
    }
  }

  private static Map<String, String> hints(Map<String, String> hints) {
    Map<String, String> settings = new HashMap<>(hints);
    settings.keySet().retainAll(SETTING_HINTS);
    settings.values().removeIf(value -> !SETTING_VALUE.matcher(value).matches());
    return settings;
  }
}
