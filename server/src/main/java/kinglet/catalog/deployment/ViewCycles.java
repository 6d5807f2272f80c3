// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import kinglet.catalog.PipeKind;
import kinglet.catalog.datafile.Findings;
import kinglet.catalog.datafile.NodeFile;
import kinglet.catalog.datafile.PipeFile;
import kinglet.catalog.datafile.Project;
import kinglet.error.PlatformException;
import kinglet.sql.SqlReferences;
import kinglet.sql.TableReference;

/// Finds pipes that read themselves, and views whose rows would come back to them.
final class ViewCycles {
  private final Findings findings;
  private final Project project;
  private final Map<String, Set<String>> reads = new HashMap<>();
  private final Map<String, PipeFile> files = new HashMap<>();

  ViewCycles(Project project, Findings findings) {
    this.project = project;
    this.findings = findings;
  }

  void run() {
    for (PipeFile pipe : project.pipes()) {
      files.put(pipe.name(), pipe);
      for (NodeFile node : pipe.nodes()) {
        reads.computeIfAbsent(pipe.name(), _ -> new LinkedHashSet<>()).addAll(names(node));
      }
      if (pipe.kind() instanceof PipeKind.Materialized view) {
        // Rows of the target come from the pipe.
        reads.computeIfAbsent(view.dataSource(), _ -> new LinkedHashSet<>()).add(pipe.name());
      }
    }
    Set<String> told = new HashSet<>();
    for (PipeFile pipe : project.pipes()) {
      if (reaches(pipe.name(), pipe.name(), new HashSet<>()) && told.add(pipe.name())) {
        findings.error(
            pipe.output().place(),
            "The pipe '"
                + pipe.name()
                + "' reads itself through "
                + String.join(", ", reads.getOrDefault(pipe.name(), Set.of())));
      }
    }
  }

  private static List<String> names(NodeFile node) {
    if (node.sql().startsWith("%")) {
      return List.of();
    }
    try {
      return SqlReferences.of(node.sql()).tables().stream()
          .filter(table -> table.database().isEmpty())
          .map(TableReference::name)
          .toList();
    } catch (PlatformException e) {
      return List.of();
    }
  }

  private boolean reaches(String from, String goal, Set<String> seen) {
    for (String next : reads.getOrDefault(from, Set.of())) {
      if (next.equals(goal) || (seen.add(next) && reaches(next, goal, seen))) {
        return true;
      }
    }
    return false;
  }
}
