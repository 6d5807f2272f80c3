// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import kinglet.error.ErrorCode;
import org.junit.jupiter.api.Test;

/// The page of error codes is written from the enums; `-Ddocs.write=true` writes it anew.
final class ErrorReferenceTest {
  private static final Path SOURCES = Path.of("src/main/java");
  private static final Path PAGE = Path.of("../docs/reference/errors.md");
  private static final Pattern ENUM =
      Pattern.compile("public enum (\\w+)\\s+implements\\s+ErrorCode");
  private static final Pattern CONSTANT =
      Pattern.compile("((?: *///[^\\n]*\\n)*) +([A-Z][A-Z0-9_]+)(?=[(,;])");

  private static final String HEAD =
      """
      # Errors

      Every failure has a code that never changes its name. The kind of a failure decides the status: the
      first column of statuses is for Kinglet's own routes, which answer problem details (RFC 9457) with the
      code in `code`; the second for the routes that are compatible with Tinybird's, which answer
      `{"error", "documentation", "code"}`. Every answer carries its request id in `x-request-id`; the message
      of an internal error is in the log under that id and nowhere else. With 429 and 503 the header
      `Retry-After` says when to try again.

      | Code | Own | Compatible | What it means |
      | --- | --- | --- | --- |
      """;

  @Test
  void thePageListsEveryCode() throws Exception {
    String page = HEAD + String.join("", rows().values());
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(PAGE, page);
    }
    assertThat(Files.readString(PAGE)).isEqualTo(page);
  }

  private static TreeMap<String, String> rows() throws Exception {
    TreeMap<String, String> rows = new TreeMap<>();
    for (Path file : sources()) {
      String source = Files.readString(file);
      Matcher declared = ENUM.matcher(source);
      if (!declared.find()) {
        continue;
      }
      Class<?> type = Class.forName(className(file));
      Matcher constant = CONSTANT.matcher(source.substring(declared.end()));
      TreeMap<String, String> docs = new TreeMap<>();
      while (constant.find()) {
        docs.putIfAbsent(
            constant.group(2),
            constant.group(1).replace("///", "").replaceAll("\\s+", " ").strip());
      }
      for (Object value : type.getEnumConstants()) {
        ErrorCode code = (ErrorCode) value;
        rows.put(code.code() + " " + type.getName(), row(code, docs.getOrDefault(code.name(), "")));
      }
    }
    return rows;
  }

  private static String row(ErrorCode code, String doc) {
    boolean method = code == HttpError.METHOD_NOT_ALLOWED;
    int own = method ? 405 : Statuses.of(code.kind(), new ErrorRendering.Problem());
    int compatible = method ? 405 : Statuses.of(code.kind(), new ErrorRendering.Compatible());
    return "| <a id=\""
        + code.code()
        + "\"></a>`"
        + code.code()
        + "` | "
        + own
        + " | "
        + compatible
        + " | "
        + doc
        + " |\n";
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files.filter(file -> file.toString().endsWith("Error.java")).sorted().toList();
    }
  }

  private static String className(Path file) {
    String path = SOURCES.relativize(file).toString();
    return path.substring(0, path.length() - ".java".length()).replace('/', '.');
  }
}
