// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.List;
import java.util.Optional;
import kinglet.catalog.Finding;

/// All files of a project, read.
public record Project(
    List<DataSourceFile> dataSources,
    List<PipeFile> pipes,
    List<ConnectionFile> connections,
    List<MonitorFile> monitors,
    List<Finding> findings) {
  public Project {
    dataSources = List.copyOf(dataSources);
    pipes = List.copyOf(pipes);
    connections = List.copyOf(connections);
    monitors = List.copyOf(monitors);
    findings = List.copyOf(findings);
  }

  public Optional<DataSourceFile> dataSource(String name) {
    return dataSources.stream().filter(file -> file.name().equals(name)).findFirst();
  }

  public Optional<PipeFile> pipe(String name) {
    return pipes.stream().filter(file -> file.name().equals(name)).findFirst();
  }

  public boolean hasErrors() {
    return findings.stream().anyMatch(finding -> finding.level() == Finding.Level.ERROR);
  }
}
