// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// What can go wrong with workspaces, resources and deployments.
public enum CatalogError implements ErrorCode {
  /// There is no workspace of that name or id.
  UNKNOWN_WORKSPACE(ErrorKind.NOT_FOUND),
  /// Another workspace has that name.
  WORKSPACE_EXISTS(ErrorKind.CONFLICT),
  /// The server has as many workspaces and branches as it may.
  TOO_MANY_WORKSPACES(ErrorKind.INVALID),
  /// The workspace belongs to the server: it can't be renamed or removed.
  PROTECTED_WORKSPACE(ErrorKind.FORBIDDEN),
  /// A job of the workspace has not ended.
  WORKSPACE_BUSY(ErrorKind.CONFLICT),
  /// A name breaks the rules for names.
  INVALID_NAME(ErrorKind.INVALID),
  /// The workspace has no deployment of that number.
  UNKNOWN_DEPLOYMENT(ErrorKind.NOT_FOUND),
  /// Another deployment of the workspace is running; try again when it has ended.
  DEPLOYMENT_IN_PROGRESS(ErrorKind.CONFLICT),
  /// A deployment waits as staging; set it live or discard it first.
  STAGING_WAITS(ErrorKind.CONFLICT),
  /// The workspace has no deployment that waits as staging.
  NO_STAGING_DEPLOYMENT(ErrorKind.NOT_FOUND),
  /// The deployment is not one that waits to be set live.
  DEPLOYMENT_NOT_WAITING(ErrorKind.CONFLICT),
  /// The files of the deployment are not kept any more.
  DEPLOYMENT_FILES_GONE(ErrorKind.CONFLICT),
  /// The resources of the workspace would not be valid after the change.
  CHANGE_REFUSED(ErrorKind.INVALID),
  /// Another resource has that name.
  RESOURCE_EXISTS(ErrorKind.CONFLICT),
  /// The data source belongs to another workspace, which lets this one read it.
  SHARED_READ_ONLY(ErrorKind.FORBIDDEN),
  /// Pipes depend on the resource, so that it cannot be removed, renamed or shared no more.
  RESOURCE_IN_USE(ErrorKind.CONFLICT),
  /// A pipe or node reads itself.
  PIPE_RECURSIVE(ErrorKind.INVALID),
  /// Nodes and pipes are nested deeper than the limit.
  PIPE_TOO_DEEP(ErrorKind.INVALID),
  /// A query is longer than the limit, with everything it reads put into it.
  PIPE_TOO_LARGE(ErrorKind.INVALID),
  /// Rows of a materialized view cannot come from a feature view.
  FEATURES_NOT_HERE(ErrorKind.INVALID),
  /// The workspace has a pipe of that name already.
  PIPE_EXISTS(ErrorKind.CONFLICT),
  /// The pipe is an endpoint, a materialized view, a copy or a sink already.
  PIPE_HAS_OUTPUT(ErrorKind.CONFLICT),
  /// Other pipes read the pipe.
  PIPE_IN_USE(ErrorKind.CONFLICT),
  /// The pipe has a node of that name already.
  NODE_EXISTS(ErrorKind.CONFLICT),
  /// The pipe has no node of that name.
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
