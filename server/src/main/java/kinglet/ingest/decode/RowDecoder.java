// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import kinglet.error.PlatformException;
import kinglet.type.Block;
import kinglet.type.Schema;

/// Decodes bodies into blocks of one schema. Not thread-safe; made once, used for many bodies.
///
/// Rows that leave different columns to their DEFAULT go into different blocks, since one insert
/// names its columns once.
public final class RowDecoder {
  private static final int BLOCKS_MAX = 64;
  private static final long RETAINED_BYTES_MAX = 16L << 20;

  private final Columns columns;
  private final DecodeLimits limits;
  private final Map<BitSet, RowColumns> groups = new LinkedHashMap<>();
  private final JsonRowReader json;
  private final QuarantineRows quarantine;

  private RowColumns current;
  private int rows;
  private Map<Integer, String> refused = Map.of();

  public RowDecoder(Schema schema, DecodeLimits limits) {
    this.columns = new Columns(schema);
    this.limits = limits;
    this.current = group(columns.unwritable);
    this.json = new JsonRowReader(columns, current);
    this.quarantine = new QuarantineRows(columns);
  }

  /// What became of a body. The blocks share the decoder's buffers: encode them before the next
  /// body.
  public record Decoded(
      List<Group> groups,
      Optional<Block> quarantine,
      long successfulRows,
      long quarantinedRows,
      long invalidLines) {
    /// The blocks of the rows that fit.
    public List<Block> rows() {
      return groups.stream().map(Group::block).toList();
    }
  }

  /// Rows that leave out the same columns.
  ///
  /// @param number the number in the body, from 1, of each row of the block
  public record Group(Block block, IntUnaryOperator number) {}

  /// Says which rows of the bodies that follow belong in quarantine although their values fit.
  ///
  /// @param reasons by the number of the row, as [Group#number()] gave it
  public void refuse(Map<Integer, String> reasons) {
    refused = reasons;
  }

  /// Decodes JSON objects; none goes on over the end of its line, empty lines are passed over.
  public Decoded ndjson(byte[] body) {
    begin();
    int from = startOf(body);
    while (from < body.length) {
      int to = JsonCursor.lineEnd(body, from);
      if (!isBlank(body, from, to)) {
        line(body, from, to);
      }
      from = to + 1;
    }
    return end();
  }

  /// Decodes a document: one JSON object over any number of lines, or an array of objects.
  public Decoded json(byte[] body) {
    begin();
    JsonCursor cursor = new JsonCursor();
    cursor.open(body, startOf(body), body.length);
    cursor.skipSpace();
    boolean array = cursor.peek() == '[' && cursor.accept('[');
    do {
      cursor.skipSpace();
      int from = cursor.position;
      if (from == body.length || array && cursor.peek() == ']') {
        break;
      }
      if (cursor.peek() != '{' || !cursor.skipValue()) {
        invalid(body, from, body.length, "it is not a JSON object");
        return end();
      }
      if (isRow(body, from, cursor.position)) {
        jsonRow(body, from, cursor.position);
      }
    } while (array ? cursor.accept(',') : cursor.position < body.length);
    if (array) {
      boolean closed = cursor.accept(']');
      cursor.skipSpace();
      if (!closed || cursor.position < body.length) {
        invalid(body, cursor.position, body.length, "the array of rows does not end there");
      }
    }
    return end();
  }

  /// Decodes comma-separated values. A first line of column names says which field is which;
  /// without it fields follow the schema.
  public Decoded csv(byte[] body, CsvDialect dialect) {
    begin();
    CsvRows lines = new CsvRows(columns, dialect, body, startOf(body));
    while (lines.next()) {
      boolean row = isRow(body, lines.start(), lines.end());
      if (row && !place(lines)) {
        quarantine.csv(lines, refused.get(rows));
      }
    }
    return end();
  }

  static int startOf(byte[] body) {
    boolean mark =
        body.length >= 3
            && body[0] == (byte) 0xEF
            && body[1] == (byte) 0xBB
            && body[2] == (byte) 0xBF;
    return mark ? 3 : 0;
  }

  private static boolean isBlank(byte[] body, int from, int to) {
    for (int i = from; i < to; i++) {
      if (body[i] != ' ' && body[i] != '\t' && body[i] != '\r') {
        return false;
      }
    }
    return true;
  }

  /// Counts a row; false, and the row is in quarantine, if it is too long.
  private boolean isRow(byte[] body, int from, int to) {
    if (++rows > limits.rowsMax()) {
      throw new PlatformException(
          DecodeError.TOO_MANY_ROWS,
          "the body has more than " + limits.rowsMax() + " rows; send it in several requests");
    }
    if (to - from <= limits.rowBytesMax()) {
      return true;
    }
    quarantine.invalid(
        body, from, to, "the row has " + (to - from) + " bytes, more than " + limits.rowBytesMax());
    return false;
  }

  /// A line is one row, or several with or without commas behind them.
  private void line(byte[] body, int from, int to) {
    if (!isRow(body, from, to)) {
      return;
    }
    json.open(body, from, to);
    if (place(json)) {
      return;
    }
    int[] ends = ends(body, from, to);
    if (ends.length == 0) {
      quarantine.json(body, from, to, null);
    }
    int start = from;
    for (int i = 0; i < ends.length; i++) {
      if (i == 0 || isRow(body, start, ends[i])) {
        jsonRow(body, start, ends[i]);
      }
      start = body[Math.min(ends[i], to - 1)] == ',' ? ends[i] + 1 : ends[i];
    }
  }

  private void jsonRow(byte[] body, int from, int to) {
    json.open(body, from, to);
    if (!place(json)) {
      quarantine.json(body, from, to, refused.get(rows));
    }
  }

  /// Where the objects of a line end, up to a comma; nothing if it holds anything else.
  private static int[] ends(byte[] body, int from, int to) {
    JsonCursor cursor = new JsonCursor();
    cursor.open(body, from, to);
    IntStream.Builder ends = IntStream.builder();
    do {
      cursor.skipSpace();
      if (cursor.position == to) {
        break;
      }
      if (cursor.peek() != '{' || !cursor.skipValue()) {
        return new int[0];
      }
      cursor.skipSpace();
      ends.add(cursor.position);
    } while (cursor.accept(',') || cursor.position < to);
    return ends.build().toArray();
  }

  /// One row that can be read into columns, again and again.
  interface Row {
    /// Reads the row's values; false if one does not fit.
    boolean read(RowColumns into);

    /// Whether the row gave a column a value when it was read last.
    boolean has(int column);
  }

  /// Writes a row into the block that leaves out what the row lacks; most rows lack what the row
  /// before lacked.
  private boolean place(Row row) {
    if (refused.containsKey(rows)) {
      return false;
    }
    current.begin();
    if (!row.read(current)) {
      current.undo();
      return false;
    }
    if (fill(row, current)) {
      current.end(rows);
      return true;
    }
    current.undo();
    BitSet omitted = (BitSet) columns.unwritable.clone();
    for (int column = 0; column < columns.nullable.length; column++) {
      if (!row.has(column) && columns.defaulted[column] && columns.literals[column] == null) {
        omitted.set(column);
      }
    }
    return !omitted.equals(current.omitted) && placeIn(group(omitted), row);
  }

  private boolean placeIn(RowColumns other, Row row) {
    other.begin();
    if (row.read(other) && fill(row, other)) {
      other.end(rows);
      current = other;
      return true;
    }
    other.undo();
    return false;
  }

  /// The row is complete when what it lacks is where it belongs: literals and NULLs are written,
  /// columns left to ClickHouse are just those the block leaves out.
  private boolean fill(Row row, RowColumns into) {
    for (int column = 0; column < columns.nullable.length; column++) {
      boolean misplaced =
          into.omitted.get(column)
              ? row.has(column) && !columns.unwritable.get(column)
              : !row.has(column) && !lack(column, into);
      if (misplaced) {
        return false;
      }
    }
    return true;
  }

  private boolean lack(int column, RowColumns into) {
    byte[] literal = columns.literals[column];
    if (literal != null) {
      return into.readers[column].text(literal, 0, literal.length);
    }
    if (columns.defaulted[column] || !columns.nullable[column]) {
      return false;
    }
    into.readers[column].empty();
    return true;
  }

  private void invalid(byte[] body, int from, int to, String reason) {
    rows++;
    quarantine.invalid(body, from, to, reason);
  }

  private RowColumns group(BitSet omitted) {
    RowColumns known = groups.get(omitted);
    if (known != null) {
      return known;
    }
    if (groups.size() >= BLOCKS_MAX) {
      throw new PlatformException(
          DecodeError.TOO_MANY_SHAPES,
          "the rows leave out more than "
              + BLOCKS_MAX
              + " different sets of columns; send them in several requests");
    }
    RowColumns group = new RowColumns(columns.schema, omitted);
    groups.put((BitSet) omitted.clone(), group);
    return group;
  }

  private void begin() {
    rows = 0;
    quarantine.clear();
    groups.values().forEach(RowColumns::clear);
  }

  private Decoded end() {
    List<Group> filled = new ArrayList<>(groups.size());
    long successful = 0;
    for (RowColumns group : groups.values()) {
      if (group.rows() > 0) {
        filled.add(new Group(group.block(), group::number));
        successful += group.rows();
      }
    }
    return new Decoded(
        filled, quarantine.block(), successful, quarantine.rows(), quarantine.invalidLines());
  }

  /// Whether the decoder is worth keeping: not after very large bodies or odd ones.
  public boolean isReusable() {
    long retained = 0;
    for (RowColumns group : groups.values()) {
      retained += group.sizeBytes();
    }
    return retained <= RETAINED_BYTES_MAX && groups.size() < BLOCKS_MAX / 2;
  }
}
