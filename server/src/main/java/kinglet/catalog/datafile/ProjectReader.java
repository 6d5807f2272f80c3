// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    Map<String, String> pathByName = new HashMap<>();
    for (ProjectFile file : files) {
      Optional<FileKind> kind = FileKind.of(file);
      if (kind.isEmpty()) {
        continue;
      }
      checkName(file, pathByName, findings);
      List<Statement> statements =
          new StatementReader(kind.get(), includes.expand(file), unknownIsWarning, findings)
              .readAll();
      switch (kind.get()) {
        case DATASOURCE -> dataSources.add(new DataSourceReader(file, findings).read(statements));
        case PIPE -> pipes.add(new PipeReader(file, findings).read(statements));
        case CONNECTION -> connections.add(new ConnectionReader(file, findings).read(statements));
      }
    }
    return new Project(dataSources, pipes, connections, findings.all());
  }

  private static void checkName(
      ProjectFile file, Map<String, String> pathByName, Findings findings) {
    Place start = new Place(file.path(), 1, 1);
    String name = file.resourceName();
    ResourceName.problem(name).ifPresent(problem -> findings.error(start, problem));
    String other = pathByName.putIfAbsent(name, file.path());
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
