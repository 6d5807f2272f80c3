// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// What can go wrong between the platform and ClickHouse.
///
/// Failures ClickHouse reports carry its number in the detail `clickhouse_code`.
public enum ClickHouseError implements ErrorCode {
  /// The engine is starting, restarting or full; try again shortly.
  ENGINE_UNAVAILABLE(ErrorKind.OVERLOADED),
  /// ClickHouse refused the statement or failed while it ran.
  QUERY_FAILED(ErrorKind.INVALID),
  /// The statement took longer than it may.
  QUERY_TIMEOUT(ErrorKind.TIMEOUT),
  /// The statement needed more memory than it may have.
  MEMORY_LIMIT(ErrorKind.UNPROCESSABLE),
  /// The statement was cancelled.
  QUERY_CANCELLED(ErrorKind.UNPROCESSABLE),
  /// ClickHouse does not accept the platform's credentials.
  ENGINE_REFUSED(ErrorKind.INTERNAL);

  private final ErrorKind kind;

  ClickHouseError(ErrorKind kind) {
    this.kind = kind;
  }

  @Override
  public ErrorKind kind() {
    return kind;
  }
}
