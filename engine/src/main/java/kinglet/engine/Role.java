// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// As whom a request runs: the user name of the protocol. The role decides which connections serve
/// it.
enum Role {
  READER,
  WRITER,
  ADMIN;

  /// Settings a reader's request may change besides those with a prefix below.
  private static final Set<String> READER_SETTINGS =
      Set.of(
          "limit",
          "offset",
          "extremes",
          "final",
          "result_overflow_mode",
          "read_overflow_mode",
          "timeout_overflow_mode",
          "group_by_overflow_mode",
          "date_time_output_format",
          "bool_true_representation",
          "bool_false_representation",
          "join_use_nulls",
          "join_algorithm",
          "aggregate_functions_null_for_empty",
          "session_timezone",
          "log_comment",
          "priority");

  private static final List<String> READER_PREFIXES =
      List.of("max_", "output_format_", "format_csv_", "format_custom_", "format_tsv_");

  private static final List<String> READER_EXCEPTIONS = List.of("output_format_schema");

  static Role named(String user) {
    return switch (user.toLowerCase(Locale.ROOT)) {
      case "reader" -> READER;
      case "writer" -> WRITER;
      case "admin" -> ADMIN;
      default ->
          throw EngineFailure.of(
              EngineFailure.AUTHENTICATION_FAILED,
              "AUTHENTICATION_FAILED",
              "Authentication failed: the user is reader, writer or admin, with the engine's key.");
    };
  }

  /// Refuses what a request of this role may not set.
  void checkSettings(Map<String, String> settings) {
    for (String name : settings.keySet()) {
      if (!name.matches("[A-Za-z][A-Za-z0-9_]*")) {
        throw EngineFailure.of(115, "UNKNOWN_SETTING", "Unknown setting '" + name + "'");
      }
      if (this == READER && !mayReaderSet(name)) {
        throw EngineFailure.of(
            EngineFailure.READONLY,
            "READONLY",
            "Cannot modify '" + name + "' setting in readonly mode.");
      }
    }
  }

  private static boolean mayReaderSet(String name) {
    return READER_SETTINGS.contains(name)
        || (READER_PREFIXES.stream().anyMatch(name::startsWith)
            && READER_EXCEPTIONS.stream().noneMatch(name::startsWith));
  }

  /// What a fresh connection of this role runs before it serves: last of all it is locked.
  List<String> prelude(String database, Map<String, String> settings, long queryMillisMax) {
    List<String> statements = new ArrayList<>();
    statements.add("SET implicit_select = 0");
    if (this == READER) {
      statements.add("SET max_execution_time = " + queryMillisMax / 1000.0);
    }
    if (!database.isEmpty()) {
      statements.add("USE `" + database.replace("\\", "\\\\").replace("`", "\\`") + "`");
    }
    settings.forEach((name, value) -> statements.add("SET " + name + " = " + quoted(value)));
    if (this == READER) {
      statements.add("SET ROLE reader");
      statements.add("SET readonly = 1");
    }
    return statements;
  }

  private static String quoted(String value) {
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
