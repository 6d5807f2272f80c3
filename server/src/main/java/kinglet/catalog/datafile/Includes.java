// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Puts the text of `.incl` files where `INCLUDE "path" "NAME=value"` stands.
final class Includes {
  private static final int DEPTH_MAX = 10;
  private static final int LINES_MAX = 100_000;
  private static final Pattern INCLUDE = Pattern.compile("(?i)INCLUDE\\s+(.+?)\\s*");
  private static final Pattern VARIABLE =
      Pattern.compile("\\$(?:([A-Za-z_][A-Za-z0-9_]*)|\\{([A-Za-z_][A-Za-z0-9_]*)\\})");

  private final Map<String, ProjectFile> files = new HashMap<>();
  private final Findings findings;
  private int count;

  Includes(List<ProjectFile> files, Findings findings) {
    files.forEach(file -> this.files.put(normal(file.path()), file));
    this.findings = findings;
  }

  /// The file's lines with everything included.
  List<SourceLine> expand(ProjectFile file) {
    List<SourceLine> lines = new ArrayList<>();
    count = 0;
    expand(file, Map.of(), 0, lines);
    return lines;
  }

  private void expand(
      ProjectFile file, Map<String, String> variables, int depth, List<SourceLine> lines) {
    int number = 0;
    for (String raw : file.text().lines().toList()) {
      number++;
      String text = number == 1 && raw.startsWith("\uFEFF") ? raw.substring(1) : raw;
      SourceLine line = new SourceLine(file.path(), number, substitute(text, variables));
      Matcher include = INCLUDE.matcher(line.text());
      if (include.matches()) {
        include(file, line, include.group(1), depth, lines);
      } else if (++count <= LINES_MAX) {
        lines.add(line);
      } else if (count == LINES_MAX + 1) {
        findings.error(line.at(1), "The file has more than " + LINES_MAX + " lines");
      }
    }
  }

  private void include(
      ProjectFile from, SourceLine line, String arguments, int depth, List<SourceLine> lines) {
    List<String> words = new ArrayList<>();
    Matcher word = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)").matcher(arguments);
    while (word.find() && !word.group().startsWith("#")) {
      words.add(
          Optional.ofNullable(word.group(1))
              .or(() -> Optional.ofNullable(word.group(2)))
              .orElseGet(word::group));
    }
    if (words.isEmpty()) {
      findings.error(line.at(1), "INCLUDE needs a file: INCLUDE \"path.incl\"");
      return;
    }
    Map<String, String> variables = new HashMap<>();
    for (String pair : words.subList(1, words.size())) {
      int equals = pair.indexOf('=');
      if (equals <= 0) {
        findings.error(line.at(1), "INCLUDE expects NAME=value, not '" + pair + "'");
        return;
      }
      variables.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    Optional<ProjectFile> included = find(from, words.getFirst());
    if (included.isEmpty()) {
      findings.error(
          line.at(1), "The included file '" + words.getFirst() + "' is not in the project");
    } else if (depth >= DEPTH_MAX) {
      findings.error(line.at(1), "INCLUDE goes deeper than " + DEPTH_MAX + " files");
    } else {
      expand(included.get(), variables, depth + 1, lines);
    }
  }

  private Optional<ProjectFile> find(ProjectFile from, String path) {
    String fromPath = from.path().replace('\\', '/');
    int slash = fromPath.lastIndexOf('/');
    String beside = slash < 0 ? path : fromPath.substring(0, slash + 1) + path;
    return Optional.ofNullable(files.get(normal(beside)))
        .or(() -> Optional.ofNullable(files.get(normal(path))))
        .filter(file -> file.extension().equals("incl"));
  }

  private static String normal(String path) {
    List<String> parts = new ArrayList<>();
    for (String part : path.replace('\\', '/').split("/")) {
      if (part.equals("..") && !parts.isEmpty()) {
        parts.removeLast();
      } else if (!part.isEmpty() && !part.equals(".") && !part.equals("..")) {
        parts.add(part);
      }
    }
    return String.join("/", parts).toLowerCase(Locale.ROOT);
  }

  private static String substitute(String text, Map<String, String> variables) {
    if (variables.isEmpty()) {
      return text;
    }
    return VARIABLE
        .matcher(text)
        .replaceAll(match -> {
          String name = Optional.ofNullable(match.group(1)).orElseGet(() -> match.group(2));
          return Matcher.quoteReplacement(variables.getOrDefault(name, match.group()));
        });
  }
}
