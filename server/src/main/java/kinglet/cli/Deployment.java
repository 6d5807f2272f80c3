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
        client,
        client.postJson(path, Multipart.project(directory), Multipart.CONTENT_TYPE),
        field);
  }

  /// Prints an answer of the server and how a deployment that goes on ends; answers the exit
  /// status.
  static int print(Console console, ApiClient client, JsonNode answer, String field) {
    int status = print(console, answer, field);
    JsonNode deployment = answer.path(field);
    if (!isUnderWay(deployment)) {
      if (status == 0) {
        console.print(
            answer.path("result").asString("").equals("success")
                ? console.green("done")
                : "nothing to change");
      }
      return status;
    }
    String id = deployment.path("id").asString("");
    console.note("deployment " + id + " is under way; it goes on without this command too");
    while (isUnderWay(deployment)) {
      deployment = client.getJson("/v1/deployments/" + id + "?wait=true").path("deployment");
    }
    if (deployment.path("status").asString("").equals("data_ready")) {
      console.print(console.green("done"));
      return 0;
    }
    errors(console, deployment.path("errors"));
    return 1;
  }

  private static boolean isUnderWay(JsonNode deployment) {
    return deployment.path("status").asString("").equals("creating_schema");
  }

  private static int print(Console console, JsonNode answer, String field) {
    JsonNode change = answer.path(field);
    for (String kind : new String[] {"datasource", "pipe", "data_connector", "monitor"}) {
      print(console, "new", kind, change.path("new_" + kind + "_names"));
      print(console, "changed", kind, change.path("changed_" + kind + "_names"));
      print(console, "deleted", kind, change.path("deleted_" + kind + "_names"));
    }
    for (JsonNode finding : change.path("feedback")) {
      String level = finding.path("level").asString("");
      String text = place(finding.path("resource")) + finding.path("message").asString("");
      switch (level) {
        case "ERROR" -> {}
        case "INFO" -> console.print(text);
        default -> console.note(level.toLowerCase(Locale.ROOT) + ": " + text);
      }
    }
    String result = answer.path("result").asString("");
    if (result.equals("success") || result.equals("no_changes")) {
      return 0;
    }
    errors(console, answer.path("errors"));
    if (answer.path("errors").isEmpty()) {
      console.note(console.red("refused: ") + answer.path("error").asString("no reason given"));
    }
    return 1;
  }

  private static void errors(Console console, JsonNode errors) {
    for (JsonNode error : errors) {
      console.note(
          console.red("error: ")
              + place(error.path("filename"))
              + error.path("error").asString(""));
    }
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
