// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.replacement;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// Why rows of a data source are not replaced.
public enum ReplacementError implements ErrorCode {
  /// Rows of this kind of table, or of a table that a view fills, cannot be replaced.
  NOT_REPLACEABLE(ErrorKind.CONFLICT),
  /// What a materialized view made of the rows cannot be replaced with them.
  VIEW_NOT_REPLACEABLE(ErrorKind.CONFLICT),
  /// It is not a materialized view, or not one that can be filled from its source.
  NOT_POPULATABLE(ErrorKind.INVALID),
  /// A deployment changed the data source meanwhile; nothing was replaced or populated.
  REPLACEMENT_OVERTAKEN(ErrorKind.CONFLICT);

  private final ErrorKind kind;

  ReplacementError(ErrorKind kind) {
    this.kind = kind;
  }

  @Override
  public ErrorKind kind() {
    return kind;
  }
}
