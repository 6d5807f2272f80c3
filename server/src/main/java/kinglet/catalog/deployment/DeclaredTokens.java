// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.List;
import org.jdbi.v3.core.Handle;

/// The tokens a project grants permissions to; kept elsewhere, changed together with the resources.
public interface DeclaredTokens {
  /// What [#apply] would change.
  List<TokenChange> preview(String workspaceId, List<TokenDeclaration> declarations);

  /// Makes the permissions granted by files exactly these, within the caller's transaction.
  void apply(Handle handle, String workspaceId, List<TokenDeclaration> declarations);

  /// Called when the transaction has ended well.
  void committed();
}
