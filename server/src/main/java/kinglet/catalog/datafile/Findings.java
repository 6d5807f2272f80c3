// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kinglet.catalog.Finding;

/// Collects what is wrong with files, and shows each place with the two lines before it.
public final class Findings {
  private static final int CONTEXT_LINES = 2;
  private static final int COUNT_MAX = 1_000;

  private final Map<String, List<String>> lines = new HashMap<>();
  private final List<Finding> all = new ArrayList<>();

  public Findings(List<ProjectFile> files) {
    files.forEach(file -> lines.put(file.path(), file.text().lines().toList()));
  }

  public void error(Place place, String message) {
    add(Finding.Level.ERROR, place, message);
  }

  public void warning(Place place, String message) {
    add(Finding.Level.WARNING, place, message);
  }

  /// Adds something that concerns no line in particular.
  public void add(Finding finding) {
    if (all.size() < COUNT_MAX) {
      all.add(finding);
    }
  }

  private void add(Finding.Level level, Place place, String message) {
    add(new Finding(level, place.path(), place.line(), place.column(), message, context(place)));
  }

  public boolean hasErrors() {
    return all.stream().anyMatch(finding -> finding.level() == Finding.Level.ERROR);
  }

  public List<Finding> all() {
    return List.copyOf(all);
  }

  private String context(Place place) {
    List<String> text = lines.getOrDefault(place.path(), List.of());
    StringBuilder shown = new StringBuilder();
    int first = Math.max(1, place.line() - CONTEXT_LINES);
    for (int line = first; line <= place.line() && line <= text.size(); line++) {
      shown.append(line).append(": ").append(text.get(line - 1)).append('\n');
    }
    if (!shown.isEmpty() && place.line() <= text.size()) {
      int indent = Integer.toString(place.line()).length() + 2 + place.column() - 1;
      shown.append(" ".repeat(Math.min(indent, 500))).append('^');
    }
    return shown.toString();
  }
}
