// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// Why an expression was not accepted.
public enum ExpressionError implements ErrorCode {
  /// The text is not an expression.
  EXPRESSION_SYNTAX,
  /// The expression is longer or nested deeper than the limits.
  EXPRESSION_TOO_COMPLEX,
  /// No column has the name.
  UNKNOWN_COLUMN,
  /// No function of features has the name; a materialized view may use all functions of ClickHouse.
  UNKNOWN_FUNCTION,
  /// A function has the wrong number of arguments, or one of a type or value it does not take.
  WRONG_ARGUMENT;

  @Override
  public ErrorKind kind() {
    return ErrorKind.INVALID;
  }
}
