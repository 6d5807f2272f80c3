// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.util.ArrayList;
import java.util.List;

/// What is different between two texts, line by line.
final class LineDifference {
  /// Texts with more lines are compared from the first different line on.
  private static final int COMPARED_MAX = 1_000;

  private static final int SHOWN_MAX = 60;
  private static final int CONTEXT = 2;

  private LineDifference() {}

  /// A line with what became of it: `' '`, `'-'` for expected, `'+'` for answered.
  record Line(char mark, String text) {}

  /// The lines that differ, with a little of what is around them.
  static List<Line> of(String expected, String actual) {
    List<Line> lines = compared(expected.lines().toList(), actual.lines().toList());
    List<Line> shown = new ArrayList<>();
    for (int i = 0; i < lines.size() && shown.size() < SHOWN_MAX; i++) {
      List<Line> around =
          lines.subList(Math.max(0, i - CONTEXT), Math.min(lines.size(), i + CONTEXT + 1));
      if (around.stream().anyMatch(line -> line.mark() != ' ')) {
        shown.add(lines.get(i));
      }
    }
    return shown;
  }

  /// The longest common lines stay, as in any diff.
  private static List<Line> compared(List<String> expected, List<String> actual) {
    List<Line> lines = new ArrayList<>();
    int same = 0;
    while (same < Math.min(expected.size(), actual.size())
        && expected.get(same).equals(actual.get(same))) {
      lines.add(new Line(' ', expected.get(same++)));
    }
    List<String> left = expected.subList(same, Math.min(expected.size(), same + COMPARED_MAX));
    List<String> right = actual.subList(same, Math.min(actual.size(), same + COMPARED_MAX));
    int[][] common = new int[left.size() + 1][right.size() + 1];
    for (int i = left.size() - 1; i >= 0; i--) {
      for (int j = right.size() - 1; j >= 0; j--) {
        common[i][j] =
            left.get(i).equals(right.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    int i = 0;
    int j = 0;
    while (i < left.size() || j < right.size()) {
      if (i < left.size() && j < right.size() && left.get(i).equals(right.get(j))) {
        lines.add(new Line(' ', left.get(i)));
        i++;
        j++;
      } else if (i < left.size() && (j == right.size() || common[i + 1][j] >= common[i][j + 1])) {
        lines.add(new Line('-', left.get(i++)));
      } else {
        lines.add(new Line('+', right.get(j++)));
      }
    }
    return lines;
  }
}
