// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.nio.file.Path;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// Sends a data project and prints what became of it.
final class Deployment {
  private Deployment() {}

  /// Posts the project to `path` and answers the exit status.
  static int send(Console console, ApiClient client, String path, String field, Path directory) {
    return print(
        console,
        client.postJson(path, Multipart.project(directory), Multipart.CONTENT_TYPE),
        field);
  }

  /// Prints an answer of the server and answers the exit status.
  static int print(Console console, JsonNode answer, String field) {
    JsonNode change = answer.path(field);
    for (String kind : new String[] {"datasource", "pipe", "data_connector"}) {
      print(console, "new", kind, change.path("new_" + kind + "_names"));
      print(console, "changed", kind, change.path("changed_" + kind + "_names"));
      print(console, "deleted", kind, change.path("deleted_" + kind + "_names"));
    }
    for (JsonNode finding : change.path("feedback")) {
      if (!finding.path("level").asString("").equals("ERROR")) {
        console.note(
            finding.path("level").asString("").toLowerCase(Locale.ROOT)
                + ": "
                + place(finding.path("resource"))
                + finding.path("message").asString(""));
      }
    }
    String result = answer.path("result").asString("");
    if (result.equals("success") || result.equals("no_changes")) {
      console.print(result.equals("success") ? console.green("done") : "nothing to change");
      return 0;
    }
    for (JsonNode error : answer.path("errors")) {
      console.note(
          console.red("error: ")
              + place(error.path("filename"))
              + error.path("error").asString(""));
    }
    if (answer.path("errors").isEmpty()) {
      console.note(console.red("refused: ") + answer.path("error").asString("no reason given"));
    }
    return 1;
  }

  private static String place(JsonNode file) {
    return file.isString() ? file.stringValue() + ": " : "";
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
}
