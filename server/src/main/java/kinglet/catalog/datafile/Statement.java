// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One instruction with its arguments or its block.
///
/// @param instruction in upper case
/// @param rest what follows on the line, without comment
/// @param block the lines after `>`, or null when there is no `>`
record Statement(
    String instruction, Place place, Word rest, List<Word> words, @Nullable Block block) {
  /// The lines of a block, as written.
  record Block(List<SourceLine> lines) {
    Block {
      lines = List.copyOf(lines);
    }

    /// The text without the indentation all lines share, and without blank lines at both ends.
    String dedented() {
      List<String> texts = trimmed().stream().map(SourceLine::text).toList();
      int indent =
          texts.stream().filter(text -> !text.isBlank()).mapToInt(Block::indent).min().orElse(0);
      StringBuilder all = new StringBuilder();
      for (String text : texts) {
        all.append(all.isEmpty() ? "" : "\n")
            .append(text.isBlank() ? "" : text.substring(indent).stripTrailing());
      }
      return all.toString();
    }

    /// The lines without blank ones at both ends.
    List<SourceLine> trimmed() {
      int from = 0;
      int to = lines.size();
      while (from < to && lines.get(from).text().isBlank()) {
        from++;
      }
      while (to > from && lines.get(to - 1).text().isBlank()) {
        to--;
      }
      return lines.subList(from, to);
    }

    static int indent(String text) {
      int indent = 0;
      while (indent < text.length() && Character.isWhitespace(text.charAt(indent))) {
        indent++;
      }
      return indent;
    }
  }

  /// The value of a one-line instruction: its text with one outer pair of quotes taken away.
  String value() {
    Block lines = block;
    return lines == null ? unquote(rest.text()) : lines.dedented();
  }

  private static String unquote(String text) {
    if (text.length() >= 2) {
      char quote = text.charAt(0);
      boolean quoted =
          (quote == '"' || quote == '\'') && text.indexOf(quote, 1) == text.length() - 1;
      if (quoted) {
        return text.substring(1, text.length() - 1);
      }
    }
    return text;
  }
}
