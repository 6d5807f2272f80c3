// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// Why a command did not do what it was asked.
public enum CliError implements ErrorCode {
  /// No server answers at the given address.
  SERVER_UNREACHABLE(ErrorKind.UPSTREAM),
  /// The server refused or failed.
  SERVER_REFUSED(ErrorKind.UPSTREAM),
  /// An argument or a file is not usable.
  INVALID_ARGUMENT(ErrorKind.INVALID);

  private final ErrorKind kind;

  CliError(ErrorKind kind) {
    this.kind = kind;
  }

  @Override
  public ErrorKind kind() {
    return kind;
  }
}
