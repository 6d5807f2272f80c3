// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.util.Set;
import java.util.stream.Stream;
import kinglet.catalog.ServiceDataSource;
import kinglet.error.PlatformException;
import kinglet.sql.FunctionCall;
import kinglet.sql.FunctionRules;
import kinglet.sql.QueryParameter;
import kinglet.sql.ReferenceKind;
import kinglet.sql.Sql;
import kinglet.sql.SqlReferences;
import kinglet.sql.TableReference;
import kinglet.sql.Token;
import kinglet.sql.TokenKind;

/// What our own reading of a finished query must satisfy, before the engine's parser is asked.
final class QueryChecks {
  /// Columns the platform adds to tables.
  static final Set<String> HIDDEN_COLUMNS = Set.of("__seq", "__ingested_at", "__known_at");

  private QueryChecks() {}

  /// @param sql the text of `references`
  static void check(PlannedQuery query, String sql, SqlReferences references) {
    for (TableReference table : references.tables()) {
      checkTable(query, sql, table);
    }
    checkOwner(sql, references);
    for (FunctionCall function : references.tableFunctions()) {
      if (!FunctionRules.allowsTableFunction(function.name())) {
        refuseTableFunction(function.name());
      }
    }
    for (FunctionCall function : references.functions()) {
      if (FunctionRules.refuses(function.name())) {
        refuseFunction(function.name());
      }
    }
    for (FunctionCall function : references.appliedFunctions()) {
      if (!FunctionRules.allows(function.name())) {
        refuseFunction(function.name());
      }
    }
    SettingRules.check(references.settings());
    for (QueryParameter parameter : references.parameters()) {
      checkParameter(query.parameters().keySet(), parameter);
    }
    for (String column : HIDDEN_COLUMNS) {
      if (references.mentions(column)) {
        throw new PlatformException(
            QueryError.SQL_NOT_ALLOWED,
            "[Error] Unknown column '" + column + "'; the name is reserved");
      }
    }
  }

  private static void checkTable(PlannedQuery query, String sql, TableReference table) {
    boolean column = table.kind() == ReferenceKind.IN_OPERAND && table.database().isEmpty();
    boolean others =
        isService(table)
            && !ServiceDataSource.isConfined(
                sql, table.offset(), table.name(), query.resources().workspace().id());
    if (others || (!column && !query.tables().contains(table.text()))) {
      throw new PlatformException(
          QueryError.UNKNOWN_TABLE, "[Error] Resource '" + table.text() + "' not found");
    }
  }

  /// Where service data sources are read, nothing else may be called like the column by which their
  /// rows are chosen: an alias could stand in its place.
  private static void checkOwner(String sql, SqlReferences references) {
    long read = references.tables().stream().filter(QueryChecks::isService).count();
    if (read > 0 && read != mentions(sql).count()) {
      throw new PlatformException(
          QueryError.SQL_NOT_ALLOWED,
          "[Error] The name '" + ServiceDataSource.OWNER + "' is reserved");
    }
  }

  private static Stream<Token> mentions(String sql) {
    return Sql.lex(sql).stream()
        .filter(token -> token.kind() == TokenKind.WORD || token.kind() == TokenKind.QUOTED_NAME)
        .filter(token -> Sql.name(sql, token).equalsIgnoreCase(ServiceDataSource.OWNER));
  }

  private static boolean isService(TableReference table) {
    return table.database().filter(ServiceDataSource.DATABASE::equals).isPresent();
  }

  static void checkParameter(Set<String> offered, QueryParameter parameter) {
    if (!offered.contains(parameter.name())
        || parameter.type().strip().equalsIgnoreCase("Identifier")) {
      throw new PlatformException(
          QueryError.SQL_NOT_ALLOWED,
          "[Error] The placeholder {"
              + parameter.name()
              + ":"
              + parameter.type()
              + "} is not offered; use a template parameter such as {{String("
              + parameter.name()
              + ")}}");
    }
  }

  static void refuseFunction(String name) {
    throw new PlatformException(
        QueryError.FUNCTION_NOT_ALLOWED,
        "[Error] The function '" + name + "' does not exist or is not offered");
  }

  static void refuseTableFunction(String name) {
    throw new PlatformException(
        QueryError.FUNCTION_NOT_ALLOWED,
        "[Error] The table function '" + name + "' does not exist or is not offered");
  }
}
