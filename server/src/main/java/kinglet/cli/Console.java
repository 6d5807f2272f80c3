// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.io.OutputStream;
import java.io.PrintWriter;

/// Where a command writes: answers out, the rest to the side, with colour on a terminal only.
record Console(PrintWriter out, OutputStream bytes, PrintWriter err, boolean terminal) {
  void print(String line) {
    out.println(line);
    out.flush();
  }

  void note(String line) {
    err.println(line);
    err.flush();
  }

  /// What became of the rows of a file.
  void stored(long rows) {
    print(count(rows) + " stored");
  }

  void quarantined(long rows) {
    if (rows > 0) {
      note(count(rows) + " in quarantine, with the reasons");
    }
  }

  private static String count(long rows) {
    return rows == 1 ? "1 row" : rows + " rows";
  }

  String bold(String text) {
    return coloured("1", text);
  }

  String dim(String text) {
    return coloured("2", text);
  }

  String green(String text) {
    return coloured("32", text);
  }

  String red(String text) {
    return coloured("31", text);
  }

  private String coloured(String code, String text) {
    return terminal ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
