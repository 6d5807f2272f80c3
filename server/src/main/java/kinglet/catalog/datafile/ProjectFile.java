// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

/// One file of a project, as it was sent.
///
/// @param path relative to the project, such as `datasources/events.datasource`
public record ProjectFile(String path, String text) {
  /// The file's name without folders.
  public String fileName() {
    return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  }

  /// The file's name without folders and extension: the resource's name.
  public String resourceName() {
    String name = fileName();
    int dot = name.lastIndexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }

  /// What follows the last dot, in lower case; empty without one.
  public String extension() {
    String name = fileName();
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(java.util.Locale.ROOT);
  }
}
