// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.io.IOException;
import java.util.Optional;
import kinglet.catalog.DataSource;
import kinglet.catalog.Resources;
import kinglet.catalog.replacement.Exchanges;
import kinglet.catalog.replacement.Replacement;
import kinglet.catalog.replacement.Replacements;
import kinglet.error.PlatformException;
import kinglet.ingest.FileImport;

/// Imports a file in the place of rows.
public final class Replacing {
  private final Replacements replacements;
  private final FileImport imports;

  public Replacing(Replacements replacements, FileImport imports) {
    this.replacements = replacements;
    this.imports = imports;
  }

  /// Which rows a caller wants replaced.
  ///
  /// @param condition as qualified SQL; none for all rows
  /// @param whenEmpty whether a file without rows replaces them by nothing
  record Wanted(Optional<String> condition, boolean whenEmpty, boolean skipsViews) {
    static Wanted of(Parameters given, Optional<String> condition) {
      return new Wanted(
          condition,
          given.isSet("replace_truncate_when_empty"),
          given.isSet("skip_incompatible_partition_key"));
    }
  }

  /// Accepts a file's rows into a data source and answers when they are stored.
  @FunctionalInterface
  interface Import {
    ImportOutcome into(DataSource target) throws IOException;
  }

  /// What became of a replacement that an earlier process began.
  Exchanges.Ending ending(String id) {
    return replacements.ending(id);
  }

  /// What became of the rows; until they are whole, readers see the old ones.
  ImportOutcome run(Resources resources, String id, DataSource source, Wanted wanted, Import file)
      throws IOException {
    Replacement replacement =
        replacements.begin(
            resources, id, source, wanted.condition(), wanted.skipsViews(), imports.position());
    try {
      ImportOutcome outcome = file.into(replacement.staged());
      if (replacements.rows(replacement) == 0 && !wanted.whenEmpty()) {
        throw new PlatformException(
            HttpError.INVALID_REQUEST,
            "the file has no row that fits, so nothing was replaced;"
                + " replace_truncate_when_empty=true replaces by nothing");
      }
      replacements.finish(resources.workspace(), replacement);
      return outcome;
    } catch (IOException | RuntimeException e) {
      replacements.forget(replacement);
      throw e;
    }
  }
}
