// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.List;

/// Moves through the text of a block, knowing the place of every character.
final class BlockScanner {
  private static final int NESTING_MAX = 200;

  private final List<SourceLine> lines;
  private final String text;
  private final int[] lineStarts;
  private int at;

  BlockScanner(List<SourceLine> lines) {
    this.lines = lines;
    StringBuilder all = new StringBuilder();
    lineStarts = new int[lines.size()];
    for (int i = 0; i < lines.size(); i++) {
      lineStarts[i] = all.length();
      all.append(lines.get(i).text()).append('\n');
    }
    text = all.toString();
  }

  Place place() {
    return place(at);
  }

  Place place(int offset) {
    int line = 0;
    while (line + 1 < lineStarts.length && lineStarts[line + 1] <= offset) {
      line++;
    }
    return lines.get(line).at(offset - lineStarts[line] + 1);
  }

  int offset() {
    return at;
  }

  void moveTo(int offset) {
    at = offset;
  }

  boolean atEnd() {
    return at >= text.length();
  }

  char peek() {
    return text.charAt(at);
  }

  void skip(int count) {
    at += count;
  }

  String substring(int from, int to) {
    return text.substring(from, to);
  }

  boolean looksAt(String expected) {
    return text.startsWith(expected, at);
  }

  /// Whether a word stands here, in any case, and ends here.
  boolean looksAtWord(String word) {
    int end = at + word.length();
    return text.regionMatches(true, at, word, 0, word.length())
        && (end >= text.length() || !isWordPart(text.charAt(end)))
        && (at == 0 || !isWordPart(text.charAt(at - 1)));
  }

  static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }

  /// Skips white space, `--` comments and lines that start with `#`.
  void skipBlank() {
    while (!atEnd()) {
      if (Character.isWhitespace(peek())) {
        at++;
      } else if (looksAt("--") || (peek() == '#' && onlyBlankBefore())) {
        skipLine();
      } else {
        return;
      }
    }
  }

  private boolean onlyBlankBefore() {
    int start = text.lastIndexOf('\n', at - 1) + 1;
    return text.substring(start, at).isBlank();
  }

  private void skipLine() {
    while (!atEnd() && peek() != '\n') {
      at++;
    }
  }

  /// Reads up to the same quote again, unescaping; the scanner stands on the opening quote.
  @CanIgnoreReturnValue
  String quoted(String whenOpen) {
    Place start = place();
    char quote = peek();
    at++;
    StringBuilder value = new StringBuilder();
    while (!atEnd() && peek() != quote) {
      if (peek() == '\\' && at + 1 < text.length()) {
        at++;
      }
      value.append(peek());
      at++;
    }
    if (atEnd()) {
      throw new DatafileProblem(start, whenOpen);
    }
    at++;
    return value.toString();
  }

  /// Skips one character, or a whole string, quoted name, or bracketed group.
  void skipUnit() {
    switch (peek()) {
      case '\'', '"', '`' -> quoted("Expected closing quote");
      case '(', '[', '{' -> skipGroup();
      default -> at++;
    }
  }

  private void skipGroup() {
    Place start = place();
    int depth = 0;
    while (!atEnd()) {
      switch (peek()) {
        case '\'', '"', '`' -> quoted("Expected closing quote");
        case '(', '[', '{' -> {
          if (++depth > NESTING_MAX) {
            throw new DatafileProblem(start, "Brackets are nested too deeply");
          }
          at++;
        }
        case ')', ']', '}' -> {
          at++;
          if (--depth == 0) {
            return;
          }
        }
        default -> at++;
      }
    }
    throw new DatafileProblem(start, "Expected closing bracket");
  }
}
