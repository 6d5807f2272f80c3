// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// What can go wrong with workspaces, resources and deployments.
public enum CatalogError implements ErrorCode {
  UNKNOWN_WORKSPACE(ErrorKind.NOT_FOUND),
  WORKSPACE_EXISTS(ErrorKind.CONFLICT),
  INVALID_NAME(ErrorKind.INVALID),
  UNKNOWN_DEPLOYMENT(ErrorKind.NOT_FOUND),
  DEPLOYMENT_IN_PROGRESS(ErrorKind.CONFLICT),
  PIPE_RECURSIVE(ErrorKind.INVALID),
  PIPE_TOO_DEEP(ErrorKind.INVALID),
  PIPE_TOO_LARGE(ErrorKind.INVALID),
  UNKNOWN_NODE(ErrorKind.NOT_FOUND);

  private final ErrorKind kind;

  CatalogError(ErrorKind kind) {
    this.kind = kind;
  }

  @Override
  public ErrorKind kind() {
    return kind;
  }
}
