// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.util.ArrayList;
import java.util.List;
import kinglet.template.ExpressionToken.Kind;

/// Cuts an expression into words. Owned by one thread.
final class ExpressionLexer {
  private static final List<String> OPERATORS =
      List.of(
          "**", "//", "<<", ">>", "<=", ">=", "==", "!=", "->", ":=", "+=", "-=", "*=", "/=", "%=",
          "+", "-", "*", "/", "%", "(", ")", "[", "]", "{", "}", ",", ":", ".", "<", ">", "=", "~",
          "&", "|", "^", "@", ";");

  private final String text;
  private final int line;
  private final List<ExpressionToken> tokens = new ArrayList<>();
  private int at;

  private ExpressionLexer(String text, int line) {
    this.text = text;
    this.line = line;
  }

  static List<ExpressionToken> lex(String text, int line) {
    ExpressionLexer lexer = new ExpressionLexer(text, line);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    while (true) {
      while (at < text.length() && isSpace(text.charAt(at))) {
        at++;
      }
      if (at >= text.length()) {
        tokens.add(new ExpressionToken(Kind.END, "", at));
        return;
      }
      next();
    }
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
  }

  private void next() {
    char c = text.charAt(at);
    char following = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
    if (c == '\'' || c == '"') {
      string(false);
    } else if ((c == 'r' || c == 'R') && (following == '\'' || following == '"')) {
      at++;
      string(true);
    } else if (isDigit(c) || c == '.' && isDigit(following)) {
      number();
    } else if (c == '_' || Character.isLetter(c)) {
      int start = at;
      while (at < text.length() && isWordPart(text.charAt(at))) {
        at++;
      }
      tokens.add(new ExpressionToken(Kind.NAME, text.substring(start, at), start));
    } else if (c == '#') {
      int end = text.indexOf('\n', at);
      at = end < 0 ? text.length() : end;
    } else if (c == '\\' && following == '\n') {
      at += 2;
    } else {
      operator();
    }
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean isWordPart(char c) {
    return c == '_' || Character.isLetterOrDigit(c);
  }

  private void operator() {
    for (String operator : OPERATORS) {
      if (text.startsWith(operator, at)) {
        tokens.add(new ExpressionToken(Kind.OPERATOR, operator, at));
        at += operator.length();
        return;
      }
    }
    throw TemplateFailures.syntax(
        line, "invalid syntax: unexpected '" + text.charAt(at) + "', line " + line);
  }

  private void number() {
    int start = at;
    while (at < text.length()) {
      char c = text.charAt(at);
      boolean sign = (c == '+' || c == '-') && (text.charAt(at - 1) | 32) == 'e' && !hex(start);
      if (!isWordPart(c) && c != '.' && !(sign && at > start)) {
        break;
      }
      at++;
    }
    tokens.add(new ExpressionToken(Kind.NUMBER, text.substring(start, at), start));
  }

  private boolean hex(int start) {
    return text.startsWith("0x", start) || text.startsWith("0X", start);
  }

  private void string(boolean raw) {
    int start = at;
    char quote = text.charAt(at);
    String triple = String.valueOf(quote).repeat(3);
    String close = text.startsWith(triple, at) ? triple : String.valueOf(quote);
    at += close.length();
    StringBuilder value = new StringBuilder();
    while (!text.startsWith(close, at)) {
      boolean broken = at >= text.length() || close.length() == 1 && text.charAt(at) == '\n';
      if (broken) {
        throw TemplateFailures.syntax(line, "invalid syntax: a string has no end, line " + line);
      }
      char c = text.charAt(at++);
      if (c != '\\' || at >= text.length()) {
        value.append(c);
      } else if (raw) {
        value.append(c).append(text.charAt(at++));
      } else {
        escape(value);
      }
    }
    at += close.length();
    tokens.add(new ExpressionToken(Kind.STRING, value.toString(), start));
  }

  private void escape(StringBuilder value) {
    char c = text.charAt(at++);
    switch (c) {
      case '\n' -> {}
      case 'n' -> value.append('\n');
      case 't' -> value.append('\t');
      case 'r' -> value.append('\r');
      case 'b' -> value.append('\b');
      case 'f' -> value.append('\f');
      case '0' -> value.append('\0');
      case '\\', '\'', '"' -> value.append(c);
      case 'x' -> value.append(code(2));
      case 'u' -> value.append(code(4));
      default -> value.append('\\').append(c);
    }
  }

  private char code(int length) {
    int code = 0;
    for (int i = 0; i < length; i++) {
      int digit = at < text.length() ? Character.digit(text.charAt(at++), 16) : -1;
      if (digit < 0) {
        throw TemplateFailures.syntax(
            line, "invalid syntax: an escape in a string is not complete, line " + line);
      }
      code = code * 16 + digit;
    }
    return (char) code;
  }
}
