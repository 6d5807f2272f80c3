// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kinglet.catalog.Finding;
import kinglet.catalog.ResourceName;

/// Reads all files of a project.
///
/// Files of other kinds are passed over; `.incl` files are read where they are included.
public final class ProjectReader {
  private final boolean unknownIsWarning;

  /// @param unknownIsWarning whether an unknown instruction is a warning instead of an error
  public ProjectReader(boolean unknownIsWarning) {
    this.unknownIsWarning = unknownIsWarning;
  }

  public Project read(List<ProjectFile> files) {
    Findings findings = new Findings(files);
    Includes includes = new Includes(files, findings);
    List<DataSourceFile> dataSources = new ArrayList<>();
    List<PipeFile> pipes = new ArrayList<>();
    List<ConnectionFile> connections = new ArrayList<>();
    List<MonitorFile> monitors = new ArrayList<>();
    Map<String, String> pathByName = new HashMap<>();
    for (ProjectFile file : files) {
      Optional<FileKind> kind = FileKind.of(file);
      if (kind.isEmpty()) {
        continue;
      }
      checkName(file, kind.get(), pathByName, findings);
      List<SourceLine> lines = includes.expand(file);
      List<Statement> statements =
          new StatementReader(kind.get(), lines, unknownIsWarning, findings).readAll();
      switch (kind.get()) {
        case DATASOURCE -> dataSources.add(new DataSourceReader(file, findings).read(statements));
        case PIPE -> pipes.add(new PipeReader(file, findings).read(statements));
        case CONNECTION -> connections.add(new ConnectionReader(file, findings).read(statements));
        case MONITOR ->
            monitors.add(new MonitorReader(file, findings).read(statements, text(lines)));
      }
    }
    checkGroups(dataSources, findings);
    return new Project(dataSources, pipes, connections, monitors, findings.all());
  }

  /// The text of a resource's file with what it includes; nothing without such a file.
  public static Optional<String> expanded(FileKind kind, String name, List<ProjectFile> files) {
    return files.stream()
        .filter(file -> file.resourceName().equals(name) && file.extension().equals(kind.word()))
        .findFirst()
        .map(file -> text(new Includes(files, new Findings(files)).expand(file)));
  }

  private static String text(List<SourceLine> lines) {
    return lines.stream().map(line -> line.text() + "\n").collect(Collectors.joining());
  }

  /// Two readers of one topic in one group would each get a part of the messages.
  private static void checkGroups(List<DataSourceFile> dataSources, Findings findings) {
    Map<List<String>, String> nameByGroup = new HashMap<>();
    for (DataSourceFile file : dataSources) {
      List<String> group =
          Stream.of("KAFKA_CONNECTION_NAME", "KAFKA_TOPIC", "KAFKA_GROUP_ID")
              .map(key -> file.settings().getOrDefault(key, ""))
              .toList();
      String other = group.contains("") ? null : nameByGroup.putIfAbsent(group, file.name());
      if (other != null) {
        findings.error(
            file.place("KAFKA_GROUP_ID"),
            "The data source '"
                + other
                + "' reads the same topic in the group '"
                + group.getLast()
                + "'; give this one a group of its own");
      }
    }
  }

  /// Monitors have names of their own: one may be called as what it watches.
  private static void checkName(
      ProjectFile file, FileKind kind, Map<String, String> pathByName, Findings findings) {
    Place start = new Place(file.path(), 1, 1);
    String name = file.resourceName();
    ResourceName.problem(name).ifPresent(problem -> findings.error(start, problem));
    String taken = kind == FileKind.MONITOR ? name + "." + kind.word() : name;
    String other = pathByName.putIfAbsent(taken, file.path());
    if (other != null) {
      findings.add(
          Finding.error(
              file.path(),
              "The name '"
                  + name
                  + "' is taken by "
                  + other
                  + "; names are unique in a workspace"));
    }
  }
}
