// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Cuts the lines of a file into statements.
///
/// The first word of a line is the instruction. ` >` after it opens a block, which ends at the next
/// line that has a known instruction in its first column, or one that can only be a misspelt one.
/// `#` starts a comment outside blocks.
final class StatementReader {
  private static final Pattern FAMILY =
      Pattern.compile("(ENGINE|KAFKA|IMPORT|EXPORT|COPY|S3|GCS|DYNAMODB)_[A-Z0-9_]+");

  private final FileKind kind;
  private final boolean unknownIsWarning;
  private final List<SourceLine> lines;
  private final Findings findings;
  private int next;

  StatementReader(
      FileKind kind, List<SourceLine> lines, boolean unknownIsWarning, Findings findings) {
    this.kind = kind;
    this.lines = lines;
    this.unknownIsWarning = unknownIsWarning;
    this.findings = findings;
  }

  List<Statement> readAll() {
    List<Statement> statements = new ArrayList<>();
    while (next < lines.size()) {
      SourceLine line = lines.get(next++);
      int start = Statement.Block.indent(line.text());
      if (start == line.text().length() || line.text().charAt(start) == '#') {
        continue;
      }
      try {
        Statement statement = read(line, start);
        if (statement != null) {
          statements.add(statement);
        }
      } catch (DatafileProblem problem) {
        findings.error(problem.place(), problem.text());
      }
    }
    return statements;
  }

  private @Nullable Statement read(SourceLine line, int start) {
    String text = line.text();
    int end = start;
    while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
      end++;
    }
    String first = text.substring(start, end);
    boolean attached = first.endsWith(">") && first.length() > 1;
    String instruction =
        (attached ? first.substring(0, first.length() - 1) : first).toUpperCase(Locale.ROOT);
    int restStart = end + Statement.Block.indent(text.substring(end));
    String rest = text.substring(restStart);
    boolean opensBlock = attached || rest.startsWith(">");
    Place place = line.at(start + 1);
    if (!kind.knows(instruction)) {
      unknown(instruction, place, opensBlock);
      return null;
    }
    if (!opensBlock) {
      List<Word> words = new ArrayList<>();
      String value = words(line, restStart, words);
      return new Statement(
          instruction, place, new Word(value, line.at(restStart + 1)), words, null);
    }
    List<SourceLine> block = new ArrayList<>();
    String sameLine = attached ? rest : rest.substring(1);
    if (!sameLine.isBlank() && !sameLine.stripLeading().startsWith("#")) {
      // Kept at its column, so that places inside it are right.
      block.add(
          new SourceLine(
              line.path(),
              line.number(),
              " ".repeat(text.length() - sameLine.length()) + sameLine));
    }
    readBlock(block);
    if (!kind.takesBlock(instruction)) {
      throw new DatafileProblem(place, instruction + " does not support multiline arguments");
    }
    return new Statement(
        instruction,
        place,
        new Word("", line.at(restStart + 1)),
        List.of(),
        new Statement.Block(block));
  }

  private void readBlock(List<SourceLine> block) {
    while (next < lines.size() && !endsBlock(lines.get(next).text())) {
      block.add(lines.get(next++));
    }
  }

  private boolean endsBlock(String text) {
    if (text.isEmpty() || Character.isWhitespace(text.charAt(0))) {
      return false;
    }
    int end = 0;
    while (end < text.length()
        && !Character.isWhitespace(text.charAt(end))
        && text.charAt(end) != '>') {
      end++;
    }
    String word = text.substring(0, end);
    return kind.knows(word.toUpperCase(Locale.ROOT)) || FAMILY.matcher(word).matches();
  }

  private void unknown(String instruction, Place place, boolean opensBlock) {
    if (opensBlock) {
      readBlock(new ArrayList<>());
    }
    String hint =
        instruction.equals("SETTINGS") ? " Use ENGINE_SETTINGS for the settings of a table." : "";
    String message = instruction + " is not a valid option in " + kind.word() + " files." + hint;
    if (unknownIsWarning) {
      findings.warning(place, message + " It is ignored.");
    } else {
      findings.error(place, message);
    }
  }

  /// Splits what follows the instruction into words; returns it whole, without its comment.
  private static String words(SourceLine line, int from, List<Word> words) {
    String text = line.text();
    int at = from;
    int end = from;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
      } else if (c == '#' && (at == 0 || Character.isWhitespace(text.charAt(at - 1)))) {
        break;
      } else {
        int start = at;
        StringBuilder word = new StringBuilder();
        at = word(line, at, word);
        words.add(new Word(word.toString(), line.at(start + 1)));
        end = at;
      }
    }
    return text.substring(from, end);
  }

  /// Reads one word with its quotes taken away; returns where it ends.
  private static int word(SourceLine line, int from, StringBuilder word) {
    String text = line.text();
    int at = from;
    while (at < text.length() && !Character.isWhitespace(text.charAt(at))) {
      char c = text.charAt(at);
      boolean opens = c == '"' || c == '\'';
      int close = opens ? text.indexOf(c, at + 1) : -1;
      if (opens && close < 0) {
        throw new DatafileProblem(line.at(at + 1), "No closing quotation");
      }
      if (opens) {
        word.append(text, at + 1, close);
        at = close + 1;
      } else {
        word.append(c);
        at++;
      }
    }
    return at;
  }
}
