// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import kinglet.catalog.DataSource;

/// A data source as the file a client pulls.
public final class DataSourceExport {
  private static final Pattern INCLUDE = Pattern.compile("(?im)^\\s*INCLUDE\\s");

  private DataSourceExport() {}

  /// The file as it was sent; written anew where it stands on other files, or where there is none.
  public static String text(DataSource source, List<ProjectFile> files) {
    Optional<ProjectFile> sent =
        files.stream()
            .filter(file ->
                file.resourceName().equals(source.name())
                    && file.extension().equals(FileKind.DATASOURCE.word()))
            .findFirst();
    if (sent.isEmpty()) {
      return DataSourceText.of(source).toString();
    }
    String text = sent.get().text();
    if (INCLUDE.matcher(text).find()) {
      return DataSourceText.of(source.name(), files)
          .orElseGet(() -> DataSourceText.of(source))
          .toString();
    }
    return (text.startsWith("\uFEFF") ? text.substring(1) : text).strip() + "\n";
  }
}
