// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

/// How values are separated and quoted.
///
/// @param escape the byte before a quote inside quotes; a doubled quote always works; 0 for none
public record CsvDialect(byte delimiter, byte quote, byte escape) {
  public static final CsvDialect STANDARD = new CsvDialect((byte) ',', (byte) '"', (byte) 0);
}
