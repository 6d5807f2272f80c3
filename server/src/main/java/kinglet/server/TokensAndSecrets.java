// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import kinglet.auth.Secrets;
import kinglet.auth.Tokens;
import kinglet.catalog.deployment.WorkspaceBelongings;
import kinglet.database.DatabaseWork;

/// What room `auth` keeps of a workspace.
record TokensAndSecrets(Tokens tokens, Secrets secrets) implements WorkspaceBelongings {
  @Override
  public DatabaseWork removing(String workspaceId) {
    return handle -> {
      tokens.removing(workspaceId).run(handle);
      secrets.removing(workspaceId).run(handle);
    };
  }

  @Override
  public void committed() {
    tokens.reload();
    secrets.reload();
  }
}
