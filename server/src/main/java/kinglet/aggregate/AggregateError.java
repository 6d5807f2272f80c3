// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// What can be wrong with a call of an aggregation function, or with a stored state.
public enum AggregateError implements ErrorCode {
  /// No aggregation function of features has the name.
  UNKNOWN_AGGREGATE(ErrorKind.INVALID),
  /// The parameters, those in the first of two pairs of parentheses, are not what the function
  /// takes.
  AGGREGATE_PARAMETERS(ErrorKind.INVALID),
  /// The number or the types of the arguments are not what the function takes.
  AGGREGATE_ARGUMENTS(ErrorKind.INVALID),
  /// The bytes of a stored state are not what was written.
  CORRUPT_STATE(ErrorKind.INTERNAL);

  private final ErrorKind kind;

  AggregateError(ErrorKind kind) {
    this.kind = kind;
  }

  @Override
  public ErrorKind kind() {
    return kind;
  }
}
