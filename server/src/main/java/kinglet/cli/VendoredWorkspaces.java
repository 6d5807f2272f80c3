// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import kinglet.error.PlatformException;
import tools.jackson.databind.JsonNode;

/// Makes the workspaces a project reads from, as `vendor/WORKSPACE` describes them, with their
/// fixtures, on a server where there are none.
final class VendoredWorkspaces implements AutoCloseable {
  private final Console console;

  /// The user of the server.
  private final ApiClient user;

  /// The workspace of the project.
  private final String reader;

  /// @param client may be any of the machine
  VendoredWorkspaces(Console console, ApiClient client) {
    this.console = console;
    String token = client.getJson("/tokens").path("user_token").asString("");
    this.user = new ApiClient(client.origin(), token);
    this.reader = client.getJson("/v0/workspace").path("id").asString("");
  }

  void make(Path project) {
    Path vendor = project.resolve("vendor");
    if (Files.isDirectory(vendor)) {
      try (Stream<Path> found = Files.list(vendor)) {
        found.filter(Files::isDirectory).sorted().forEach(this::workspace);
      } catch (IOException e) {
        throw new PlatformException(CliError.INVALID_ARGUMENT, "can't read " + vendor, e);
      }
    }
  }

  @Override
  public void close() {
    user.close();
  }

  private void workspace(Path directory) {
    String name = String.valueOf(directory.getFileName());
    JsonNode made =
        user.postJson("/v0/workspaces?name=" + ApiClient.encode(name), BodyPublishers.noBody(), "");
    String id = made.path("id").asString("");
    try (ApiClient workspace = new ApiClient(user.origin(), made.path("token").asString(""))) {
      deploy(workspace, directory);
      List<JsonNode> sources =
          workspace.getJson("/v0/datasources").path("datasources").valueStream().toList();
      for (JsonNode source : sources) {
        JsonNode _ =
            user.postJson(
                "/v0/datasources/"
                    + source.path("id").asString("")
                    + "/share?origin_workspace_id="
                    + id
                    + "&destination_workspace_id="
                    + reader,
                BodyPublishers.noBody(),
                "");
      }
      new Fixtures(console, workspace).load(directory);
    }
  }

  private void deploy(ApiClient workspace, Path directory) {
    StringWriter said = new StringWriter();
    PrintWriter writer = new PrintWriter(said);
    Console aside = new Console(writer, console.bytes(), writer, console.terminal());
    if (Deployment.send(aside, workspace, "/v1/build", "build", directory) != 0) {
      throw new PlatformException(
          CliError.INVALID_ARGUMENT, directory + " can't be deployed:\n" + said);
    }
  }
}
