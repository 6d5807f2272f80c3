// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

/// How lines and values are separated and quoted.
///
/// @param escape the byte that takes the next one as it is, in quotes and outside; a doubled quote
///   in quotes always works; 0 for none
/// @param newline the byte that ends a line; before `\n` a `\r` belongs to it
public record CsvDialect(byte delimiter, byte quote, byte escape, byte newline, Header header) {
  public static final CsvDialect STANDARD =
      new CsvDialect((byte) ',', (byte) '"', (byte) 0, (byte) '\n', Header.DETECTED);

  /// The same where no line names columns.
  public CsvDialect withoutHeader() {
    return new CsvDialect(delimiter, quote, escape, newline, Header.ABSENT);
  }

  /// Whether the first line says which field is which column.
  public enum Header {
    /// It does if every field of it is a column's name.
    DETECTED,
    /// It does; fields under other names are passed over.
    PRESENT,
    /// It does not: fields follow the schema.
    ABSENT
  }
}
