// SPDX-License-Identifier: Apache-2.0
package kinglet.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// The tables of the page on compatibility: names, whether they work, and a note.
///
/// With `-Ddocs.write=true` the tables of [#hasExactly] are brought up to date: names that are no
/// longer known go, new ones come as "not yet" until somebody says what they do.
public final class CompatibilityPage {
  private static final Path PAGE = Path.of("../docs/compatibility.md");
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");
  private static final String RULE = "| --- |";

  /// A line of a table; `state` is the second cell, `note` what follows.
  public record Row(List<String> names, String state, List<String> rest) {
    public boolean offered() {
      return state.equals("works") || state.equals("differs");
    }

    private String line() {
      String note = rest.getFirst().isEmpty() ? "" : rest.getFirst() + " ";
      return "| `" + String.join("` `", names) + "` | " + state + " | " + note + "|";
    }
  }

  private CompatibilityPage() {}

  private static List<String> lines() {
    try {
      return Files.readAllLines(PAGE);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// The headings of the third level under one of the second, such as `HTTP calls`.
  public static List<String> sections(String chapter) {
    List<String> sections = new ArrayList<>();
    boolean inside = false;
    for (String line : lines()) {
      if (line.startsWith("## ")) {
        inside = line.equals("## " + chapter);
      } else if (inside && line.startsWith("### ")) {
        sections.add(line.substring(4));
      }
    }
    return sections;
  }

  /// The first table under a heading.
  public static List<Row> rows(String heading) {
    List<String> lines = lines();
    List<Row> rows = new ArrayList<>();
    for (int at = start(lines, heading); isRow(lines, at); at++) {
      rows.add(row(lines.get(at)));
    }
    return rows;
  }

  private static boolean isRow(List<String> lines, int at) {
    return at < lines.size() && lines.get(at).startsWith("|");
  }

  /// The index of the line after the head of the table.
  private static int start(List<String> lines, String heading) {
    int at = lines.indexOf("### " + heading);
    if (at < 0) {
      at = lines.indexOf("## " + heading);
    }
    assertThat(at).as("the page has the heading %s", heading).isNotNegative();
    while (!lines.get(at).startsWith(RULE)) {
      at++;
    }
    return at + 1;
  }

  private static Row row(String line) {
    String[] cells = line.strip().split("(?<!\\\\)\\|", -1);
    List<String> rest = new ArrayList<>();
    for (int i = 3; i < cells.length - 1; i++) {
      rest.add(cells[i].strip());
    }
    List<String> names = NAME.matcher(cells[1]).results().map(found -> found.group(1)).toList();
    return new Row(names, cells[2].strip(), rest);
  }

  /// All names a table gives, those left out that are not planned.
  public static Set<String> names(String heading) {
    Set<String> names = new LinkedHashSet<>();
    for (Row row : rows(heading)) {
      if (!row.state().equals("not planned")) {
        names.addAll(row.names());
      }
    }
    return names;
  }

  /// What the table under a heading says is offered, or will be, is what the code knows.
  public static void hasExactly(String heading, Collection<String> known) {
    if (Boolean.getBoolean("docs.write")) {
      write(heading, known);
    }
    assertThat(names(heading)).containsExactlyInAnyOrderElementsOf(known);
    for (Row row : rows(heading)) {
      assertThat(row.state()).isIn("works", "differs", "not yet", "not planned");
      if (row.state().equals("not planned")) {
        assertThat(known).doesNotContainAnyElementsOf(row.names());
      }
    }
  }

  private static void write(String heading, Collection<String> known) {
    List<String> lines = new ArrayList<>(lines());
    int start = start(lines, heading);
    int end = start;
    Set<String> missing = new TreeSet<>(known);
    List<String> table = new ArrayList<>();
    while (isRow(lines, end)) {
      Row row = row(lines.get(end));
      List<String> kept = row.names().stream().filter(known::contains).toList();
      boolean refused = row.state().equals("not planned");
      if (refused || !kept.isEmpty()) {
        table.add(refused ? lines.get(end) : new Row(kept, row.state(), row.rest()).line());
      }
      missing.removeAll(row.names());
      end++;
    }
    missing.forEach(name -> table.add(new Row(List.of(name), "not yet", List.of("")).line()));
    lines.subList(start, end).clear();
    lines.addAll(start, table);
    try {
      Files.write(PAGE, lines);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
