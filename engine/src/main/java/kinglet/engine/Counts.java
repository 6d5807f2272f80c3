// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

/// What the library counted for one statement.
record Counts(
    long readRows,
    long readBytes,
    long writtenRows,
    long writtenBytes,
    long resultRows,
    long resultBytes,
    long elapsedNanos) {

  static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0);

  /// The value of the header `X-ClickHouse-Summary`.
  String summary() {
    return "{\"read_rows\":\""
        + readRows
        + "\",\"read_bytes\":\""
        + readBytes
        + "\",\"written_rows\":\""
        + writtenRows
        + "\",\"written_bytes\":\""
        + writtenBytes
        + "\",\"total_rows_to_read\":\"0\",\"result_rows\":\""
        + resultRows
        + "\",\"result_bytes\":\""
        + resultBytes
        + "\",\"elapsed_ns\":\""
        + elapsedNanos
        + "\"}";
  }
}
