// SPDX-License-Identifier: Apache-2.0
package kinglet.sql;

import java.util.Set;

/// The words that steer the walk through a query.
final class Keyword {
  private Keyword() {}

  /// Words that begin or belong to a join.
  static final Set<String> JOIN =
      Set.of(
          "JOIN", "INNER", "LEFT", "RIGHT", "FULL", "OUTER", "CROSS", "PASTE", "NATURAL", "GLOBAL",
          "LOCAL", "ANY", "ALL", "ASOF", "SEMI", "ANTI", "ONLY", "ARRAY");

  /// Words that begin a clause after the tables of a SELECT.
  static final Set<String> CLAUSE =
      Set.of(
          "PREWHERE",
          "WHERE",
          "GROUP",
          "HAVING",
          "WINDOW",
          "QUALIFY",
          "ORDER",
          "LIMIT",
          "OFFSET",
          "FETCH",
          "WITH",
          "SELECT");

  /// Words that end a SELECT or belong to the statement around it.
  static final Set<String> END = Set.of("SETTINGS", "FORMAT", "INTO", "PARALLEL");

  static final Set<String> SET_OPERATOR = Set.of("UNION", "INTERSECT", "EXCEPT");

  /// Words that can't be the name behind a table without AS.
  static boolean reservedAfterTable(String word) {
    return JOIN.contains(word)
        || CLAUSE.contains(word)
        || END.contains(word)
        || SET_OPERATOR.contains(word)
        || switch (word) {
          case "ON",
              "USING",
              "FINAL",
              "SAMPLE",
              "STREAM",
              "UUID",
              "AS",
              "FROM",
              "AND",
              "OR",
              "NOT",
              "IN",
              "IS",
              "BETWEEN",
              "LIKE",
              "ILIKE",
              "BY",
              "ASC",
              "DESC" ->
              true;
          default -> false;
        };
  }

  /// Words after which a value must follow, so that the next word is never a clause.
  static final Set<String> WANTS_VALUE =
      Set.of(
          "SELECT",
          "DISTINCT",
          "BY",
          "WHERE",
          "PREWHERE",
          "HAVING",
          "QUALIFY",
          "ON",
          "AND",
          "OR",
          "NOT",
          "IN",
          "LIKE",
          "ILIKE",
          "REGEXP",
          "BETWEEN",
          "CASE",
          "WHEN",
          "THEN",
          "ELSE",
          "AS",
          "LIMIT",
          "OFFSET",
          "DIV",
          "MOD",
          "GLOBAL",
          "APPLY",
          "JOIN",
          "FROM",
          "WITH",
          "GROUP",
          "ORDER",
          "WINDOW",
          "STEP",
          "SAMPLE");

  /// Words that are followed by a parenthesis without being functions.
  static final Set<String> BEFORE_PARENTHESIS =
      Set.of(
          "SELECT",
          "DISTINCT",
          "BY",
          "WHERE",
          "PREWHERE",
          "HAVING",
          "QUALIFY",
          "ON",
          "AND",
          "OR",
          "NOT",
          "IN",
          "LIKE",
          "ILIKE",
          "REGEXP",
          "BETWEEN",
          "CASE",
          "WHEN",
          "THEN",
          "ELSE",
          "AS",
          "LIMIT",
          "OFFSET",
          "DIV",
          "MOD",
          "USING",
          "OVER",
          "APPLY",
          "EXCEPT",
          "REPLACE",
          "TOP",
          "INTERPOLATE",
          "SETS",
          "ROLLUP",
          "CUBE",
          "FILTER",
          "INTERVAL",
          "COLUMNS",
          "FROM",
          "TO",
          "STEP",
          "UNION",
          "INTERSECT",
          "ALL",
          "ANY",
          "SOME",
          "EXISTS",
          "JOIN",
          "WITH",
          "END",
          "STRICT",
          "VALUES",
          "FOR",
          "BOTH",
          "LEADING",
          "TRAILING",
          "FILL",
          "NULLS",
          "WITHIN");
}
