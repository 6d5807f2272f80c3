// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kinglet.clickhouse.ClickHouseError;
import kinglet.error.PlatformException;

/// What a failed insert means for its rows.
enum FlushFailure {
  /// It may pass by itself: the same insert is repeated until it does.
  PASSING,
  /// A materialized view cannot take the rows; the table can.
  VIEW,
  /// The table cannot take some of the rows.
  ROWS;

  private static final String IN_VIEW = "while pushing to view";
  private static final String TARGET_OF_VIEW = "' of view '";
  private static final Pattern VIEW_NAME = Pattern.compile(IN_VIEW + " ([^\\s(:]+)");

  /// A body that ended early: a broken connection, or a block nobody can read.
  private static final Set<String> BODY_CODES = Set.of("3", "23", "32", "33");

  /// ClickHouse's codes for trouble that has nothing to do with the rows.
  private static final Set<String> PASSING_CODES =
      Set.of(
          // Tables that are not as the catalogue says: columns, tables, databases, locks.
          "16",
          "47",
          "60",
          "81",
          "218",
          "341",
          "473",
          // Load: time, memory, queries, parts, mutations, threads.
          "159",
          "173",
          "202",
          "203",
          "241",
          "252",
          "439",
          "692",
          "745",
          "777",
          "778",
          // Ended from outside.
          "236",
          "394",
          "677",
          "734",
          "735",
          // Files and disk space.
          "24",
          "40",
          "74",
          "75",
          "76",
          "87",
          "88",
          "107",
          "172",
          "204",
          "214",
          "242",
          "243",
          "246",
          "294",
          "298",
          "400",
          "425",
          "458",
          "521",
          "740",
          // Network, replicas, Keeper, object stores.
          "95",
          "96",
          "198",
          "209",
          "210",
          "225",
          "244",
          "279",
          "285",
          "286",
          "289",
          "297",
          "319",
          "415",
          "499",
          "722",
          "904",
          "999",
          // Rights that are being set up.
          "164",
          "497",
          "516",
          // Faults of ClickHouse itself, of which it is open what they left behind.
          "49",
          "1000",
          "1001",
          "1002");

  /// @param patient whether this insert has not failed for long yet
  static FlushFailure of(PlatformException failure, boolean patient) {
    boolean inView = failure.text().contains(IN_VIEW) || failure.text().contains(TARGET_OF_VIEW);
    if (failure.code() == ClickHouseError.MEMORY_LIMIT) {
      return inView && !patient ? VIEW : PASSING;
    }
    if (failure.code() != ClickHouseError.QUERY_FAILED) {
      return PASSING;
    }
    String code = failure.details().getOrDefault("clickhouse_code", "");
    if (BODY_CODES.contains(code)) {
      return patient ? PASSING : ROWS;
    }
    if (PASSING_CODES.contains(code)) {
      return inView && !patient ? VIEW : PASSING;
    }
    return inView ? VIEW : ROWS;
  }

  /// The view a failure names in front of the failure's text.
  static String view(PlatformException failure) {
    Matcher matcher = VIEW_NAME.matcher(failure.text());
    return matcher.find()
        ? matcher.group(1).replaceAll("\\.$", "") + ": " + failure.text()
        : failure.text();
  }
}
