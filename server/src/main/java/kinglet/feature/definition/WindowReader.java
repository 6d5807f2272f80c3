// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.definition;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import kinglet.sql.TokenKind;

/// Reads one definition of a WINDOW clause.
final class WindowReader {
  /// The last rows a window may hold.
  private static final int ROWS_MAX = 100_000;

  private final Cursor cursor;

  WindowReader(Cursor cursor) {
    this.cursor = cursor;
  }

  /// `name AS (PARTITION BY … ORDER BY … frame)`.
  Window read() {
    int offset = cursor.offset();
    String name = cursor.name("the name of a window");
    cursor.expectWord("AS");
    cursor.expect(TokenKind.OPEN_ROUND, "( after AS");
    cursor.expectWord("PARTITION", "BY");
    List<String> partition = new ArrayList<>();
    do {
      partition.add(column("a column of ENTITY after PARTITION BY"));
    } while (cursor.take(TokenKind.COMMA));
    cursor.expectWord("ORDER", "BY");
    String order = column("the column of EVENT_TIME after ORDER BY");
    if (cursor.word().equals("DESC")) {
      throw new DefinitionProblem(
          cursor.offset(), "Windows are in the order of time: leave DESC out");
    }
    boolean unused = cursor.take("ASC");
    Frame frame = frame();
    boolean excludes = excludesGroup();
    cursor.expect(TokenKind.CLOSE_ROUND, ") at the end of the window");
    return new Window(name, partition, order, frame, excludes, Optional.empty(), offset);
  }

  /// A column, with or without the name of its table.
  private String column(String what) {
    String name = cursor.name(what);
    return cursor.take(TokenKind.DOT) ? cursor.name(what) : name;
  }

  /// Without a frame, SQL means RANGE UNBOUNDED PRECEDING.
  private Frame frame() {
    int offset = cursor.offset();
    if (cursor.take("RANGE")) {
      return bounds(offset, false);
    }
    if (cursor.take("ROWS")) {
      return bounds(offset, true);
    }
    if (cursor.word().equals("GROUPS")) {
      throw new DefinitionProblem(offset, "GROUPS frames are not offered: use RANGE or ROWS");
    }
    return new Frame.Unbounded();
  }

  private Frame bounds(int offset, boolean rows) {
    boolean between = cursor.take("BETWEEN");
    Frame frame = start(offset, rows);
    if (between) {
      cursor.expectWord("AND");
      int end = cursor.offset();
      if (!cursor.take("CURRENT", "ROW")) {
        throw new DefinitionProblem(
            end, "A window ends at the time of the read: write AND CURRENT ROW");
      }
    }
    return frame;
  }

  private Frame start(int offset, boolean rows) {
    if (cursor.take("UNBOUNDED", "PRECEDING")) {
      return new Frame.Unbounded();
    }
    if (cursor.take("CURRENT", "ROW")) {
      return rows ? new Frame.Rows(0) : new Frame.Range(0);
    }
    if (rows) {
      long count = cursor.number("how many rows, such as ROWS BETWEEN 9 PRECEDING AND CURRENT ROW");
      if (count >= ROWS_MAX) {
        throw new DefinitionProblem(
            offset, "A ROWS window holds at most " + ROWS_MAX + " events, not " + (count + 1));
      }
      preceding();
      return new Frame.Rows((int) count);
    }
    return new Frame.Range(interval());
  }

  private long interval() {
    if (cursor.kind() == TokenKind.NUMBER) {
      throw new DefinitionProblem(
          cursor.offset(), "A RANGE of time is an interval: write INTERVAL 1 HOUR PRECEDING");
    }
    cursor.expectWord("INTERVAL");
    long count = cursor.number("how many, such as INTERVAL 1 HOUR");
    int offset = cursor.offset();
    String unit = cursor.name("a unit such as HOUR");
    OptionalLong micros = micros(count, unit, offset);
    if (micros.isEmpty()) {
      throw new DefinitionProblem(
          offset,
          switch (unit.toUpperCase(java.util.Locale.ROOT)) {
            case "MONTH", "QUARTER", "YEAR" ->
                unit + " has no fixed length: write days, such as INTERVAL 30 DAY";
            default ->
                unit
                    + " is no unit of a window: use MICROSECOND, MILLISECOND, SECOND, MINUTE, HOUR,"
                    + " DAY or WEEK";
          });
    }
    preceding();
    return micros.getAsLong();
  }

  private static OptionalLong micros(long count, String unit, int offset) {
    try {
      return Span.micros(count, unit);
    } catch (ArithmeticException _) {
      throw new DefinitionProblem(offset, "The window is longer than 290,000 years");
    }
  }

  private void preceding() {
    if (cursor.word().equals("FOLLOWING")) {
      throw new DefinitionProblem(
          cursor.offset(), "A feature knows nothing of the future: write PRECEDING");
    }
    cursor.expectWord("PRECEDING");
  }

  private boolean excludesGroup() {
    int offset = cursor.offset();
    if (!cursor.take("EXCLUDE")) {
      return false;
    }
    if (cursor.take("GROUP")) {
      return true;
    }
    if (cursor.take("NO", "OTHERS")) {
      return false;
    }
    throw new DefinitionProblem(
        offset,
        "A read has no row of its own: EXCLUDE GROUP leaves out the events at exactly its time");
  }
}
