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

  private static final Pattern VIEW_NAME = Pattern.compile("while pushing to view ([^\\s(:]+)");

  /// ClickHouse's codes for trouble that has nothing to do with the rows: broken streams, missing
  /// tables while the catalogue changes, files, disk space, load, memory, cancelled, Keeper, remote
  /// stores.
  private static final Set<String> PASSING_CODES =
      Set.of(
          "3", "23", "24", "32", "33", "40", "49", "60", "68", "71", "72", "74", "75", "76", "81",
          "87", "88", "89", "92", "95", "96", "97", "107", "158", "159", "160", "164", "165", "170",
          "173", "198", "201", "202", "203", "209", "210", "218", "225", "236", "241", "242", "243",
          "252", "279", "285", "286", "289", "297", "298", "307", "319", "341", "342", "394", "396",
          "415", "425", "439", "473", "497", "499", "516", "649", "668", "675", "677", "722", "740",
          "744", "999", "1000", "1001", "1002");

  static FlushFailure of(PlatformException failure) {
    if (failure.code() != ClickHouseError.QUERY_FAILED
        || PASSING_CODES.contains(failure.details().getOrDefault("clickhouse_code", ""))) {
      return PASSING;
    }
    return failure.text().contains("while pushing to view") ? VIEW : ROWS;
  }

  /// The view a failure names, or the whole text when it names none.
  static String view(PlatformException failure) {
    Matcher matcher = VIEW_NAME.matcher(failure.text());
    return matcher.find()
        ? matcher.group(1).replaceAll("\\.$", "") + ": " + failure.text()
        : failure.text();
  }
}
