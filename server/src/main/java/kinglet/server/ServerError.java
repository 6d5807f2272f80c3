// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// Why a server does not start.
public enum ServerError implements ErrorCode {
  /// The data directory can't be made, read or locked.
  DATA_DIRECTORY_UNUSABLE(ErrorKind.INTERNAL),
  /// The engine's program or library is not where it should be.
  INSTALLATION_INCOMPLETE(ErrorKind.INTERNAL);

  private final ErrorKind kind;

  ServerError(ErrorKind kind) {
    this.kind = kind;
  }

  @Override
  public ErrorKind kind() {
    return kind;
  }
}
