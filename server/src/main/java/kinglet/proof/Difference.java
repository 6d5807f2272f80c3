// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

/// A value that is not what it should be.
///
/// @param from what says otherwise
/// @param made the case in which it is seen
/// @param column the place of the column; -1 for the status
record Difference(From from, Case made, Read read, int column, String actual, String expected) {
  /// What an answer is held against.
  enum From {
    MODEL("the recomputation from all events"),
    CLICK_HOUSE("ClickHouse over the stored rows"),
    WINDOWS("ClickHouse's own windows over the stored rows"),
    OTHER_CUT("the same events, cut into other batches, shards and restarts"),
    TYPES("the type that ClickHouse gives");

    private final String text;

    From(String text) {
      this.text = text;
    }
  }

  String text() {
    return (column < 0 ? "The status" : made.columnSql(column))
        + " of "
        + made.keys().get(read.key())
        + " at "
        + read.micros()
        + " is\n  "
        + actual
        + "\nand by "
        + from.text
        + "\n  "
        + expected
        + "\n\n"
        + made.text();
  }
}
