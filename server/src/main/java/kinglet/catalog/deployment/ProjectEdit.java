// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.datafile.FileKind;
import kinglet.catalog.datafile.ProjectFile;

/// The files of the live project on their way to the next deployment, as a call changes them.
///
/// @param renames new names by the names the resources have in the live deployment
public record ProjectEdit(List<ProjectFile> files, Map<String, String> renames) {
  public ProjectEdit {
    files = List.copyOf(files);
    renames = Map.copyOf(renames);
  }

  /// Begins with the files as they are.
  public static ProjectEdit of(List<ProjectFile> live) {
    return new ProjectEdit(live, Map.of());
  }

  /// The file that describes a resource.
  public Optional<ProjectFile> file(FileKind kind, String name) {
    return files.stream().filter(file -> describes(file, kind, name)).findFirst();
  }

  /// Adds the file of a resource, or replaces it where it lies.
  public ProjectEdit put(FileKind kind, String name, String text) {
    String path =
        file(kind, name).map(ProjectFile::path).orElse(kind.folder() + "/" + fileName(kind, name));
    List<ProjectFile> changed = new ArrayList<>(remove(kind, name).files);
    changed.add(new ProjectFile(path, text));
    return new ProjectEdit(changed, renames);
  }

  public ProjectEdit remove(FileKind kind, String name) {
    return new ProjectEdit(
        files.stream().filter(file -> !describes(file, kind, name)).toList(), renames);
  }

  /// Gives resources of one kind other names at once; each keeps its identity and its rows.
  public ProjectEdit rename(FileKind kind, Map<String, String> names) {
    List<ProjectFile> changed = new ArrayList<>();
    for (ProjectFile file : files) {
      String name = file.resourceName();
      String next = names.get(name);
      if (next != null && describes(file, kind, name)) {
        String folder = file.path().substring(0, file.path().length() - file.fileName().length());
        changed.add(new ProjectFile(folder + fileName(kind, next), file.text()));
      } else {
        changed.add(file);
      }
    }
    Map<String, String> all = new LinkedHashMap<>(renames);
    all.putAll(names);
    return new ProjectEdit(changed, all);
  }

  private static boolean describes(ProjectFile file, FileKind kind, String name) {
    return file.extension().equals(kind.word()) && file.resourceName().equals(name);
  }

  private static String fileName(FileKind kind, String name) {
    return name + "." + kind.word();
  }
}
