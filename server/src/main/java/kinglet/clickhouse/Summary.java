// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

/// What ClickHouse counted for one statement, as far as it was known when the answer began.
public record Summary(
    long readRows,
    long readBytes,
    long writtenRows,
    long writtenBytes,
    long resultRows,
    long resultBytes,
    long elapsedNanos) {

  public static final Summary NONE = new Summary(0, 0, 0, 0, 0, 0, 0);

  /// Reads the value of the header `X-ClickHouse-Summary`: a flat object of quoted numbers.
  static Summary parse(String header) {
    return new Summary(
        number(header, "read_rows"),
        number(header, "read_bytes"),
        number(header, "written_rows"),
        number(header, "written_bytes"),
        number(header, "result_rows"),
        number(header, "result_bytes"),
        number(header, "elapsed_ns"));
  }

  private static long number(String header, String name) {
    int at = header.indexOf('"' + name + '"');
    if (at < 0) {
      return 0;
    }
    int start = at + name.length() + 2;
    while (start < header.length() && !Character.isDigit(header.charAt(start))) {
      start++;
    }
    int end = start;
    while (end < header.length() && Character.isDigit(header.charAt(end))) {
      end++;
    }
    try {
      return start == end ? 0 : Long.parseUnsignedLong(header, start, end, 10);
    } catch (NumberFormatException _) {
      return 0;
    }
  }
}
