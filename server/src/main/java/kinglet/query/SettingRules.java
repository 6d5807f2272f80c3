// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.util.Set;
import kinglet.error.PlatformException;
import kinglet.sql.SettingAssignment;

/// Which settings a query may change for itself: those that alter the plan or the text of the
/// answer, none that alter what may be read, how much, or where it goes.
final class SettingRules {
  private static final Set<String> IN_QUERY =
      Set.of(
          "aggregate_functions_null_for_empty",
          "date_time_output_format",
          "extremes",
          "final",
          "join_algorithm",
          "join_use_nulls",
          "max_block_size",
          "max_bytes_before_external_group_by",
          "max_bytes_before_external_sort",
          "max_threads",
          "session_timezone");

  /// Settings of formats that only change how values are written.
  private static final Set<String> OUTPUT_PREFIXES =
      Set.of(
          "output_format_json_",
          "output_format_csv_",
          "output_format_tsv_",
          "output_format_parquet_",
          "output_format_pretty_",
          "output_format_decimal_trailing_zeros",
          "output_format_float_precision",
          "output_format_write_statistics");

  private SettingRules() {}

  /// Whether a query's SETTINGS clause may name it.
  static boolean allowsInQuery(String name) {
    return IN_QUERY.contains(name) || allowsOutput(name);
  }

  /// Whether a call may give it beside the query.
  static boolean allowsOutput(String name) {
    return OUTPUT_PREFIXES.stream().anyMatch(name::startsWith);
  }

  static void check(Iterable<SettingAssignment> assignments) {
    for (SettingAssignment assignment : assignments) {
      if (!allowsInQuery(assignment.name())) {
        throw new PlatformException(
            QueryError.SETTING_NOT_ALLOWED,
            "[Error] The setting '"
                + assignment.name()
                + "' cannot be changed by a query; remove it");
      }
    }
  }
}
