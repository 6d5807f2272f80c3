// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.infer;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// Why nothing can be said about a sample.
public enum InferenceError implements ErrorCode {
  /// The sample holds no row of its format.
  NO_ROWS(ErrorKind.INVALID),
  /// The rows have more columns than a data source may have.
  TOO_MANY_COLUMNS(ErrorKind.INVALID);

  private final ErrorKind kind;

  InferenceError(ErrorKind kind) {
    this.kind = kind;
  }

  @Override
  public ErrorKind kind() {
    return kind;
  }
}
