// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/// Sends a data project and prints what became of it.
final class Deployment {
  private Deployment() {}

  /// Posts the project to `path` and answers the exit status.
  static int send(Console console, ApiClient client, String path, String field, Path directory) {
    JsonNode answer = client.postJson(path, Multipart.project(directory), Multipart.CONTENT_TYPE);
    JsonNode change = answer.path(field);
    for (String kind : new String[] {"datasource", "pipe", "data_connector"}) {
      print(console, "new", kind, change.path("new_" + kind + "_names"));
      print(console, "changed", kind, change.path("changed_" + kind + "_names"));
      print(console, "deleted", kind, change.path("deleted_" + kind + "_names"));
    }
    for (JsonNode finding : change.path("feedback")) {
      console.note(
          finding.path("level").asString("")
              + " "
              + finding.path("resource").asString("")
              + ": "
              + finding.path("message").asString(""));
    }
    String result = answer.path("result").asString("");
    if (result.equals("success") || result.equals("no_changes")) {
      console.print(result.equals("success") ? console.green("done") : "nothing to change");
      return 0;
    }
    printErrors(console, answer.path("errors"));
    printErrors(console, change.path("errors"));
    console.note(console.red("refused: ") + answer.path("error").asString("see above"));
    return 1;
  }

  private static void print(Console console, String verb, String kind, JsonNode names) {
    for (JsonNode name : names) {
      console.print(
          verb
              + " "
              + kind.replace("datasource", "data source").replace('_', ' ')
              + " "
              + console.bold(name.asString("")));
    }
  }

  private static void printErrors(Console console, JsonNode errors) {
    for (JsonNode error : errors) {
      String file = error.path("filename").asString("");
      console.note((file.isEmpty() ? "" : file + ": ") + error.path("error").asString(""));
    }
  }
}
