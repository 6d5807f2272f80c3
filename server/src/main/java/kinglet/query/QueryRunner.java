// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import kinglet.catalog.Workspace;
import kinglet.clickhouse.Answer;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.error.PlatformException;
import kinglet.feature.HandedTable;
import kinglet.metrics.Metrics;
import kinglet.sql.SettingAssignment;
import kinglet.sql.Sql;
import kinglet.sql.SqlReferences;
import org.jspecify.annotations.Nullable;

/// Runs planned queries: checks, has them confirmed, sends them under the limits. Thread-safe.
final class QueryRunner {
  private static final Duration GRACE = Duration.ofSeconds(1);
  private static final long PASSED_CHARS_MAX = 16 << 20;

  private final ClickHouse clickHouse;
  private final QueryLimits limits;
  private final Map<String, String> usual;
  private final EngineConfirmation confirmation;
  private final QuerySlots slots;

  /// Queries that were checked and may be sent; a query that was refused is checked again.
  private final Cache<Question, Checked> passed =
      Caffeine.newBuilder()
          .maximumWeight(PASSED_CHARS_MAX)
          .weigher((Question question, Checked _) -> 2 * question.sql().length() + 256)
          .build();

  QueryRunner(ClickHouse clickHouse, QueryLimits limits, Metrics metrics) {
    this.clickHouse = clickHouse;
    this.limits = limits;
    this.usual = usual(limits);
    this.confirmation = new EngineConfirmation(clickHouse, metrics);
    this.slots = new QuerySlots(limits.concurrentMax());
  }

  /// How many queries run now.
  int running() {
    return slots.running();
  }

  /// Removes what queries left in ClickHouse at a crash.
  void recover() {
    Handover.removeAll(clickHouse);
  }

  /// The query as it may be run, now and again.
  CheckedQuery.Sent check(PlannedQuery query) {
    Checked checked = checked(query);
    return new CheckedQuery.Sent(
        query, statement(query, checked, checked.sql(), query.format().clickHouseName()));
  }

  /// A query of our own in the place of one that passed, which has its settings and its format.
  CheckedQuery.Sent trusted(PlannedQuery query, String sql) {
    return new CheckedQuery.Sent(
        query, statement(query, new Checked(sql, List.of()), sql, query.format().clickHouseName()));
  }

  /// Runs the query; the caller closes the answer.
  QueryAnswer run(CheckedQuery.Sent checked) {
    return run(checked, Map::of);
  }

  /// The same over tables that ClickHouse is handed for it.
  ///
  /// @param tables those of the workspace's feature database that the query reads
  QueryAnswer run(CheckedQuery.Sent checked, Supplier<Map<String, HandedTable>> tables) {
    PlannedQuery query = checked.query();
    Workspace workspace = query.resources().workspace();
    slots.enter(workspace.id());
    Handover handover = null;
    boolean started = false;
    try {
      handover = Handover.of(clickHouse, workspace, tables.get());
      Handover handed = handover;
      Answer answer =
          clickHouse.query(
              handed.place(checked.statement()).withQueryId(UUID.randomUUID().toString()));
      started = true;
      return new RunningQuery(
          answer,
          query.format(),
          limits.resultBytesMax(),
          failure -> failure(failure, query, 0),
          () -> leave(workspace, handed));
    } catch (PlatformException e) {
      throw failure(e, query, 0);
    } finally {
      if (!started) {
        leave(workspace, handover);
      }
    }
  }

  private void leave(Workspace workspace, @Nullable Handover handover) {
    try {
      if (handover != null) {
        handover.close();
      }
    } finally {
      slots.leave(workspace.id());
    }
  }

  /// The plan of the query, as text in the query's format, without database names.
  String explained(PlannedQuery query, String format) {
    return explained(query, format, Map::of);
  }

  /// The same over tables that ClickHouse is handed for it.
  String explained(PlannedQuery query, String format, Supplier<Map<String, HandedTable>> tables) {
    Workspace workspace = query.resources().workspace();
    Checked checked = checked(query);
    slots.enter(workspace.id());
    Handover handover = null;
    try {
      handover = Handover.of(clickHouse, workspace, tables.get());
      String sql = query.explain() + " " + handover.place(checked.sql());
      String text = clickHouse.text(statement(query, checked, sql, format));
      return QueryFailures.masked(text, query.resources());
    } catch (PlatformException e) {
      throw failure(e, query, query.explain().length() + 1);
    } finally {
      leave(workspace, handover);
    }
  }

  /// The failure as callers see it; the engine's own words may hold the values of secrets.
  private static PlatformException failure(
      PlatformException failure, PlannedQuery query, int prefixLength) {
    PlatformException shown = QueryFailures.of(failure, query.resources(), prefixLength);
    return shown.code() == QueryError.QUERY_REFUSED && !query.parameters().isEmpty()
        ? QueryFailures.wordless(shown)
        : shown;
  }

  /// The one reading of a query that may be run, without running it; SETTINGS are refused.
  String passed(PlannedQuery query) {
    Checked checked = checked(query);
    if (!checked.settings().isEmpty()) {
      throw new PlatformException(
          QueryError.SETTING_NOT_ALLOWED, "[Error] SETTINGS cannot stand in a condition");
    }
    return checked.sql();
  }

  /// A query that may be sent as it stands, and what its SETTINGS clauses said.
  private record Checked(String sql, List<SettingAssignment> settings) {}

  /// All that the checks of a query look at.
  private record Question(String sql, Set<String> tables, Set<String> parameters) {}

  private Checked checked(PlannedQuery query) {
    Question question =
        new Question(query.sql(), query.tables(), Set.copyOf(query.parameters().keySet()));
    Checked known = passed.getIfPresent(question);
    if (known == null) {
      known = read(query);
      passed.put(question, known);
    }
    return known;
  }

  /// The one reading of the query, once both parsers have found nothing that is not allowed.
  private Checked read(PlannedQuery query) {
    String plain = Sql.plain(query.sql());
    SqlReferences references = SqlReferences.of(plain);
    QueryChecks.check(query, plain, references);
    String sql = references.settings().isEmpty() ? plain : references.withoutSettings();
    confirmation.confirm(query, sql, references);
    return new Checked(sql, references.settings());
  }

  private Statement statement(PlannedQuery query, Checked checked, String sql, String format) {
    Map<String, String> settings = new LinkedHashMap<>(usual);
    if (query.format() == AnswerFormat.ARROW_STREAM) {
      settings.put("output_format_arrow_compression_method", "none");
    }
    settings.putAll(query.settings());
    checked.settings().forEach(one -> settings.put(one.name(), one.value()));
    return new Statement(
        sql,
        query.parameters(),
        settings,
        Role.READER,
        UUID.randomUUID().toString(),
        format,
        limits.timeMax().plus(GRACE));
  }

  /// What every query is sent with, unless it says otherwise.
  private static Map<String, String> usual(QueryLimits limits) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("max_execution_time", seconds(limits.timeMax()));
    settings.put("max_memory_usage", Long.toString(limits.memoryBytesMax()));
    settings.put("max_result_bytes", Long.toString(limits.resultBytesMax()));
    settings.put("output_format_json_quote_64bit_integers", "0");
    settings.put("output_format_json_quote_denormals", "0");
    if (limits.threadsMax() > 0) {
      settings.put("max_threads", Integer.toString(limits.threadsMax()));
    }
    return settings;
  }

  private static String seconds(Duration time) {
    return BigDecimal.valueOf(time.toMillis(), 3).stripTrailingZeros().toPlainString();
  }
}
