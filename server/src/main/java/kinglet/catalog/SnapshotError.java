// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// What can be wrong with a snapshot.
public enum SnapshotError implements ErrorCode {
  /// The workspace has no snapshot of that name, or it is not complete.
  UNKNOWN_SNAPSHOT(ErrorKind.NOT_FOUND),
  /// The name belongs to another snapshot.
  SNAPSHOT_EXISTS(ErrorKind.CONFLICT),
  /// The workspace has as many snapshots as it may.
  TOO_MANY_SNAPSHOTS(ErrorKind.INVALID),
  /// The request is not what the route takes; the message says what would be.
  INVALID_SNAPSHOT(ErrorKind.INVALID),
  /// The rows of a data source with this engine cannot be copied, or not as of an earlier time.
  SNAPSHOT_NOT_POSSIBLE(ErrorKind.CONFLICT),
  /// Pipes read the snapshot, or a training set is being built from it.
  SNAPSHOT_IN_USE(ErrorKind.CONFLICT);

  private final ErrorKind kind;

  SnapshotError(ErrorKind kind) {
    this.kind = kind;
  }

  @Override
  public ErrorKind kind() {
    return kind;
  }
}
