// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One statement's text, taken apart as far as the protocol needs: what it is, its trailing FORMAT,
/// and where the data of an INSERT begins.
///
/// Nothing here decides what a statement may do; that is ClickHouse's own parser's and the
/// connection's matter.
final class QueryText {
  /// How a statement is run.
  enum Kind {
    /// Has a result that may be large.
    SELECT,
    /// Takes rows from the request.
    INSERT_DATA,
    /// Everything else.
    OTHER
  }

  /// Words that may name what connections do not refuse by themselves.
  private static final Pattern SUSPICIOUS_WORD =
      Pattern.compile("(?i)(?<![A-Za-z0-9_])(?:file|system|information_schema)(?![A-Za-z0-9_])");

  private static final Pattern DESCRIBING =
      Pattern.compile("(?i)(?:EXPLAIN|DESCRIBE|DESC|EXISTS)(?![A-Za-z0-9_])");

  private static final Pattern PARSING = Pattern.compile("(?i)EXPLAIN\\s+AST(?![A-Za-z0-9_])");

  private final Kind kind;
  private final String head;
  private final @Nullable String format;
  private final String tail;
  private final int dataStart;
  private final boolean needsProof;
  private final boolean several;

  private QueryText(
      Kind kind,
      String head,
      @Nullable String format,
      String tail,
      int dataStart,
      boolean needsProof,
      boolean several) {
    this.kind = kind;
    this.head = head;
    this.format = format;
    this.tail = tail;
    this.dataStart = dataStart;
    this.needsProof = needsProof;
    this.several = several;
  }

  static QueryText of(byte[] sql) {
    String text = new String(sql, StandardCharsets.ISO_8859_1);
    List<SqlTokens.Token> tokens = SqlTokens.of(text);
    boolean insert = !tokens.isEmpty() && SqlTokens.isWord(text, tokens.getFirst(), "INSERT");
    return insert ? insert(text, tokens) : other(text, tokens);
  }

  private static QueryText insert(String text, List<SqlTokens.Token> tokens) {
    SqlTokens.Token last = tokens.getLast();
    int size = tokens.size();
    if (size > 2 && SqlTokens.isWord(text, tokens.get(size - 2), "FORMAT")) {
      String head = text.substring(tokens.getFirst().start(), tokens.get(size - 2).start());
      return insertOf(text, head, text.substring(last.start(), last.end()), last.end());
    }
    if (SqlTokens.isWord(text, last, "VALUES")) {
      return insertOf(
          text, text.substring(tokens.getFirst().start(), last.start()), "Values", last.end());
    }
    boolean query =
        List.of("SELECT", "WITH", "WATCH", "INFILE").stream()
            .anyMatch(word -> SqlTokens.isWord(text, last, word));
    if (query || !tokensEndPlainly(text, tokens)) {
      return new QueryText(Kind.OTHER, utf8(text), null, "", text.length(), false, false);
    }
    return insertOf(text, text, null, text.length());
  }

  /// Whether an INSERT that names neither format nor query may take rows from the body.
  private static boolean tokensEndPlainly(String text, List<SqlTokens.Token> tokens) {
    return tokens.stream().noneMatch(token -> text.charAt(token.start()) == ';');
  }

  private static QueryText insertOf(
      String text, String head, @Nullable String format, int dataStart) {
    int start = dataStart;
    while (start < text.length() && (text.charAt(start) == ' ' || text.charAt(start) == '\r')) {
      start++;
    }
    if (start < text.length() && text.charAt(start) == '\n') {
      start++;
    }
    return new QueryText(Kind.INSERT_DATA, utf8(head), format, "", start, false, false);
  }

  private static QueryText other(String text, List<SqlTokens.Token> all) {
    List<SqlTokens.Token> tokens = all;
    while (!tokens.isEmpty() && text.charAt(tokens.getLast().start()) == ';') {
      tokens = tokens.subList(0, tokens.size() - 1);
    }
    boolean several =
        tokens.stream().anyMatch(token -> token.depth() == 0 && text.charAt(token.start()) == ';');
    int start = tokens.isEmpty() ? 0 : tokens.getFirst().start();
    int end = tokens.isEmpty() ? 0 : tokens.getLast().end();
    boolean needsProof = SUSPICIOUS_WORD.matcher(text).find() || hasEscapedName(text, tokens);
    Kind kind = !tokens.isEmpty() && reads(text, tokens) ? Kind.SELECT : Kind.OTHER;
    int formatIndex = formatIndex(text, tokens);
    if (formatIndex < 0) {
      return new QueryText(
          kind, utf8(text.substring(start, end)), null, "", end, needsProof, several);
    }
    SqlTokens.Token name = tokens.get(formatIndex + 1);
    return new QueryText(
        kind,
        utf8(text.substring(start, tokens.get(formatIndex).start())),
        text.substring(name.start(), name.end()),
        utf8(text.substring(name.end(), end)),
        end,
        needsProof,
        several);
  }

  private static boolean reads(String text, List<SqlTokens.Token> tokens) {
    SqlTokens.Token first = tokens.getFirst();
    return text.charAt(first.start()) == '('
        || SqlTokens.isWord(text, first, "SELECT")
        || SqlTokens.isWord(text, first, "WITH")
        || SqlTokens.isWord(text, first, "FROM");
  }

  /// The last `FORMAT name` outside of brackets with nothing behind it but a SETTINGS clause.
  private static int formatIndex(String text, List<SqlTokens.Token> tokens) {
    for (int i = tokens.size() - 2; i > 0; i--) {
      SqlTokens.Token token = tokens.get(i);
      if (token.depth() == 0 && SqlTokens.isWord(text, token, "FORMAT")) {
        boolean named = tokens.get(i + 1).kind() == SqlTokens.Kind.WORD;
        boolean last =
            i + 2 == tokens.size() || SqlTokens.isWord(text, tokens.get(i + 2), "SETTINGS");
        return named && last ? i : -1;
      }
    }
    return -1;
  }

  private static boolean hasEscapedName(String text, List<SqlTokens.Token> tokens) {
    return tokens.stream()
        .filter(token -> token.kind() == SqlTokens.Kind.QUOTED_NAME)
        .anyMatch(token -> text.substring(token.start(), token.end()).indexOf('\\') >= 0);
  }

  private static String utf8(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  Kind kind() {
    return kind;
  }

  /// The statement up to its FORMAT clause or its data.
  String head() {
    return head;
  }

  Optional<String> format() {
    return Optional.ofNullable(format);
  }

  /// What stands behind the FORMAT clause: nothing, or a SETTINGS clause.
  String tail() {
    return tail;
  }

  /// Index of the first byte of an INSERT's data.
  int dataStart() {
    return dataStart;
  }

  /// Whether the text could name the function `file` or a table of `system`, which no connection's
  /// rights refuse.
  boolean needsProof() {
    return needsProof;
  }

  /// Whether it only asks about queries or tables.
  boolean describes() {
    return DESCRIBING.matcher(head).lookingAt();
  }

  /// Whether it only asks how a text parses.
  boolean parsesOnly() {
    return PARSING.matcher(head).lookingAt();
  }

  /// Whether it is more than one statement.
  boolean several() {
    return several;
  }

  /// The whole statement in one format, without data.
  String whole() {
    return format == null || kind == Kind.INSERT_DATA ? head : head + "\nFORMAT " + format + tail;
  }

  /// The statement writing its result, in a format, to a file.
  String into(String path, String defaultFormat) {
    return head
        + "\nINTO OUTFILE '"
        + path
        + "' TRUNCATE FORMAT "
        + (format == null ? defaultFormat : format)
        + tail;
  }
}
