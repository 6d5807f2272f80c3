// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A statement that failed, with ClickHouse's number for the reason.
final class EngineFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  static final int SYNTAX_ERROR = 62;
  static final int BAD_ARGUMENTS = 36;
  static final int NOT_IMPLEMENTED = 48;
  static final int READONLY = 164;
  static final int TOO_MANY_QUERIES = 202;
  static final int CANCELLED = 394;
  static final int ACCESS_DENIED = 497;
  static final int AUTHENTICATION_FAILED = 516;
  static final int UNKNOWN_EXCEPTION = 1002;

  private static final Pattern CODE = Pattern.compile("Code: (\\d+)\\.");

  private final int code;

  EngineFailure(int code, String message) {
    super(message);
    this.code = code;
  }

  /// A failure of ours in the words ClickHouse uses.
  static EngineFailure of(int code, String name, String message) {
    return new EngineFailure(
        code, "Code: " + code + ". DB::Exception: " + message + " (" + name + ")");
  }

  /// A failure the library reported.
  static EngineFailure reported(String message) {
    Matcher matcher = CODE.matcher(message);
    return new EngineFailure(
        matcher.find() ? Integer.parseInt(matcher.group(1)) : UNKNOWN_EXCEPTION, message);
  }

  static EngineFailure cancelled() {
    return of(CANCELLED, "QUERY_WAS_CANCELLED", "Query was cancelled.");
  }

  int code() {
    return code;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
