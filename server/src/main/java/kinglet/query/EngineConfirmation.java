// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Set;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.error.PlatformException;
import kinglet.metrics.Counter;
import kinglet.metrics.Metrics;
import kinglet.sql.FunctionRules;
import kinglet.sql.SqlReferences;

/// Asks the engine's own parser what a query names, and refuses the query if that is more than was
/// allowed. The parser is asked as the reader, and it never runs anything.
///
/// What it said is kept for queries of the same structure. Thread-safe.
final class EngineConfirmation {
  private static final String EXPLAIN = "EXPLAIN AST ";
  private static final long CACHED_CHARS_MAX = 8 << 20;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final ClickHouse clickHouse;
  private final Cache<String, SyntaxFacts> byStructure =
      Caffeine.newBuilder()
          .maximumWeight(CACHED_CHARS_MAX)
          .weigher((String key, SyntaxFacts _) -> key.length() + 64)
          .build();
  private final Counter asked;

  EngineConfirmation(ClickHouse clickHouse, Metrics metrics) {
    this.clickHouse = clickHouse;
    this.asked = metrics.counter("query.confirmations");
  }

  /// Throws unless all the engine sees in the plain text is allowed.
  void confirm(PlannedQuery query, String plain, SqlReferences references) {
    SyntaxFacts facts = facts(query, plain);
    Set<String> own = Set.copyOf(references.ownTables());
    facts.tableFunctions().stream()
        .filter(name -> !FunctionRules.allowsTableFunction(name))
        .findFirst()
        .ifPresent(QueryChecks::refuseTableFunction);
    facts.functions().stream()
        .filter(name -> FunctionRules.refuses(name) || !references.definesAlias(name))
        .findFirst()
        .ifPresent(QueryChecks::refuseFunction);
    boolean tables =
        facts.tables().stream()
            .allMatch(name -> query.tables().contains(name) || own.contains(name));
    if (!tables
        || !query.tables().containsAll(facts.inOperands())
        || !query.tables().containsAll(facts.storages())) {
      throw new PlatformException(
          QueryError.SQL_NOT_ALLOWED,
          "[Error] The SQL names something that could not be looked up; write it more plainly");
    }
  }

  private SyntaxFacts facts(PlannedQuery query, String plain) {
    String key = StructureKey.of(plain);
    SyntaxFacts facts = byStructure.getIfPresent(key);
    if (facts == null) {
      asked.add(1);
      facts = SyntaxTree.read(ask(query, plain));
      byStructure.put(key, facts);
    }
    return facts;
  }

  private String ask(PlannedQuery query, String plain) {
    try {
      return clickHouse.text(
          Statement.of(Role.READER, EXPLAIN + plain)
              .withParameters(query.parameters())
              .withFormat("TabSeparatedRaw")
              .withTimeout(TIMEOUT));
    } catch (PlatformException e) {
      throw QueryFailures.of(e, query.resources(), EXPLAIN.length());
    }
  }
}
