// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

/// The SQL as it grows, with an eye on where in it the next piece goes. Owned by one thread.
/*
 * Literals of the template move a small lexer through the states of SQL text: outside, inside
 * quotes, inside a comment. A value is only put in where it stays what it is: outside, set off from
 * what would join it; inside quotes and comments, if it cannot end them.
 */
final class Output {
  private enum State {
    OUTSIDE,
    SINGLE_QUOTE,
    DOUBLE_QUOTE,
    BACKTICK,
    TYPOGRAPHIC_SINGLE,
    TYPOGRAPHIC_DOUBLE,
    LINE_COMMENT,
    BLOCK_COMMENT,
    HEREDOC
  }

  private final StringBuilder sql = new StringBuilder();
  private State state = State.OUTSIDE;

  /// Where the literal text, comment or here document began.
  private int opened;

  /// How many block comments are open.
  private int depth;

  /// Where the last of those ended.
  private int closed;

  private String heredoc = "";

  String sql() {
    return sql.toString();
  }

  /// Whether the next piece stands in none of the SQL's own texts and comments.
  boolean outside() {
    return state == State.OUTSIDE;
  }

  /// A text of the template itself.
  void literal(String text) {
    if (!text.isEmpty() && state == State.OUTSIDE && endsWithValueQuote(text.charAt(0))) {
      sql.append(' ');
    }
    int start = sql.length();
    sql.append(text);
    check();
    scan(start);
  }

  private boolean endsWithValueQuote(char next) {
    return (next == '\'' || next == '`' || next == '"')
        && !sql.isEmpty()
        && sql.charAt(sql.length() - 1) == next;
  }

  private void check() {
    if (sql.length() > Limits.OUTPUT_CHARS_MAX) {
      throw TemplateFailures.limit(
          "the SQL is longer than " + Limits.OUTPUT_CHARS_MAX + " characters");
    }
  }

  /// A value in its form for SQL.
  ///
  /// @param source the expression, for the message
  void value(String text, String source) {
    if (text.isEmpty()) {
      return;
    }
    if (state == State.OUTSIDE) {
      separate(text.charAt(0));
      int start = sql.length();
      sql.append(text);
      check();
      scan(start);
      return;
    }
    if (endsHere(text)) {
      throw TemplateFailures.evaluation(
          "{{ "
              + source
              + " }} stands inside "
              + where()
              + " and its value could end it; write it outside, where it gets its own quotes");
    }
    sql.append(text);
    check();
  }

  /// Keeps the first character of a value from joining what is before it.
  private void separate(char first) {
    if (sql.isEmpty()) {
      return;
    }
    char last = sql.charAt(sql.length() - 1);
    boolean joins =
        switch (first) {
          case '\'' ->
              Character.isLetterOrDigit(last) || last == '_' || last == '$' || last == '\'';
          case '`' -> last == '`';
          case '-' -> last == '-';
          default -> false;
        };
    if (joins) {
      sql.append(' ');
    }
  }

  private boolean endsHere(String text) {
    return switch (state) {
      case OUTSIDE -> false;
      case SINGLE_QUOTE -> text.indexOf('\'') >= 0 || text.indexOf('\\') >= 0;
      case DOUBLE_QUOTE -> text.indexOf('"') >= 0 || text.indexOf('\\') >= 0;
      case BACKTICK -> text.indexOf('`') >= 0 || text.indexOf('\\') >= 0;
      case TYPOGRAPHIC_SINGLE, TYPOGRAPHIC_DOUBLE ->
          text.chars().anyMatch(c -> c >= '‘' && c <= '‟' || c == '\\' || c == '\'');
      case LINE_COMMENT -> text.indexOf('\n') >= 0;
      case BLOCK_COMMENT -> text.indexOf('*') >= 0 || text.indexOf('/') >= 0;
      case HEREDOC -> text.indexOf('$') >= 0;
    };
  }

  private String where() {
    return switch (state) {
      case LINE_COMMENT, BLOCK_COMMENT -> "a comment";
      default -> "quotes";
    };
  }

  private void scan(int start) {
    int i = start;
    while (i < sql.length()) {
      i = state == State.OUTSIDE ? outside(i) : inside(i);
    }
  }

  private boolean follows(String text, int at) {
    return at + text.length() <= sql.length() && sql.substring(at, at + text.length()).equals(text);
  }

  private int outside(int i) {
    char c = sql.charAt(i);
    opened = i;
    switch (c) {
      case '\'' -> state = State.SINGLE_QUOTE;
      case '"' -> state = State.DOUBLE_QUOTE;
      case '`' -> state = State.BACKTICK;
      case '‘', '’' -> state = State.TYPOGRAPHIC_SINGLE;
      case '“', '”' -> state = State.TYPOGRAPHIC_DOUBLE;
      case '#' -> state = State.LINE_COMMENT;
      case '-' -> {
        if (afterOutside(i, '-')) {
          state = State.LINE_COMMENT;
        }
      }
      case '/' -> {
        if (afterOutside(i, '/')) {
          state = State.LINE_COMMENT;
        }
      }
      case '*' -> {
        if (afterOutside(i, '/')) {
          state = State.BLOCK_COMMENT;
          depth = 1;
        }
      }
      case '$' -> {
        return heredocStart(i);
      }
      default -> {}
    }
    return i + 1;
  }

  /// Whether the character before is this one, and no end of something quoted.
  private boolean afterOutside(int i, char before) {
    return i - 1 >= closed && i > 0 && sql.charAt(i - 1) == before;
  }

  /// Whether a word goes on here; dollars are part of words, not of numbers.
  private boolean inWord(int i) {
    int start = i;
    while (start > closed && isWordPart(sql.charAt(start - 1))) {
      start--;
    }
    return start < i && (sql.charAt(start) < '0' || sql.charAt(start) > '9');
  }

  private static boolean isWordPart(char c) {
    return c == '$' || ExpressionLexer.isWordPart(c);
  }

  private int heredocStart(int i) {
    int end = i + 1;
    while (end < sql.length() && ExpressionLexer.isWordPart(sql.charAt(end))) {
      end++;
    }
    if (inWord(i) || end >= sql.length() || sql.charAt(end) != '$') {
      return i + 1;
    }
    heredoc = sql.substring(i, end + 1);
    state = State.HEREDOC;
    opened = end;
    return end + 1;
  }

  /// Block comments nest.
  private boolean endsComment(int i) {
    if (i - 1 <= opened) {
      return false;
    }
    if (follows("*/", i - 1)) {
      depth--;
      opened = i;
    } else if (follows("/*", i - 1)) {
      depth++;
      opened = i;
    }
    return depth == 0;
  }

  private int inside(int i) {
    char c = sql.charAt(i);
    boolean quoted =
        state == State.SINGLE_QUOTE || state == State.DOUBLE_QUOTE || state == State.BACKTICK;
    if (quoted && c == '\\') {
      return i + 2;
    }
    boolean ends =
        switch (state) {
          case OUTSIDE -> false;
          case SINGLE_QUOTE -> c == '\'';
          case DOUBLE_QUOTE -> c == '"';
          case BACKTICK -> c == '`';
          case TYPOGRAPHIC_SINGLE -> c == '’';
          case TYPOGRAPHIC_DOUBLE -> c == '”';
          case LINE_COMMENT -> c == '\n';
          case BLOCK_COMMENT -> endsComment(i);
          case HEREDOC ->
              c == '$'
                  && i - heredoc.length() + 1 > opened
                  && follows(heredoc, i - heredoc.length() + 1);
        };
    if (ends) {
      state = State.OUTSIDE;
      closed = i + 1;
    }
    return i + 1;
  }
}
