// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import kinglet.error.PlatformException;
import kinglet.type.DataType;
import org.jspecify.annotations.Nullable;

/// Reads the columns of a SCHEMA block.
///
/// ```
/// column  = name [type] { json path | DEFAULT expression | CODEC(…) }
/// ```
final class SchemaReader {
  private static final int COLUMNS_MAX = 2_000;
  private static final Pattern JSON_PATH =
      Pattern.compile("\\$(\\.[^.\\[\\]\\s]+|\\.?\\['[^']*'\\]|\\.?\\[\"[^\"]*\"\\]|\\[:\\])*");

  private final BlockScanner in;

  SchemaReader(Statement.Block block) {
    this.in = new BlockScanner(block.lines());
  }

  /// The columns of a text written by [SchemaText].
  static List<ColumnFile> parse(String path, String text) {
    List<SourceLine> lines = new ArrayList<>();
    text.lines().forEach(line -> lines.add(new SourceLine(path, lines.size() + 1, line)));
    return new SchemaReader(new Statement.Block(lines)).read();
  }

  List<ColumnFile> read() {
    List<ColumnFile> columns = new ArrayList<>();
    Set<String> names = new HashSet<>();
    in.skipBlank();
    while (!in.atEnd()) {
      ColumnFile column = column();
      if (!names.add(column.name())) {
        throw new DatafileProblem(
            column.place(), "The column '" + column.name() + "' stands twice");
      }
      if (columns.size() >= COLUMNS_MAX) {
        throw new DatafileProblem(
            column.place(), "A data source has at most " + COLUMNS_MAX + " columns");
      }
      columns.add(column);
      in.skipBlank();
      if (!in.atEnd()) {
        if (in.peek() != ',') {
          throw new DatafileProblem(in.place(), "Expected a comma between columns");
        }
        in.skip(1);
        in.skipBlank();
      }
    }
    return columns;
  }

  private ColumnFile column() {
    Place place = in.place();
    String name = name();
    if (name.isEmpty()) {
      throw new DatafileProblem(place, "Column name and either type or DEFAULT are required");
    }
    in.skipBlank();
    DataType type = null;
    if (!in.atEnd() && in.peek() != ',' && in.peek() != '`' && !keyword()) {
      type = type(name);
    }
    String jsonPath = null;
    String defaultExpression = null;
    String codec = null;
    in.skipBlank();
    while (!in.atEnd() && in.peek() != ',') {
      Place here = in.place();
      if (in.looksAt("`json:") || in.looksAt("`jsonpath:") || in.looksAt("json:")) {
        jsonPath = once(jsonPath, jsonPath(), here, "JSON path");
      } else if (in.looksAtWord("DEFAULT")) {
        in.skip("DEFAULT".length());
        defaultExpression = once(defaultExpression, defaultExpression(here), here, "DEFAULT");
      } else if (in.looksAtWord("CODEC")) {
        in.skip("CODEC".length());
        codec = once(codec, codec(here), here, "CODEC");
      } else {
        throw unexpected(here);
      }
      in.skipBlank();
    }
    if (type == null && defaultExpression == null) {
      throw new DatafileProblem(place, "Column name and either type or DEFAULT are required");
    }
    return new ColumnFile(name, type, jsonPath, defaultExpression, codec, place);
  }

  private static String once(@Nullable String before, String value, Place place, String what) {
    if (before != null) {
      throw new DatafileProblem(place, "A column has one " + what + " only");
    }
    return value;
  }

  private String name() {
    if (in.peek() == '`') {
      return in.quoted("Expected closing backtick");
    }
    if (in.peek() == '"') {
      return in.quoted("Expected closing quote");
    }
    int from = in.offset();
    while (!in.atEnd() && !Character.isWhitespace(in.peek()) && ",`\"'()".indexOf(in.peek()) < 0) {
      in.skip(1);
    }
    return in.substring(from, in.offset());
  }

  private boolean keyword() {
    return in.looksAtWord("DEFAULT")
        || in.looksAtWord("CODEC")
        || in.looksAtWord("MATERIALIZED")
        || in.looksAtWord("ALIAS")
        || in.looksAtWord("EPHEMERAL")
        || in.looksAtWord("TTL")
        || in.looksAtWord("NULL")
        || in.looksAtWord("NOT");
  }

  /// A word, and the brackets after it.
  private DataType type(String column) {
    Place place = in.place();
    int from = in.offset();
    while (!in.atEnd() && BlockScanner.isWordPart(in.peek())) {
      in.skip(1);
    }
    int end = in.offset();
    in.skipBlank();
    if (!in.atEnd() && in.peek() == '(') {
      in.skipUnit();
      end = in.offset();
    } else {
      in.moveTo(end);
    }
    if (end == from) {
      throw unexpected(place);
    }
    String text = in.substring(from, end);
    try {
      return DataType.parse(text.replaceAll("\\s+", " "));
    } catch (PlatformException e) {
      throw new DatafileProblem(
          place, "The column '" + column + "' has no valid type: " + e.text());
    }
  }

  private String jsonPath() {
    Place place = in.place();
    String text;
    if (in.peek() == '`') {
      text = in.quoted("Expected closing backtick");
    } else {
      int from = in.offset();
      while (!in.atEnd() && !Character.isWhitespace(in.peek()) && in.peek() != ',') {
        in.skip(1);
      }
      text = in.substring(from, in.offset());
    }
    String path = text.substring(text.indexOf(':') + 1).strip();
    if (!JSON_PATH.matcher(path).matches()) {
      throw new DatafileProblem(
          place,
          "The JSON path '" + path + "' is not valid: write $ and then .key, .['key'] or [:]");
    }
    return path;
  }

  private String defaultExpression(Place place) {
    in.skipBlank();
    int from = in.offset();
    int end = from;
    while (!in.atEnd() && in.peek() != ',' && !endsExpression()) {
      boolean blank = Character.isWhitespace(in.peek());
      in.skipUnit();
      end = blank ? end : in.offset();
    }
    if (end == from) {
      throw new DatafileProblem(place, "Missing mandatory value for DEFAULT");
    }
    return in.substring(from, end).strip();
  }

  private boolean endsExpression() {
    return in.looksAt("`json:")
        || in.looksAt("`jsonpath:")
        || in.looksAtWord("CODEC")
        || in.looksAtWord("TTL")
        || in.looksAtWord("MATERIALIZED")
        || in.looksAtWord("DEFAULT");
  }

  private String codec(Place place) {
    in.skipBlank();
    if (in.atEnd() || in.peek() != '(') {
      throw new DatafileProblem(place, "Missing mandatory value for CODEC");
    }
    int from = in.offset();
    in.skipUnit();
    String codec = in.substring(from + 1, in.offset() - 1).strip();
    if (codec.isEmpty()) {
      throw new DatafileProblem(place, "Missing mandatory value for CODEC");
    }
    return codec;
  }

  private DatafileProblem unexpected(Place place) {
    if (in.looksAtWord("MATERIALIZED")) {
      return new DatafileProblem(place, "MATERIALIZED columns are not supported");
    }
    if (in.looksAtWord("ALIAS")) {
      return new DatafileProblem(place, "ALIAS columns are not supported");
    }
    if (in.looksAtWord("EPHEMERAL")) {
      return new DatafileProblem(place, "EPHEMERAL columns are not supported");
    }
    if (in.looksAtWord("TTL")) {
      return new DatafileProblem(place, "column TTL is not supported");
    }
    if (in.looksAtWord("NULL")) {
      return new DatafileProblem(
          place, "NULL column syntax not supported, use Nullable(...) instead");
    }
    if (in.looksAtWord("NOT")) {
      return new DatafileProblem(
          place, "NOT NULL column syntax not supported, a type is not nullable by itself");
    }
    int from = in.offset();
    while (!in.atEnd() && !Character.isWhitespace(in.peek()) && in.peek() != ',') {
      in.skip(1);
    }
    return new DatafileProblem(
        place,
        "Unexpected '"
            + in.substring(from, in.offset())
            + "': a column is its name, its type, then `json:...`, DEFAULT and CODEC");
  }
}
