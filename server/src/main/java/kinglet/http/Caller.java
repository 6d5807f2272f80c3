// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.function.BooleanSupplier;
import kinglet.auth.AuthError;
import kinglet.auth.Token;
import kinglet.catalog.Resources;
import kinglet.catalog.Workspace;
import kinglet.error.PlatformException;

/// Who calls: a valid token and what its workspace holds at this moment.
record Caller(Token token, Resources resources) {
  Workspace workspace() {
    return resources.workspace();
  }

  /// Whether it is the user of the server, who has all its workspaces.
  boolean isUser() {
    return token.origin() == Token.Origin.USER;
  }

  void requireUser() {
    require(this::isUser, "this needs the user's token, which GET /tokens tells on this machine");
  }

  void requireAdmin() {
    require(token::admin, "this needs a token with the scope ADMIN");
  }

  void requireTokens() {
    require(token::mayManageTokens, "this needs a token with the scope TOKENS or ADMIN");
  }

  void require(BooleanSupplier allowed, String message) {
    if (!allowed.getAsBoolean()) {
      throw new PlatformException(AuthError.FORBIDDEN, "token '" + token.name() + "': " + message);
    }
  }
}
