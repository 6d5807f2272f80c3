// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.List;
import kinglet.database.DatabaseWork;

/// The tokens a project grants permissions to; kept elsewhere, changed together with the resources.
public interface DeclaredTokens {
  /// What [#change] would change.
  List<TokenChange> preview(String workspaceId, List<TokenDeclaration> declarations);

  /// What makes the permissions granted by files exactly these, for the caller's transaction.
  DatabaseWork change(String workspaceId, List<TokenDeclaration> declarations);

  /// Called when the transaction has ended well.
  void committed();
}
