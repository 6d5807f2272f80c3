// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.util.List;

/// How values look in SQL.
final class SqlText {
  /// What stands for a text while a template is checked.
  static final String PLACEHOLDER = Template.NO_VALUE;

  private SqlText() {}

  /// The value as the SQL says it.
  static String of(Value value) {
    return switch (value) {
      case Value.None _, Value.Undefined _ -> "NULL";
      case Value.Bool(boolean truth) -> truth ? "true" : "false";
      case Value.Int(var number) -> number.toString();
      case Value.Real(double number) -> PythonText.real(number);
      case Value.Text(String text) -> literal(text);
      case Value.Items(List<Value> values, _) -> sequence('[', values, ']');
      case Value.Pair(List<Value> values, _) -> sequence('(', values, ')');
      case Value.Dict dict -> literal(JsonText.write(dict));
      case Value.Open(String name) -> new OpenParameter(name, "String").sql();
      case Value.Typed typed -> typed.sql();
      case Value.Sql(String sql) -> sql;
    };
  }

  private static String sequence(char open, List<Value> values, char close) {
    StringBuilder sql = new StringBuilder().append(open);
    for (int i = 0; i < values.size(); i++) {
      if (i > 0) {
        sql.append(',');
      }
      sql.append(of(values.get(i)));
      Limits.text(sql.length());
    }
    return sql.append(close).toString();
  }

  /// The text as a string literal.
  static String literal(String text) {
    return literal(text, "");
  }

  /// The text as a string literal in which the characters of `plain` are not escaped, as far as
  /// they cannot end it.
  static String literal(String text, String plain) {
    StringBuilder sql = new StringBuilder(text.length() + 2).append('\'');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean needed = c == '\'' || c == '\\' || c < ' ';
      if (needed || plain.indexOf(c) < 0) {
        append(sql, c);
      } else {
        sql.append(c);
      }
    }
    return sql.append('\'').toString();
  }

  private static void append(StringBuilder sql, char c) {
    switch (c) {
      case '\\', '\'', '"', '`', '%' -> sql.append('\\').append(c);
      case 0 -> sql.append("\\0");
      case '\b' -> sql.append("\\b");
      case '\t' -> sql.append("\\t");
      case '\n' -> sql.append("\\n");
      case '\f' -> sql.append("\\f");
      case '\r' -> sql.append("\\r");
      default -> {
        if (c < ' ') {
          sql.append("\\x").append(hex(c >> 4)).append(hex(c & 15));
        } else {
          sql.append(c);
        }
      }
    }
  }

  private static char hex(int digit) {
    return Character.toUpperCase(Character.forDigit(digit, 16));
  }

  /// The name as one quoted identifier.
  static String name(String name) {
    if (name.isEmpty() || name.length() > Limits.NAME_CHARS_MAX) {
      throw TemplateFailures.argument(
          name.isEmpty()
              ? "a name in the SQL is empty; give the name of a column or table"
              : "a name in the SQL is longer than " + Limits.NAME_CHARS_MAX + " characters");
    }
    StringBuilder sql = new StringBuilder(name.length() + 2).append('`');
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c < ' ' || c == 0x7f) {
        throw TemplateFailures.argument("a name in the SQL has a control character");
      }
      if (c == '`' || c == '\\') {
        sql.append('\\');
      }
      sql.append(c);
    }
    return sql.append('`').toString();
  }

  /// The name as identifiers joined by dots.
  static String path(String name) {
    StringBuilder sql = new StringBuilder();
    for (String part : name.split("\\.", -1)) {
      sql.append(sql.isEmpty() ? "" : ".").append(name(part));
    }
    return sql.toString();
  }
}
