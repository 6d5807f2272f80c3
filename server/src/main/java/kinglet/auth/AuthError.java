// SPDX-License-Identifier: Apache-2.0
package kinglet.auth;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// What can go wrong with tokens.
public enum AuthError implements ErrorCode {
  INVALID_TOKEN(ErrorKind.UNAUTHENTICATED),
  FORBIDDEN(ErrorKind.FORBIDDEN),
  INVALID_SCOPE(ErrorKind.INVALID),
  INVALID_TOKEN_NAME(ErrorKind.INVALID),
  UNKNOWN_TOKEN(ErrorKind.FORBIDDEN),
  TOKEN_EXISTS(ErrorKind.CONFLICT),
  PROTECTED_TOKEN(ErrorKind.FORBIDDEN),
  TOO_MANY_TOKENS(ErrorKind.INVALID),
  KEY_FILE_UNUSABLE(ErrorKind.INTERNAL);

  private final ErrorKind kind;

  AuthError(ErrorKind kind) {
    this.kind = kind;
  }

  @Override
  public ErrorKind kind() {
    return kind;
  }
}
