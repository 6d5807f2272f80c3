// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import kinglet.error.PlatformException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Runs the tests of a data project.
final class ProjectTest {
  private final Console console;
  private final Supplier<TestPlace> places;
  private final Path project;
  private final boolean update;

  /// @param places makes the place where the tests run
  ProjectTest(Console console, Supplier<TestPlace> places, Path project, boolean update) {
    this.console = console;
    this.places = places;
    this.project = project;
    this.update = update;
  }

  /// Runs the tests of some endpoints, or of all; answers the exit status.
  int run(List<String> endpoints) {
    List<TestFile> files = files(endpoints);
    try (TestPlace place = places.get()) {
      ApiClient client = place.client();
      LocalSecrets.of(project).set(client);
      place.prepare(project);
      if (!deployed(client)) {
        return 1;
      }
      new Fixtures(console, client).load(project);
      return run(client, files);
    }
  }

  private List<TestFile> files(List<String> endpoints) {
    Path folder = project.resolve("tests");
    if (!Files.isDirectory(folder)) {
      throw new PlatformException(
          CliError.INVALID_ARGUMENT, "there are no tests: " + folder + " is not there");
    }
    try (Stream<Path> found = Files.list(folder)) {
      List<TestFile> files =
          found
              .filter(path -> path.toString().matches(".*\\.ya?ml"))
              .sorted()
              .map(TestFile::read)
              .filter(file -> endpoints.isEmpty() || endpoints.contains(file.endpoint()))
              .toList();
      if (files.stream().allMatch(file -> file.cases().isEmpty())) {
        throw new PlatformException(
            CliError.INVALID_ARGUMENT,
            "there are no tests "
                + (endpoints.isEmpty() ? "" : "of " + String.join(", ", endpoints) + " ")
                + "in "
                + folder);
      }
      return files;
    } catch (IOException e) {
      throw new PlatformException(CliError.INVALID_ARGUMENT, "can't read " + folder, e);
    }
  }

  private boolean deployed(ApiClient client) {
    StringWriter said = new StringWriter();
    PrintWriter writer = new PrintWriter(said);
    Console aside = new Console(writer, console.bytes(), writer, console.terminal());
    int status = Deployment.send(aside, client, "/v1/build", "build", project);
    if (status != 0) {
      console.note(said.toString().stripTrailing());
    }
    return status == 0;
  }

  private int run(ApiClient client, List<TestFile> files) {
    int passed = 0;
    int failed = 0;
    for (TestFile file : files) {
      boolean changed = false;
      for (TestFile.Case one : file.cases()) {
        String path =
            "/v0/pipes/"
                + ApiClient.encode(file.endpoint())
                + ".ndjson"
                + (one.parameters().isBlank() ? "" : "?" + query(one.parameters().strip()));
        ApiClient.Reply reply = client.reply("GET", path);
        String name = file.endpoint() + ": " + one.name();
        if (holds(one, reply)) {
          passed++;
          console.print(console.green("pass ") + name);
        } else if (update) {
          changed = true;
          file.expect(one, result(reply), reply.status());
          console.print(console.bold("new  ") + name);
        } else {
          failed++;
          console.print(console.red("FAIL ") + name);
          explain(one, reply, path);
        }
      }
      if (changed) {
        file.write();
      }
    }
    console.print(passed + " passed, " + failed + " failed");
    return failed == 0 ? 0 : 1;
  }

  /// The characters a URL cannot have are escaped; the rest stays as the test has it.
  private static String query(String parameters) {
    StringBuilder query = new StringBuilder();
    for (byte b : parameters.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain =
          c < 0x80 && (Character.isLetterOrDigit(c) || "-._~%&=+,:;/?@!$*'()".indexOf(c) >= 0);
      query.append(plain ? String.valueOf(c) : String.format("%%%02X", (int) c));
    }
    return query.toString();
  }

  private static boolean holds(TestFile.Case one, ApiClient.Reply reply) {
    if (reply.status() != one.status()) {
      return false;
    }
    return plain(one.expected()).equals(plain(reply.body().stripTrailing()))
        || reply.status() >= 400 && isRefusal(one.expected(), reply.body());
  }

  /// JSON has two ways to write a slash; either is right.
  private static String plain(String rows) {
    return rows.replace("\\/", "/");
  }

  /// Whether a refusal says the expected text, or has the fields of the expected object.
  private static boolean isRefusal(String expected, String body) {
    try {
      JsonNode answered = ApiClient.MAPPER.readTree(body);
      if (answered.path("error").asString("").strip().equals(expected.strip())) {
        return true;
      }
      JsonNode wanted = ApiClient.MAPPER.readTree(expected);
      return wanted.isObject()
          && wanted.propertyNames().stream()
              .allMatch(field -> wanted.get(field).equals(answered.get(field)));
    } catch (JacksonException _) {
      return false;
    }
  }

  /// What a test would expect to have this answer: a refusal by its text alone.
  private static String result(ApiClient.Reply reply) {
    if (reply.status() >= 400) {
      try {
        JsonNode error = ApiClient.MAPPER.readTree(reply.body()).path("error");
        if (error.isString()) {
          return error.asString();
        }
      } catch (JacksonException _) {
        // A body that is no JSON is what it is.
      }
    }
    return reply.body().stripTrailing();
  }

  private void explain(TestFile.Case one, ApiClient.Reply reply, String path) {
    List<String> lines = new ArrayList<>();
    lines.add(console.dim("GET " + path));
    if (reply.status() != one.status()) {
      lines.add("answers " + reply.status() + " instead of " + one.status());
    }
    for (LineDifference.Line line : LineDifference.of(one.expected(), result(reply))) {
      String text = line.mark() + " " + line.text();
      lines.add(
          switch (line.mark()) {
            case '-' -> console.red(text);
            case '+' -> console.green(text);
            default -> text;
          });
    }
    lines.forEach(line -> console.print("     " + line));
  }
}
