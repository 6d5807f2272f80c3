// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.util.ArrayList;
import java.util.List;

/// Cuts the text of a template into literals and tags. Owned by one thread.
final class TagScanner {
  private final String text;
  private final List<Tag> tags = new ArrayList<>();
  private final StringBuilder literal = new StringBuilder();
  private int literalLine = 1;
  private int at;
  private int line = 1;
  private int counted;

  private TagScanner(String text) {
    this.text = text;
  }

  static List<Tag> scan(String text) {
    TagScanner scanner = new TagScanner(text);
    scanner.run();
    return scanner.tags;
  }

  private void run() {
    while (at < text.length()) {
      int brace = text.indexOf('{', at);
      if (brace < 0 || brace + 1 >= text.length()) {
        literal(text.length());
        break;
      }
      char mark = text.charAt(brace + 1);
      if (mark != '{' && mark != '%' && mark != '#') {
        literal(brace + 1);
      } else if (mark == '{' && text.startsWith("{{{", brace)) {
        // Of three braces the inner two are the tag.
        literal(brace + 1);
      } else if (text.startsWith("!", brace + 2)) {
        literal(brace + 2);
        at++;
      } else {
        literal(brace);
        tag(mark);
      }
    }
    flush();
  }

  private void literal(int end) {
    if (literal.isEmpty()) {
      literalLine = lineAt(at);
    }
    literal.append(text, at, end);
    at = end;
  }

  private void flush() {
    if (!literal.isEmpty()) {
      tags.add(new Tag(Tag.Kind.LITERAL, literal.toString(), literalLine));
      literal.setLength(0);
    }
  }

  private int lineAt(int offset) {
    while (counted < offset) {
      if (text.charAt(counted++) == '\n') {
        line++;
      }
    }
    return line;
  }

  private void tag(char mark) {
    int tagLine = lineAt(at);
    int start = at + 2;
    if (mark == '#') {
      int end = text.indexOf("#}", start);
      if (end < 0) {
        throw TemplateFailures.syntax(tagLine, "Missing end comment #} at line " + tagLine);
      }
      at = end + 2;
      return;
    }
    String close = mark == '{' ? "}}" : "%}";
    int end = end(start, close);
    if (end < 0) {
      throw TemplateFailures.syntax(
          tagLine,
          mark == '{'
              ? "Missing end expression }} at line " + tagLine
              : "Missing end block %} at line " + tagLine);
    }
    flush();
    String inner = text.substring(start, end).strip();
    if (inner.isEmpty()) {
      throw TemplateFailures.syntax(
          tagLine,
          mark == '{'
              ? "Empty expression at line " + tagLine
              : "Empty block tag ({% %}) at line " + tagLine);
    }
    tags.add(new Tag(mark == '{' ? Tag.Kind.WRITE : Tag.Kind.STATEMENT, inner, tagLine));
    at = end + 2;
  }

  /// Where the tag closes: outside strings and brackets, or the first mark if there is none.
  private int end(int start, String close) {
    int first = text.indexOf(close, start);
    int depth = 0;
    int i = start;
    while (first >= 0 && i < text.length()) {
      char c = text.charAt(i);
      if (c == '\'' || c == '"') {
        i = afterString(i, c);
        if (i < 0) {
          return first;
        }
        continue;
      }
      if (depth == 0 && text.startsWith(close, i)) {
        return i;
      }
      if (c == '(' || c == '[' || c == '{') {
        depth++;
      } else if (c == ')' || c == ']' || c == '}') {
        depth--;
        if (depth < 0) {
          return first;
        }
      }
      i++;
    }
    return first;
  }

  private int afterString(int start, char quote) {
    int i = start + 1;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == quote) {
        return i + 1;
      } else if (c == '\n') {
        return -1;
      }
      i++;
    }
    return -1;
  }
}
