// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.Catalog;
import kinglet.catalog.Workspace;
import kinglet.catalog.datafile.DataSourceFile;
import kinglet.catalog.datafile.Findings;
import kinglet.catalog.datafile.Place;
import kinglet.catalog.datafile.Project;

/// Finds the workspaces that `SHARED_WITH` names.
record ShareLines(Catalog catalog, Findings findings) {
  /// The ids of the workspaces each data source is shared with, where there are some. What branches
  /// say is only read: they share nothing.
  Map<String, List<String>> of(Workspace origin, Project project) {
    Map<String, List<String>> shares = new LinkedHashMap<>();
    for (DataSourceFile file : project.dataSources()) {
      List<String> ids = new ArrayList<>();
      for (String name : file.sharedWith()) {
        found(origin, name, file.place("SHARED_WITH")).map(Workspace::id).ifPresent(ids::add);
      }
      if (!ids.isEmpty() && !origin.isBranch()) {
        shares.put(file.name(), ids.stream().distinct().sorted().toList());
      }
    }
    return shares;
  }

  private Optional<Workspace> found(Workspace origin, String name, Place place) {
    Optional<Workspace> found = catalog.workspace(name).filter(other -> !other.isBranch());
    if (found.isEmpty()) {
      findings.warning(
          place,
          "The workspace '"
              + name
              + "' does not exist: nothing is shared with it; make it, and deploy again");
    }
    if (found.filter(other -> other.id().equals(origin.mainId())).isPresent()) {
      findings.error(
          place, "The workspace '" + name + "' has the data source already: it is its own");
    }
    return found;
  }
}
