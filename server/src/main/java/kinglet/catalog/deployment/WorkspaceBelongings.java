// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import kinglet.database.DatabaseWork;

/// What belongs to workspaces and is kept elsewhere; it goes with them.
public interface WorkspaceBelongings {
  /// What removes all that belongs to a workspace, for the caller's transaction.
  DatabaseWork removing(String workspaceId);

  /// Called when the transaction has ended well.
  void committed();
}
