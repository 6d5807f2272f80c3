// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads and writes JSON values of parameters. Owned by one thread.
final class JsonText {
  private static final int DEPTH_MAX = 50;
  private static final int SHOWN_CHARS = 16;

  private final String text;
  private int at;

  private JsonText(String text) {
    this.text = text;
  }

  /// Reads one JSON value.
  static Value read(String text) {
    JsonText reader = new JsonText(text);
    try {
      reader.skipSpace();
      Value value = reader.value(0);
      reader.skipSpace();
      if (reader.at < text.length()) {
        throw reader.problem("Extra data");
      }
      return value;
    } catch (JsonProblem problem) {
      String shown = text.length() > SHOWN_CHARS ? text.substring(0, SHOWN_CHARS) + "..." : text;
      throw TemplateFailures.argument(
          "Error parsing JSON: '" + shown + "' - " + problem.getMessage());
    }
  }

  private static final class JsonProblem extends Exception {
    private static final long serialVersionUID = 1;

    JsonProblem(String message) {
      super(message, null, false, false);
    }
  }

  private JsonProblem problem(String what) {
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < Math.min(at, text.length()); i++) {
      if (text.charAt(i) == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    return new JsonProblem(
        what + ": line " + line + " column " + (at - lineStart + 1) + " (char " + at + ")");
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private Value value(int depth) throws JsonProblem {
    if (depth > DEPTH_MAX) {
      throw problem("Nested deeper than " + DEPTH_MAX);
    }
    char c = at < text.length() ? text.charAt(at) : '\0';
    return switch (c) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> Value.of(string());
      case 't' -> word("true", Value.of(true));
      case 'f' -> word("false", Value.of(false));
      case 'n' -> word("null", Value.NONE);
      default -> number();
    };
  }

  private Value word(String word, Value value) throws JsonProblem {
    if (!text.startsWith(word, at)) {
      throw problem("Expecting value");
    }
    at += word.length();
    return value;
  }

  private Value object(int depth) throws JsonProblem {
    Map<Value, Value> fields = new LinkedHashMap<>();
    at++;
    skipSpace();
    if (taken('}')) {
      return Value.Dict.of(fields);
    }
    while (true) {
      skipSpace();
      if (at >= text.length() || text.charAt(at) != '"') {
        throw problem("Expecting property name enclosed in double quotes");
      }
      String name = string();
      skipSpace();
      if (!taken(':')) {
        throw problem("Expecting ':' delimiter");
      }
      skipSpace();
      fields.put(Value.of(name), value(depth + 1));
      Limits.items(fields.size());
      skipSpace();
      if (taken('}')) {
        return Value.Dict.of(fields);
      }
      if (!taken(',')) {
        throw problem("Expecting ',' delimiter");
      }
    }
  }

  private Value array(int depth) throws JsonProblem {
    List<Value> values = new ArrayList<>();
    at++;
    skipSpace();
    if (taken(']')) {
      return Value.Items.of(values);
    }
    while (true) {
      skipSpace();
      values.add(value(depth + 1));
      Limits.items(values.size());
      skipSpace();
      if (taken(']')) {
        return Value.Items.of(values);
      }
      if (!taken(',')) {
        throw problem("Expecting ',' delimiter");
      }
    }
  }

  private boolean taken(char c) {
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private String string() throws JsonProblem {
    int start = at++;
    StringBuilder value = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return value.toString();
      }
      if (c < ' ') {
        at--;
        throw problem("Invalid control character at");
      }
      value.append(c == '\\' ? escape() : c);
    }
    at = start;
    throw problem("Unterminated string starting at");
  }

  private char escape() throws JsonProblem {
    char c = at < text.length() ? text.charAt(at++) : '\0';
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode();
      default -> {
        at -= 2;
        throw problem("Invalid \\escape");
      }
    };
  }

  private char unicode() throws JsonProblem {
    int code = 0;
    for (int i = 0; i < 4; i++) {
      int digit = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
      if (digit < 0) {
        throw problem("Invalid \\uXXXX escape");
      }
      code = code * 16 + digit;
      at++;
    }
    return (char) code;
  }

  private Value number() throws JsonProblem {
    int start = at;
    if (at < text.length() && text.charAt(at) == '-') {
      at++;
    }
    int digits = digits();
    boolean leadingZero = digits > 1 && text.charAt(at - digits) == '0';
    if (digits == 0 || leadingZero) {
      at = start;
      throw problem("Expecting value");
    }
    boolean real = false;
    if (at + 1 < text.length() && text.charAt(at) == '.' && isDigit(text.charAt(at + 1))) {
      at++;
      real = digits() > 0;
    }
    if (at < text.length() && (text.charAt(at) | 32) == 'e') {
      int exponent = at++;
      if (at < text.length() && "+-".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
      if (digits() == 0) {
        at = exponent;
      } else {
        real = true;
      }
    }
    String number = text.substring(start, at);
    if (number.length() > 1_000) {
      throw problem("Number of more than 1000 digits");
    }
    return real
        ? new Value.Real(Double.parseDouble(number))
        : Operations.integer(new BigInteger(number));
  }

  private int digits() {
    int start = at;
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
    return at - start;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /// The value as JSON.
  static String write(Value value) {
    StringBuilder json = new StringBuilder();
    write(json, value);
    return json.toString();
  }

  private static void write(StringBuilder json, Value value) {
    Limits.text(json.length());
    switch (value.plain()) {
      case Value.None _, Value.Undefined _ -> json.append("null");
      case Value.Bool(boolean truth) -> json.append(truth);
      case Value.Int(BigInteger number) -> json.append(number);
      case Value.Real(double number) -> json.append(PythonText.real(number));
      case Value.Text(String text) -> quote(json, text);
      case Value.Items(List<Value> values, _) -> sequence(json, values);
      case Value.Pair(List<Value> values, _) -> sequence(json, values);
      case Value.Dict(Map<Value, Value> values, _) -> {
        json.append('{');
        String separator = "";
        for (Map.Entry<Value, Value> entry : values.entrySet()) {
          json.append(separator);
          quote(json, PythonText.str(entry.getKey()));
          write(json.append(": "), entry.getValue());
          separator = ", ";
        }
        json.append('}');
      }
      case Value.Typed _, Value.Open _, Value.Sql _ -> throw Operations.onlyWritten();
    }
  }

  private static void sequence(StringBuilder json, List<Value> values) {
    json.append('[');
    for (int i = 0; i < values.size(); i++) {
      write(json.append(i > 0 ? ", " : ""), values.get(i));
    }
    json.append(']');
  }

  private static void quote(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int escape = "\"\\\b\f\n\r\t".indexOf(c);
      if (escape >= 0) {
        json.append('\\').append("\"\\bfnrt".charAt(escape));
      } else if (c < ' ') {
        json.append("\\u00")
            .append(Character.forDigit(c >> 4, 16))
            .append(Character.forDigit(c & 15, 16));
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }
}
