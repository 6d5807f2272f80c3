// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.auth.Tokens;
import kinglet.catalog.Workspace;

/// A workspace or branch as the compatible routes show it.
final class WorkspaceShape {
  /// The one user a server has, as far as clients ask for users.
  static final String USER_EMAIL = "local_testing@tinybird.co";

  private WorkspaceShape() {}

  static Map<String, Object> of(Workspace workspace, Caller caller) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("id", workspace.id());
    shape.put("name", workspace.name());
    shape.put("user_id", workspace.id());
    shape.put("user_email", USER_EMAIL);
    shape.put("role", caller.token().admin() ? "admin" : "guest");
    shape.put("scope", caller.token().admin() ? "admin" : "user");
    shape.put("owner", workspace.id());
    shape.put("is_branch", workspace.isBranch());
    shape.put("main", workspace.parentId().orElse(null));
    shape.put("created_at", Times.text(workspace.createdAt()));
    return shape;
  }

  /// Who a workspace belongs to: its owner, as its shape says.
  static List<Map<String, Object>> members(Map<String, Object> shape) {
    Map<String, Object> owner = new LinkedHashMap<>();
    owner.put("id", shape.get("owner"));
    owner.put("email", USER_EMAIL);
    owner.put("role", "admin");
    owner.put("active", true);
    return List.of(owner);
  }

  /// With the text of its admin token, for callers that may have it.
  static Map<String, Object> withToken(Workspace workspace, Caller caller, Tokens tokens) {
    Map<String, Object> shape = of(workspace, caller);
    shape.put(
        "token",
        caller.token().admin()
            ? tokens.workspaceAdmin(workspace.id()).secret().reveal()
            : caller.token().secret().reveal());
    return shape;
  }
}
