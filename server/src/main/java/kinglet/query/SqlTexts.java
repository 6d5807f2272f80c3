// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.sql.Sql;
import kinglet.sql.SqlReferences;
import kinglet.sql.TableReference;

/// What can be said of a query, or done to it, without running it.
public final class SqlTexts {
  private SqlTexts() {}

  /// A table as a query names it; its database is empty where the query gives none.
  public record Name(String database, String table) {
    private static Name of(TableReference reference) {
      return new Name(reference.database().orElse(""), reference.name());
    }
  }

  /// The tables a query reads, each once, in the order of their places.
  public static List<Name> tables(String sql) {
    return SqlReferences.of(sql).tables().stream().map(Name::of).distinct().toList();
  }

  /// The query with other tables in the places of those it names; the rest of it stays as it is.
  public static String replace(String sql, Map<Name, Name> replacements) {
    return SqlReferences.of(sql)
        .replaceTables(reference ->
            Optional.ofNullable(replacements.get(Name.of(reference))).map(SqlTexts::text));
  }

  /// A query that answers how ClickHouse writes the given one.
  public static String formatting(String sql) {
    return "SELECT formatQuery(" + Sql.literal(sql) + ") AS q FORMAT JSONEachRow";
  }

  private static String text(Name name) {
    return name.database().isEmpty()
        ? Sql.quote(name.table())
        : Sql.quote(name.database(), name.table());
  }
}
