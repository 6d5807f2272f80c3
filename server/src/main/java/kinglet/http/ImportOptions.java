// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import kinglet.error.PlatformException;
import kinglet.ingest.EventIngest;
import kinglet.ingest.FileFormat;
import kinglet.ingest.decode.CsvDialect;
import kinglet.type.Known;

/// What a caller says of the file it imports.
///
/// @param format how its rows are written; without it the file's name and first bytes tell
/// @param known from when on its rows count as known
/// @param arguments the same as the caller gave it, for a job to be read again
record ImportOptions(
    Optional<FileFormat> format, CsvDialect dialect, Known known, Map<String, String> arguments) {
  private static final List<String> NAMES =
      List.of(
          "mode",
          "url",
          "replace_condition",
          "replace_truncate_when_empty",
          "skip_incompatible_partition_key",
          "known_at",
          "format",
          "dialect_delimiter",
          "dialect_quotechar",
          "dialect_escapechar",
          "dialect_new_line",
          "dialect_header");

  static ImportOptions of(Parameters given) {
    Map<String, String> arguments = new LinkedHashMap<>();
    for (String name : NAMES) {
      given.first(name).ifPresent(value -> arguments.put(name, value));
    }
    Optional<FileFormat> format =
        given
            .first("format")
            .filter(name -> !name.isBlank())
            .map(name ->
                FileFormat.find(name)
                    .orElseThrow(() ->
                        new PlatformException(
                            HttpError.INVALID_REQUEST,
                            "format='" + name + "' is neither csv, ndjson nor parquet")));
    return new ImportOptions(
        format, Dialects.of(given), Known.of(given.first("known_at")), arguments);
  }

  /// The dialect, if the caller says anything of it.
  Optional<CsvDialect> saidDialect() {
    boolean said = arguments.keySet().stream().anyMatch(name -> name.startsWith("dialect_"));
    return said ? Optional.of(dialect) : Optional.empty();
  }

  /// The same for a file that was looked at.
  ImportOptions with(FileFormat found, CsvDialect guessed) {
    Map<String, String> all = new LinkedHashMap<>(arguments);
    all.put("format", found.name().toLowerCase(Locale.ROOT));
    all.putIfAbsent("dialect_delimiter", String.valueOf((char) guessed.delimiter()));
    return of(all);
  }

  static ImportOptions of(Map<String, String> arguments) {
    return of(Parameters.of(arguments));
  }

  /// How a file of this format is read as text.
  EventIngest.Reading reading(FileFormat found) {
    EventIngest.Format text =
        switch (found) {
          case CSV -> EventIngest.Format.CSV;
          case NDJSON -> EventIngest.Format.NDJSON;
          case PARQUET -> throw new IllegalStateException("Parquet is not text");
        };
    return new EventIngest.Reading(text, dialect, known);
  }
}
