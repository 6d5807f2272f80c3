// SPDX-License-Identifier: Apache-2.0
package kinglet.verification;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// What can be wrong with a verification.
public enum VerificationError implements ErrorCode {
  /// The request is not what a verification takes.
  INVALID_VERIFICATION(ErrorKind.INVALID),
  /// No feature view or feature service has the name.
  NOTHING_TO_VERIFY(ErrorKind.NOT_FOUND);

  private final ErrorKind kind;

  VerificationError(ErrorKind kind) {
    this.kind = kind;
  }

  @Override
  public ErrorKind kind() {
    return kind;
  }
}
