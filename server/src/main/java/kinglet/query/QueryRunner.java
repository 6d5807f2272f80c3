// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.catalog.Workspace;
import kinglet.clickhouse.Answer;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.error.PlatformException;
import kinglet.metrics.Metrics;
import kinglet.sql.SettingAssignment;
import kinglet.sql.Sql;
import kinglet.sql.SqlReferences;

/// Runs planned queries: checks, has them confirmed, sends them under the limits. Thread-safe.
final class QueryRunner {
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final ClickHouse clickHouse;
  private final QueryLimits limits;
  private final EngineConfirmation confirmation;
  private final QuerySlots slots;

  QueryRunner(ClickHouse clickHouse, QueryLimits limits, Metrics metrics) {
    this.clickHouse = clickHouse;
    this.limits = limits;
    this.confirmation = new EngineConfirmation(clickHouse, metrics);
    this.slots = new QuerySlots(limits.concurrentMax());
    metrics.gauge("query.running", slots::running);
  }

  QueryLimits limits() {
    return limits;
  }

  /// Runs the query; the caller closes the answer.
  QueryAnswer run(PlannedQuery query) {
    Workspace workspace = query.resources().workspace();
    Checked checked = checked(query);
    slots.enter(workspace.id());
    boolean started = false;
    try {
      Answer answer = clickHouse.query(statement(query, checked, checked.sql()));
      started = true;
      return new RunningQuery(
          answer,
          query.format(),
          limits.resultBytesMax(),
          failure -> failure(failure, query, 0),
          () -> slots.leave(workspace.id()));
    } catch (PlatformException e) {
      throw failure(e, query, 0);
    } finally {
      if (!started) {
        slots.leave(workspace.id());
      }
    }
  }

  /// The plan of the query, as text in the query's format, without database names.
  String explained(PlannedQuery query, String format) {
    Workspace workspace = query.resources().workspace();
    Checked checked = checked(query);
    slots.enter(workspace.id());
    try {
      String text =
          clickHouse.text(
              statement(query, checked, query.explain() + " " + checked.sql()).withFormat(format));
      return QueryFailures.masked(text, workspace);
    } catch (PlatformException e) {
      throw failure(e, query, query.explain().length() + 1);
    } finally {
      slots.leave(workspace.id());
    }
  }

  /// The failure as callers see it; the engine's own words may hold the values of secrets.
  private static PlatformException failure(
      PlatformException failure, PlannedQuery query, int prefixLength) {
    PlatformException shown =
        QueryFailures.of(failure, query.resources().workspace(), prefixLength);
    return shown.code() == QueryError.QUERY_REFUSED && !query.parameters().isEmpty()
        ? QueryFailures.wordless(shown)
        : shown;
  }

  /// As [#explained], as an answer.
  QueryAnswer explain(PlannedQuery query) {
    String text = explained(query, query.format().clickHouseName());
    return new BufferedAnswer((text + "\n").getBytes(StandardCharsets.UTF_8), query.format());
  }

  /// A query that may be sent as it stands, and what its SETTINGS clauses said.
  private record Checked(String sql, List<SettingAssignment> settings) {}

  /// The one reading of the query, once both parsers have found nothing that is not allowed.
  private Checked checked(PlannedQuery query) {
    String plain = Sql.plain(query.sql());
    SqlReferences references = SqlReferences.of(plain);
    QueryChecks.check(query, references);
    String sql = references.settings().isEmpty() ? plain : references.withoutSettings();
    confirmation.confirm(query, sql, references);
    return new Checked(sql, references.settings());
  }

  private Statement statement(PlannedQuery query, Checked checked, String sql) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("max_execution_time", seconds(limits.timeMax()));
    settings.put("max_memory_usage", Long.toString(limits.memoryBytesMax()));
    settings.put("max_result_bytes", Long.toString(limits.resultBytesMax()));
    settings.put("output_format_json_quote_64bit_integers", "0");
    settings.put("output_format_json_quote_denormals", "0");
    if (limits.threadsMax() > 0) {
      settings.put("max_threads", Integer.toString(limits.threadsMax()));
    }
    settings.putAll(query.settings());
    checked.settings().forEach(one -> settings.put(one.name(), one.value()));
    return Statement.of(Role.READER, sql)
        .withParameters(new HashMap<>(query.parameters()))
        .withSettings(settings)
        .withFormat(query.format().clickHouseName())
        .withTimeout(limits.timeMax().plus(GRACE));
  }

  private static String seconds(Duration time) {
    return BigDecimal.valueOf(time.toMillis(), 3).stripTrailingZeros().toPlainString();
  }
}
