// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import kinglet.type.Schema;

/// The fields of CSV lines as they stand, for whoever knows no schema yet.
public final class CsvFields {
  private final CsvRows rows;

  public CsvFields(byte[] text, CsvDialect dialect) {
    CsvDialect plain =
        new CsvDialect(
            dialect.delimiter(),
            dialect.quote(),
            dialect.escape(),
            dialect.newline(),
            CsvDialect.Header.ABSENT);
    this.rows = new CsvRows(new Columns(Schema.of()), plain, text, RowDecoder.startOf(text));
  }

  /// Moves to the next line that is not empty.
  public boolean next() {
    return rows.next();
  }

  public int size() {
    return rows.fields();
  }

  public String field(int index) {
    return rows.field(index);
  }

  /// Whether a field says that there is no value.
  public boolean isNone(int index) {
    return rows.isNone(index) || rows.field(index).isEmpty() && !rows.isQuoted(index);
  }

  /// Whether quotes of the line do not end.
  public boolean isOpen() {
    return rows.isOpen();
  }

  /// Whether every field of the line names a column.
  public boolean name(Schema schema) {
    for (int i = 0; i < size(); i++) {
      if (CsvRows.column(schema, field(i)) < 0) {
        return false;
      }
    }
    return size() > 0;
  }

  /// The name a column has for a field of the header that is no name: in lower case, letters,
  /// digits and underscores.
  public static String columnName(String header) {
    return CsvRows.columnName(header);
  }
}
