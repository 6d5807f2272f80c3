// SPDX-License-Identifier: Apache-2.0
package kinglet.type;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// What can be wrong with types and blocks.
public enum TypeError implements ErrorCode {
  /// The text of a type is not one ClickHouse knows the form of.
  INVALID_TYPE(ErrorKind.INVALID),
  /// A schema contradicts itself.
  INVALID_SCHEMA(ErrorKind.INVALID),
  /// A column that is to say from when on rows count as known does not exist or holds no times.
  NOT_A_TIME_COLUMN(ErrorKind.INVALID),
  /// The bytes of a stored block are not what was written.
  CORRUPT_BLOCK(ErrorKind.INTERNAL);

  private final ErrorKind kind;

  TypeError(ErrorKind kind) {
    this.kind = kind;
  }

  @Override
  public ErrorKind kind() {
    return kind;
  }
}
