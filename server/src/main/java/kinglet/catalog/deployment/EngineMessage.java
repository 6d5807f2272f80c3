// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kinglet.catalog.ServiceDataSource;
import kinglet.error.PlatformException;

/// What ClickHouse says of a statement, without what only it needs to know.
final class EngineMessage {
  private static final Pattern PREFIX = Pattern.compile("^(Code: \\d+\\. )?(DB::Exception: )+");
  private static final Pattern SUFFIX =
      Pattern.compile("(?s)\\.?\\s*\\([A-Z_0-9]+\\)\\s*(\\(version .*\\))?\\s*$");
  private static final Pattern STATEMENT = Pattern.compile("(?is)(: )?\\bin (scope|query) .*$");
  private static final Pattern TABLE_ID =
      Pattern.compile(" \\([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\)");
  private static final Pattern LINE_AND_COLUMN =
      Pattern.compile("\\(line (\\d+), col(?:umn)? (\\d+)\\)|line (\\d+), column (\\d+)");

  private EngineMessage() {}

  static String of(PlatformException failure, String scratchDatabase) {
    String text = PREFIX.matcher(failure.text()).replaceFirst("");
    text = SUFFIX.matcher(text).replaceFirst("");
    text = STATEMENT.matcher(text).replaceFirst("");
    text = TABLE_ID.matcher(text).replaceAll("");
    return text.replace("`" + scratchDatabase + "`.", "")
        .replace(scratchDatabase + ".", "")
        .replace(ServiceDataSource.DATABASE, ServiceDataSource.SCHEMA)
        .strip();
  }

  /// Line and column in the statement's text, when the message names them; both from 1.
  static int[] position(PlatformException failure) {
    Matcher found = LINE_AND_COLUMN.matcher(failure.text());
    if (!found.find()) {
      return new int[0];
    }
    int first = found.group(1) == null ? 3 : 1;
    return new int[] {
      Integer.parseInt(found.group(first)), Integer.parseInt(found.group(first + 1))
    };
  }
}
