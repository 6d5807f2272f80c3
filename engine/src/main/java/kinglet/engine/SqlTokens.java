// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import java.util.ArrayList;
import java.util.List;

/// Splits SQL bytes, one character for each byte, into the tokens that matter here.
///
/// Blanks and comments vanish; strings, quoted names, numbers, words and single symbols remain.
final class SqlTokens {
  /// What a token is.
  enum Kind {
    WORD,
    QUOTED_NAME,
    STRING,
    SYMBOL
  }

  /// @param depth how many brackets are open around it
  record Token(Kind kind, int start, int end, int depth) {}

  private final String text;
  private int at;
  private int depth;

  private SqlTokens(String text) {
    this.text = text;
  }

  /// All tokens, or for an INSERT all up to where its data or its query begins.
  static List<Token> of(String text) {
    SqlTokens lexer = new SqlTokens(text);
    List<Token> tokens = new ArrayList<>();
    boolean insert = false;
    while (true) {
      lexer.skipBlanks();
      if (lexer.at >= text.length()) {
        return tokens;
      }
      Token token = lexer.next();
      tokens.add(token);
      if (tokens.size() == 1) {
        insert = isWord(text, token, "INSERT");
      } else if (insert && endsInsertHead(text, tokens)) {
        return tokens;
      }
    }
  }

  /// Whether the token is this word, in any case.
  static boolean isWord(String text, Token token, String word) {
    return token.kind() == Kind.WORD
        && token.end() - token.start() == word.length()
        && text.regionMatches(true, token.start(), word, 0, word.length());
  }

  /// `FORMAT x`, `VALUES`, `SELECT` and the like, outside of brackets.
  private static boolean endsInsertHead(String text, List<Token> tokens) {
    Token last = tokens.getLast();
    if (last.depth() > 0) {
      return false;
    }
    Token before = tokens.get(tokens.size() - 2);
    return (isWord(text, before, "FORMAT") && last.kind() == Kind.WORD)
        || isWord(text, last, "VALUES")
        || isWord(text, last, "SELECT")
        || isWord(text, last, "WITH")
        || isWord(text, last, "WATCH")
        || isWord(text, last, "INFILE");
  }

  private void skipBlanks() {
    while (at < text.length()) {
      char character = text.charAt(at);
      if (character <= ' ') {
        at++;
      } else if (text.startsWith("--", at)
          || text.startsWith("#!", at)
          || text.startsWith("# ", at)) {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end + 1;
      } else if (text.startsWith("/*", at)) {
        int end = text.indexOf("*/", at + 2);
        at = end < 0 ? text.length() : end + 2;
      } else {
        return;
      }
    }
  }

  private Token next() {
    int start = at;
    char first = text.charAt(at);
    if (first == '\'') {
      return token(Kind.STRING, start, quotedEnd('\''));
    }
    if (first == '`' || first == '"') {
      return token(Kind.QUOTED_NAME, start, quotedEnd(first));
    }
    if (text.startsWith("\u00e2\u0080\u0098", at)) {
      return token(Kind.STRING, start, closed("\u00e2\u0080\u0099", at + 3));
    }
    if (text.startsWith("\u00e2\u0080\u009c", at)) {
      return token(Kind.QUOTED_NAME, start, closed("\u00e2\u0080\u009d", at + 3));
    }
    if (first == '$') {
      int tagEnd = text.indexOf('$', at + 1);
      if (tagEnd > 0 && isName(at + 1, tagEnd)) {
        String tag = text.substring(at, tagEnd + 1);
        return token(Kind.STRING, start, closed(tag, tagEnd + 1));
      }
    }
    if (isNamePart(first)) {
      int end = at;
      while (end < text.length() && isNamePart(text.charAt(end))) {
        end++;
      }
      return token(Kind.WORD, start, end);
    }
    return symbol(first);
  }

  private Token symbol(char symbol) {
    boolean opens = symbol == '(' || symbol == '[' || symbol == '{';
    boolean closes = symbol == ')' || symbol == ']' || symbol == '}';
    if (closes) {
      depth = Math.max(0, depth - 1);
    }
    Token token = token(Kind.SYMBOL, at, at + 1);
    if (opens) {
      depth++;
    }
    return token;
  }

  private Token token(Kind kind, int start, int end) {
    at = end;
    return new Token(kind, start, end, depth);
  }

  /// Behind the closing quote; a backslash or a doubled quote keeps the text open.
  private int quotedEnd(char quote) {
    int position = at + 1;
    while (position < text.length()) {
      char character = text.charAt(position);
      if (character == '\\') {
        position += 2;
      } else if (character != quote) {
        position++;
      } else if (position + 1 < text.length() && text.charAt(position + 1) == quote) {
        position += 2;
      } else {
        return position + 1;
      }
    }
    return text.length();
  }

  private int closed(String mark, int from) {
    int end = text.indexOf(mark, from);
    return end < 0 ? text.length() : end + mark.length();
  }

  private boolean isName(int start, int end) {
    for (int position = start; position < end; position++) {
      char character = text.charAt(position);
      if (!isNamePart(character) || character == '$') {
        return false;
      }
    }
    return true;
  }

  private static boolean isNamePart(char character) {
    return character == '_'
        || character == '$'
        || (character >= '0' && character <= '9')
        || (character >= 'a' && character <= 'z')
        || (character >= 'A' && character <= 'Z');
  }
}
