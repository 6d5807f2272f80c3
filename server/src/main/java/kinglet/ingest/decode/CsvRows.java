// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import kinglet.error.PlatformException;
import kinglet.type.Bytes;
import kinglet.type.Schema;

/// Walks over the lines of CSV text and reads their fields into columns. Owned by one decode.
final class CsvRows implements RowDecoder.Row {
  private final Columns columns;
  private final CsvDialect dialect;
  private final byte[] body;

  /// Which column each field of a line is for; -1 for none.
  private int[] order;

  private int next;
  private int start;
  private int end;

  /// The fields of the line under the cursor: where they stand in `text`.
  private final Bytes text = new Bytes(1024);

  private int[] from = new int[16];
  private int[] to = new int[16];
  private boolean[] quoted = new boolean[16];
  private boolean[] none = new boolean[16];
  private int fields;
  private boolean broken;

  private final boolean[] given;

  CsvRows(Columns columns, CsvDialect dialect, byte[] body, int begin) {
    this.columns = columns;
    this.dialect = dialect;
    this.body = body;
    this.next = begin;
    this.given = new boolean[columns.schema.size()];
    this.order = positions();
    int first = next;
    boolean header =
        switch (dialect.header()) {
          case DETECTED -> nextHeader() && isHeader();
          case PRESENT -> nextHeader();
          case ABSENT -> false;
        };
    if (header) {
      order = named();
    } else {
      next = first;
    }
  }

  /// By position, columns that no row carries left out.
  private int[] positions() {
    int[] positions = new int[columns.schema.size()];
    int count = 0;
    for (int column = 0; column < positions.length; column++) {
      if (!columns.unwritable.get(column)) {
        positions[count++] = column;
      }
    }
    return Arrays.copyOf(positions, count);
  }

  /// Moves to the header; a delimiter at its end says nothing.
  private boolean nextHeader() {
    boolean found = next();
    if (fields > 1 && isNothing(fields - 1)) {
      fields--;
    }
    return found;
  }

  private boolean isHeader() {
    for (int i = 0; i < fields; i++) {
      if (column(columns.schema, field(i)) < 0) {
        return false;
      }
    }
    return fields > 0;
  }

  /// The column a field of the header is for, by its name or by what the name became when the
  /// column was made from it; -1 for none.
  static int column(Schema schema, String header) {
    return schema.indexOf(header).orElseGet(() -> schema.indexOf(columnName(header)).orElse(-1));
  }

  /// A name of letters, digits and underscores for a field of the header.
  static String columnName(String header) {
    String name = header.strip().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
    return name.isEmpty() || Character.isDigit(name.charAt(0)) ? "c_" + name : name;
  }

  private int[] named() {
    int[] named = new int[fields];
    Set<String> names = new HashSet<>();
    for (int i = 0; i < fields; i++) {
      if (!names.add(field(i))) {
        throw new PlatformException(
            DecodeError.REPEATED_HEADER,
            "the header names the column '" + field(i) + "' twice; name each column once");
      }
      int column = column(columns.schema, field(i));
      named[i] = column >= 0 && columns.unwritable.get(column) ? -1 : column;
    }
    return named;
  }

  String field(int index) {
    return new String(text.array(), from[index], to[index] - from[index], StandardCharsets.UTF_8);
  }

  int fields() {
    return fields;
  }

  int expectedFields() {
    return order.length;
  }

  /// The column a field is for, or -1.
  int column(int field) {
    return order[field];
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  byte[] body() {
    return body;
  }

  /// Whether the line has quotes that do not end, or fields of another number.
  boolean isBroken() {
    return broken || fields != order.length && !isClosed();
  }

  /// Whether the last field is followed by one delimiter more, as some writers end their lines.
  private boolean isClosed() {
    return fields == order.length + 1 && isNothing(fields - 1);
  }

  /// Whether quotes of the line do not end, or something follows them.
  boolean isOpen() {
    return broken;
  }

  /// Whether a field is `\N`.
  boolean isNone(int field) {
    return none[field];
  }

  boolean isQuoted(int field) {
    return quoted[field];
  }

  /// Moves to the next line that is not empty.
  boolean next() {
    while (next < body.length && (body[next] == dialect.newline() || body[next] == '\r')) {
      next++;
    }
    if (next >= body.length) {
      return false;
    }
    start = next;
    fields = 0;
    broken = false;
    text.clear();
    boolean more = true;
    while (more) {
      more = readField();
    }
    end = next;
    if (next < body.length && body[next] == '\r') {
      next++;
    }
    if (next < body.length && body[next] == dialect.newline()) {
      next++;
    }
    return true;
  }

  private boolean isLineEnd(int at) {
    return body[at] == dialect.newline()
        || body[at] == '\r'
            && dialect.newline() == '\n'
            && (at + 1 == body.length || body[at + 1] == '\n');
  }

  /// Reads one field; answers whether another follows.
  private boolean readField() {
    if (fields == from.length) {
      from = Arrays.copyOf(from, fields * 2);
      to = Arrays.copyOf(to, fields * 2);
      quoted = Arrays.copyOf(quoted, fields * 2);
      none = Arrays.copyOf(none, fields * 2);
    }
    from[fields] = text.size();
    none[fields] = false;
    skipSpace();
    quoted[fields] = next < body.length && body[next] == dialect.quote();
    if (quoted[fields]) {
      next++;
      readQuoted();
      skipSpace();
      int behind = next;
      readPlain();
      broken |= next > behind;
    } else {
      readPlain();
    }
    to[fields++] = text.size();
    if (next < body.length && body[next] == dialect.delimiter()) {
      next++;
      return true;
    }
    return false;
  }

  private void skipSpace() {
    while (next < body.length && isSpace(body[next])) {
      next++;
    }
  }

  private boolean isSpace(byte b) {
    return (b == ' ' || b == '\t') && b != dialect.delimiter();
  }

  /// Reads up to what ends the field, without the space before that.
  private void readPlain() {
    int start = next;
    int run = next;
    while (next < body.length && body[next] != dialect.delimiter() && !isLineEnd(next)) {
      if (dialect.escape() != 0 && body[next] == dialect.escape() && next + 1 < body.length) {
        text.put(body, run, next - run);
        run = ++next;
      }
      next++;
    }
    int last = next;
    while (last > run && isSpace(body[last - 1])) {
      last--;
    }
    text.put(body, run, last - run);
    none[fields] = last == start + 2 && body[start] == '\\' && body[start + 1] == 'N';
  }

  private void readQuoted() {
    while (next < body.length) {
      byte current = body[next++];
      boolean another = next < body.length && body[next] == dialect.quote();
      if (dialect.escape() != 0 && current == dialect.escape() && next < body.length) {
        text.putByte(body[next++]);
      } else if (current == dialect.quote() && another) {
        text.putByte(current);
        next++;
      } else if (current == dialect.quote()) {
        return;
      } else {
        text.putByte(current);
      }
    }
    broken = true;
  }

  @Override
  public boolean read(RowColumns into) {
    Arrays.fill(given, false);
    if (isBroken()) {
      return false;
    }
    for (int i = 0; i < order.length; i++) {
      int column = order[i];
      if (column < 0 || isLacking(i)) {
        continue;
      }
      if (given[column]) {
        return false;
      }
      given[column] = true;
      if (into.omitted.get(column)) {
        continue;
      }
      if (none[i]) {
        into.readers[column].empty();
      } else if (!into.readers[column].text(text.array(), from[i], to[i])) {
        return false;
      }
    }
    return true;
  }

  private boolean isNothing(int field) {
    return to[field] == from[field] && !quoted[field];
  }

  /// Whether a field says that there is no value: `\N` where the column may not be NULL, or nothing
  /// at all where the column has a DEFAULT or may be NULL.
  private boolean isLacking(int field) {
    int column = order[field];
    return none[field] && !columns.nullable[column]
        || isNothing(field) && (columns.nullable[column] || columns.defaulted[column]);
  }

  @Override
  public boolean has(int column) {
    return given[column];
  }
}
