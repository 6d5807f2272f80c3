// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import kinglet.type.Block;
import kinglet.type.ByteRun;
import kinglet.type.Bytes;
import kinglet.type.Column;
import kinglet.type.Schema;
import org.jspecify.annotations.Nullable;

/// Rows that did not fit: every value as text, and for each column that refused it the reason.
///
/// This is the slow way, taken again from the row's bytes only after it was refused.
public final class QuarantineRows {
  /// How a quarantined row looks: the reasons, then the data source's own columns as text.
  public static Schema schema(Schema schema) {
    List<Column> columns = new ArrayList<>();
    columns.add(Column.of("c__error_column", "Array(String)"));
    columns.add(Column.of("c__error", "Array(String)"));
    columns.add(Column.of("c__import_id", "Nullable(String)"));
    for (Column column : schema.columns()) {
      columns.add(Column.of(column.name(), "Nullable(String)"));
    }
    return new Schema(columns);
  }

  private final Columns columns;
  private final Schema schema;
  private final List<Bytes> streams = new ArrayList<>();
  private final JsonCursor cursor = new JsonCursor();
  private int rows;
  private int invalidLines;

  QuarantineRows(Columns columns) {
    this.columns = columns;
    this.schema = schema(columns.schema);
    int count = schema.columns().stream().mapToInt(column -> column.type().streams()).sum();
    for (int i = 0; i < count; i++) {
      streams.add(new Bytes(64));
    }
  }

  int rows() {
    return rows;
  }

  int invalidLines() {
    return invalidLines;
  }

  void clear() {
    rows = 0;
    invalidLines = 0;
    streams.forEach(Bytes::clear);
  }

  Optional<Block> block() {
    if (rows == 0) {
      return Optional.empty();
    }
    List<List<ByteRun>> runs = new ArrayList<>();
    for (Bytes stream : streams) {
      runs.add(List.of(new ByteRun(stream.array(), 0, stream.size())));
    }
    return Optional.of(new Block(schema, rows, new BitSet(), runs));
  }

  /// A reason, and the column it is about; no name when it is about the whole row.
  private record Reason(String column, String text) {}

  /// Keeps a line that is not even a row.
  void invalid(byte[] body, int from, int to, String why) {
    invalidLines++;
    Reason reason = new Reason("", why + ": " + string(body, from, to));
    add(List.of(reason), new @Nullable String[columns.schema.size()]);
  }

  /// @param refusal why the row is here although its values fit
  void json(byte[] body, int from, int to, @Nullable String refusal) {
    cursor.open(body, from, to);
    cursor.skipSpace();
    boolean object = cursor.peek() == '{';
    boolean whole = object && cursor.skipValue();
    int end = cursor.position;
    cursor.skipSpace();
    if (!whole || cursor.position < to) {
      invalid(
          body,
          from,
          to,
          object
              ? "invalid JSON near byte " + (Math.min(end, to) - from + 1)
              : "the line is not a JSON object");
      return;
    }
    Found found = new Found(columns.schema.size());
    cursor.open(body, from, to);
    cursor.skipSpace();
    String shape = collect(columns.root, found);
    if (shape != null) {
      invalid(body, from, to, shape);
      return;
    }
    List<Reason> reasons = new ArrayList<>();
    @Nullable String[] values = new @Nullable String[columns.schema.size()];
    for (int column = 0; column < values.length; column++) {
      if (!columns.unwritable.get(column)) {
        judge(column, body, found, reasons, values);
      }
    }
    if (reasons.isEmpty()) {
      reasons.add(
          new Reason("", refusal == null ? "the row cannot be read as one JSON object" : refusal));
    }
    add(reasons, values);
  }

  /// Where the values of a row stand.
  private static final class Found {
    private final int[] from;
    private final int[] to;
    private final boolean[] twice;

    Found(int count) {
      from = new int[count];
      to = new int[count];
      twice = new boolean[count];
      java.util.Arrays.fill(from, -1);
    }

    void put(int column, int start, int end) {
      twice[column] |= from[column] >= 0;
      from[column] = start;
      to[column] = end;
    }
  }

  /// Notes the values in the object under the cursor; answers what is wrong with its form.
  private @Nullable String collect(PathNode node, Found found) {
    int start = cursor.position;
    if (!cursor.skipValue()) {
      return "invalid JSON";
    }
    int end = cursor.position;
    for (int column : node.columns) {
      found.put(column, start, end);
    }
    if (node.children.length == 0 || cursor.bytes[start] != '{') {
      return null;
    }
    cursor.position = start + 1;
    if (cursor.accept('}')) {
      return null;
    }
    do {
      cursor.skipSpace();
      if (cursor.peek() != '"' || !cursor.string()) {
        return "invalid JSON: a key was expected";
      }
      int child = node.find(cursor.scalar, cursor.from, cursor.to);
      if (!cursor.accept(':')) {
        return "invalid JSON: ':' was expected";
      }
      cursor.skipSpace();
      if (child >= 0) {
        String wrong = collect(node.children[child], found);
        if (wrong != null) {
          return wrong;
        }
      } else if (!cursor.skipValue()) {
        return "invalid JSON";
      }
    } while (cursor.accept(','));
    return cursor.accept('}') ? null : "invalid JSON: ',' or '}' was expected";
  }

  private void judge(
      int column, byte[] body, Found found, List<Reason> reasons, @Nullable String[] values) {
    String name = columns.schema.column(column).name();
    String type = columns.schema.column(column).type().sql();
    if (found.from[column] < 0) {
      if (!columns.nullable[column] && !columns.defaulted[column]) {
        reasons.add(new Reason(name, "the value of column '" + name + "' is missing"));
      }
      return;
    }
    JsonCursor value = new JsonCursor();
    value.open(body, found.from[column], found.to[column]);
    boolean isNull = value.acceptNull() && value.position == found.to[column];
    if (!isNull) {
      value.open(body, found.from[column], found.to[column]);
      values[column] =
          value.atQuote() && value.string()
              ? string(value.scalar, value.from, value.to)
              : string(body, found.from[column], found.to[column]);
    }
    if (found.twice[column]) {
      reasons.add(new Reason(name, "the value of column '" + name + "' is given twice"));
      return;
    }
    if (isNull && !columns.nullable[column]) {
      if (!columns.defaulted[column]) {
        reasons.add(new Reason(name, "value null on column '" + name + "' is not " + type));
      }
      return;
    }
    value.open(body, found.from[column], found.to[column]);
    ValueReader reader = Columns.reader(columns.schema.column(column));
    if (!reader.json(value) || value.position != found.to[column]) {
      reasons.add(new Reason(name, refused(values[column], name, type)));
    }
  }

  private static String refused(@Nullable String value, String name, String type) {
    return "value '" + value + "' on column '" + name + "' is not " + type;
  }

  /// @param refusal why the row is here although its values fit
  void csv(CsvRows line, @Nullable String refusal) {
    if (line.isBroken()) {
      String why =
          line.fields() == line.expectedFields()
              ? "a quoted value does not end where the next one begins"
              : line.fields() + " fields instead of " + line.expectedFields();
      invalid(line.body(), line.start(), line.end(), why);
      return;
    }
    List<Reason> reasons = new ArrayList<>();
    @Nullable String[] values = new @Nullable String[columns.schema.size()];
    for (int field = 0; field < line.expectedFields(); field++) {
      int column = line.column(field);
      if (column < 0) {
        continue;
      }
      String text = line.field(field);
      String name = columns.schema.column(column).name();
      String type = columns.schema.column(column).type().sql();
      boolean none = line.isNone(field);
      values[column] = none ? null : text;
      boolean lacking =
          none
              || text.isEmpty()
                  && !line.isQuoted(field)
                  && (columns.nullable[column] || columns.defaulted[column]);
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      boolean fits =
          lacking
              ? columns.nullable[column] || columns.defaulted[column]
              : Columns.reader(columns.schema.column(column)).text(bytes, 0, bytes.length);
      if (!fits) {
        reasons.add(new Reason(name, refused(text, name, type)));
      }
    }
    for (int column = 0; column < values.length; column++) {
      boolean required = !columns.nullable[column] && !columns.defaulted[column];
      if (!columns.unwritable.get(column) && required && !isGiven(line, column)) {
        String name = columns.schema.column(column).name();
        reasons.add(new Reason(name, "the value of column '" + name + "' is missing"));
      }
    }
    if (reasons.isEmpty()) {
      reasons.add(new Reason("", refusal == null ? "the line cannot be read" : refusal));
    }
    add(reasons, values);
  }

  private static boolean isGiven(CsvRows line, int column) {
    for (int field = 0; field < line.expectedFields(); field++) {
      if (line.column(field) == column) {
        return true;
      }
    }
    return false;
  }

  private void add(List<Reason> reasons, @Nullable String[] values) {
    streams.get(0).putVarint(reasons.size());
    streams.get(2).putVarint(reasons.size());
    for (Reason reason : reasons) {
      put(streams.get(1), reason.column());
      put(streams.get(3), reason.text());
    }
    int stream = 4;
    putNullable(stream, null);
    for (String value : values) {
      stream += 2;
      putNullable(stream, value);
    }
    rows++;
  }

  private void putNullable(int stream, @Nullable String value) {
    streams.get(stream).putByte(value == null ? 1 : 0);
    put(streams.get(stream + 1), value == null ? "" : value);
  }

  private static void put(Bytes stream, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    stream.putString(bytes, 0, bytes.length);
  }

  private static String string(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }
}
