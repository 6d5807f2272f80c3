// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

/// What a `.pipe` file says of one node.
///
/// @param sqlPlace where the first line of its SQL stands
public record NodeFile(String name, String description, String sql, Place place, Place sqlPlace) {
  /// The place of an offset in the SQL, as far as lines are kept.
  public Place placeOf(int offset) {
    String before = sql.substring(0, Math.min(offset, sql.length()));
    int line = (int) before.chars().filter(c -> c == '\n').count();
    int column = before.length() - before.lastIndexOf('\n') - 1;
    return new Place(
        sqlPlace.path(),
        sqlPlace.line() + line,
        (line == 0 ? sqlPlace.column() : indent()) + column);
  }

  /// The first line has lost its indentation; the others as much of it.
  private int indent() {
    int own = 0;
    while (own < sql.length() && sql.charAt(own) == ' ') {
      own++;
    }
    return Math.max(1, sqlPlace.column() - own);
  }
}
