// SPDX-License-Identifier: Apache-2.0
package kinglet.auth;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// What can go wrong with tokens.
public enum AuthError implements ErrorCode {
  /// The text is no token of this server.
  INVALID_TOKEN(ErrorKind.UNAUTHENTICATED),
  /// The JWT's time is over.
  TOKEN_EXPIRED(ErrorKind.UNAUTHENTICATED),
  /// A JWT cannot be made: a scope, a limit or its name is not one a JWT can have.
  INVALID_JWT(ErrorKind.INVALID),
  /// The token does not allow what is asked for.
  FORBIDDEN(ErrorKind.FORBIDDEN),
  /// A scope is not written as `TYPE[:resource[:condition]]`.
  INVALID_SCOPE(ErrorKind.INVALID),
  /// A token's name is empty or too long.
  INVALID_TOKEN_NAME(ErrorKind.INVALID),
  /// There is no such token, or it may not be seen.
  UNKNOWN_TOKEN(ErrorKind.FORBIDDEN),
  /// Another token of the workspace has that name.
  TOKEN_EXISTS(ErrorKind.CONFLICT),
  /// The token belongs to the workspace: it can only be refreshed.
  PROTECTED_TOKEN(ErrorKind.FORBIDDEN),
  /// The workspace has as many tokens as it may.
  TOO_MANY_TOKENS(ErrorKind.INVALID),
  /// A secret's name or value breaks the rules.
  INVALID_SECRET(ErrorKind.INVALID),
  /// The workspace has no secret of that name.
  UNKNOWN_SECRET(ErrorKind.NOT_FOUND),
  /// The workspace has a secret of that name already.
  SECRET_EXISTS(ErrorKind.CONFLICT),
  /// The workspace has as many secrets as it may.
  TOO_MANY_SECRETS(ErrorKind.INVALID),
  /// The key file is missing, readable by others, or not the one tokens were stored with.
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
