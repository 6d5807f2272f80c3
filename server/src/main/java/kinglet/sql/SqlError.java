// SPDX-License-Identifier: Apache-2.0
package kinglet.sql;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// Why a SQL text was not accepted.
public enum SqlError implements ErrorCode {
  /// The text is not SQL that is understood here.
  SQL_SYNTAX,
  /// The text is a statement other than SELECT or EXPLAIN, or more than one.
  SQL_STATEMENT_NOT_ALLOWED,
  /// The text is longer or nested deeper than the limits.
  SQL_TOO_COMPLEX;

  @Override
  public ErrorKind kind() {
    return ErrorKind.INVALID;
  }
}
