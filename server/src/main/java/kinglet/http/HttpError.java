// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// Why a request was refused before a room saw it.
public enum HttpError implements ErrorCode {
  /// The request itself is malformed: parameters, body framing, encoding.
  INVALID_REQUEST(ErrorKind.INVALID),
  /// Only answered to callers on the same machine.
  LOOPBACK_ONLY(ErrorKind.FORBIDDEN),
  /// No route has this path.
  UNKNOWN_ROUTE(ErrorKind.NOT_FOUND),
  /// A named thing does not exist in the workspace.
  UNKNOWN_RESOURCE(ErrorKind.NOT_FOUND),
  /// A file describes it, but this server cannot do it yet.
  NOT_AVAILABLE(ErrorKind.INVALID),
  /// The data source does not read files by a schedule.
  NO_SCHEDULE(ErrorKind.INVALID),
  /// A copy of the same pipe has not ended.
  COPY_RUNNING(ErrorKind.CONFLICT),
  /// The route exists, with other methods.
  METHOD_NOT_ALLOWED(ErrorKind.INVALID),
  /// The body is larger than the limit.
  BODY_TOO_LARGE(ErrorKind.TOO_LARGE),
  /// The token sent more requests or bytes than it may.
  RATE_LIMIT(ErrorKind.RATE_LIMITED),
  /// The server holds as many requests or bytes as it may.
  SERVER_BUSY(ErrorKind.OVERLOADED),
  /// A failure of ours; the log has it under the request id.
  INTERNAL_ERROR(ErrorKind.INTERNAL);

  private final ErrorKind kind;

  HttpError(ErrorKind kind) {
    this.kind = kind;
  }

  @Override
  public ErrorKind kind() {
    return kind;
  }
}
