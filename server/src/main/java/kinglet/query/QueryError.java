// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// Why a query was not run, or did not end well.
public enum QueryError implements ErrorCode {
  /// The service does not read feature views by their keys, so that batch calls cannot be answered.
  FEATURES_NOT_KEYED(ErrorKind.INVALID),
  /// No published pipe has that name.
  UNKNOWN_PIPE(ErrorKind.NOT_FOUND),
  /// The SQL names a table that does not exist, or one that nobody may read.
  UNKNOWN_TABLE(ErrorKind.INVALID),
  /// The token does not allow a resource the query names.
  RESOURCE_NOT_ALLOWED(ErrorKind.FORBIDDEN),
  /// The SQL uses a function or table function that is not offered.
  FUNCTION_NOT_ALLOWED(ErrorKind.INVALID),
  /// The SQL sets a setting that is not offered, or to a value that is not.
  SETTING_NOT_ALLOWED(ErrorKind.INVALID),
  /// The SQL uses a name or a construct that is not offered.
  SQL_NOT_ALLOWED(ErrorKind.INVALID),
  /// The format is not offered.
  UNKNOWN_FORMAT(ErrorKind.INVALID),
  /// The SQL text is longer than the limit.
  SQL_TOO_LONG(ErrorKind.INVALID),
  /// ClickHouse refused the query or failed while it ran.
  QUERY_REFUSED(ErrorKind.INVALID),
  /// The query took longer than it may.
  QUERY_TOO_SLOW(ErrorKind.TIMEOUT),
  /// The query needed more memory than it may have.
  QUERY_MEMORY(ErrorKind.UNPROCESSABLE),
  /// The answer is larger than the limit.
  RESULT_TOO_LARGE(ErrorKind.TOO_LARGE),
  /// The workspace runs as many queries as it may.
  TOO_MANY_QUERIES(ErrorKind.RATE_LIMITED);

  private final ErrorKind kind;

  QueryError(ErrorKind kind) {
    this.kind = kind;
  }

  @Override
  public ErrorKind kind() {
    return kind;
  }
}
