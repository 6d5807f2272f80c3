// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// A branch of the workspace of a running server.
final class TemporaryBranch implements TestPlace {
  private static final String BRANCHES = "/v0/environments";

  private final ApiClient workspace;
  private final String id;
  private final ApiClient client;

  /// @param workspace is closed with this
  TemporaryBranch(ApiClient workspace) {
    this.workspace = workspace;
    String name = "test_" + UUID.randomUUID().toString().replace("-", "");
    JsonNode made = workspace.postJson(BRANCHES + "?name=" + name, BodyPublishers.noBody(), "");
    id = made.path("workspace").path("id").asString("");
    JsonNode _ = new JobWait(workspace).done(made.path("job").path("id").asString(""), _ -> {});
    JsonNode branch = workspace.getJson(BRANCHES + "/" + id + "?with_token=true");
    client = new ApiClient(workspace.origin(), branch.path("token").asString(""));
  }

  @Override
  public ApiClient client() {
    return client;
  }

  /// A branch reads what is shared with its workspace.
  @Override
  public void prepare(Path project) {}

  @Override
  public void close() {
    client.close();
    try {
      JsonNode _ = workspace.delete(BRANCHES + "/" + id);
    } finally {
      workspace.close();
    }
  }
}
