// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import kinglet.catalog.DataSource;

/// Decodes the rows of one body and makes them durable; safe from any thread.
///
/// `server` joins ingestion and the journal to it.
@FunctionalInterface
public interface RowIntake {
  /// How the rows of a body are written.
  enum Format {
    /// One JSON object a line.
    NDJSON,
    /// One JSON object, however many lines it takes.
    JSON,
    /// Comma-separated values, with or without a line of names.
    CSV
  }

  /// What became of a body's rows; sequence numbers are those of the journal.
  record Taken(long successfulRows, long quarantinedRows, long firstSeq, long lastSeq) {}

  /// Returns when every row is durable, good or quarantined.
  Taken take(DataSource source, byte[] body, Format format);
}
