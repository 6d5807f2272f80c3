// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import kinglet.clickhouse.ClickHouse;
import kinglet.ingest.FileFormat;
import kinglet.ingest.FileImport;
import kinglet.ingest.decode.CsvDialect;
import kinglet.ingest.file.ParquetFile;
import kinglet.ingest.infer.Analysis;
import kinglet.ingest.infer.SchemaInference;

/// Guesses the columns of files: of text from its beginning, of Parquet from what it says itself.
public final class FileAnalysis {
  private static final int SAMPLE_BYTES = 8 << 20;
  private static final int SAMPLE_ROWS = 10_000;
  private static final int PREVIEW_ROWS = 10;

  private final ClickHouse clickHouse;
  private final FileImport imports;

  public FileAnalysis(ClickHouse clickHouse, FileImport imports) {
    this.clickHouse = clickHouse;
    this.imports = imports;
  }

  /// What was found, and how many bytes of the file were looked at.
  ///
  /// @param dialect how the file is written if it is CSV
  record Found(Analysis analysis, long bytes, CsvDialect dialect) {}

  /// Looks at a file of text.
  ///
  /// @param said how CSV is written, if the caller says so
  Found text(FileFormat format, InputStream bytes, Optional<CsvDialect> said, boolean guessTypes)
      throws IOException {
    byte[] sample = bytes.readNBytes(SAMPLE_BYTES);
    boolean complete = sample.length < SAMPLE_BYTES;
    SchemaInference inference = new SchemaInference(SAMPLE_ROWS, guessTypes);
    CsvDialect dialect = said.orElseGet(() -> SchemaInference.dialect(sample, complete));
    return new Found(
        format == FileFormat.CSV
            ? inference.csv(sample, complete, dialect)
            : inference.json(sample, complete),
        sample.length,
        dialect);
  }

  /// Looks at a Parquet file that is kept under a name.
  Found parquet(String name) throws IOException {
    ParquetFile file = new ParquetFile(clickHouse, imports.files(), name);
    return new Found(
        SchemaInference.typed(file.columns(), file.count(), file.head(PREVIEW_ROWS)),
        imports.files().length(name),
        CsvDialect.STANDARD);
  }
}
