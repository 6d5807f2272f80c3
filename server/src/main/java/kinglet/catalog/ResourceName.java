// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import kinglet.error.PlatformException;

/// The names data sources, pipes, nodes and connections may have.
public final class ResourceName {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern WORKSPACE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");
  private static final int LENGTH_MAX = 128;

  /// Words that would change the meaning of SQL, and names with a meaning of their own.
  private static final Set<String> RESERVED =
      Set.of(
          "all",
          "and",
          "anti",
          "array",
          "as",
          "asof",
          "between",
          "by",
          "case",
          "cast",
          "cross",
          "default",
          "distinct",
          "else",
          "end",
          "except",
          "exists",
          "explain",
          "final",
          "format",
          "from",
          "full",
          "global",
          "group",
          "having",
          "ilike",
          "in",
          "inner",
          "insert",
          "intersect",
          "into",
          "is",
          "join",
          "left",
          "like",
          "limit",
          "not",
          "null",
          "offset",
          "on",
          "or",
          "order",
          "organization",
          "outer",
          "over",
          "prewhere",
          "qualify",
          "right",
          "sample",
          "select",
          "semi",
          "set",
          "settings",
          "system",
          "then",
          "tinybird",
          "union",
          "using",
          "when",
          "where",
          "with");

  private ResourceName() {}

  /// What is wrong with a name, and what would be right; empty for a good one.
  public static Optional<String> problem(String name) {
    if (!NAME.matcher(name).matches()) {
      return Optional.of(
          "The name '"
              + name
              + "' is not valid: it must start with a letter or underscore and go on with letters,"
              + " digits and underscores");
    }
    if (name.length() > LENGTH_MAX) {
      return Optional.of("The name '" + name + "' is longer than " + LENGTH_MAX + " characters");
    }
    if (RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
      return Optional.of("The name '" + name + "' is a reserved word; choose another one");
    }
    return Optional.empty();
  }

  static void checkWorkspace(String name) {
    if (name.equals(Snapshot.SCHEMA)) {
      throw new PlatformException(
          CatalogError.INVALID_NAME,
          "The workspace name '" + name + "' is taken: in queries it stands before snapshots");
    }
    if (!WORKSPACE.matcher(name).matches() || name.length() > LENGTH_MAX) {
      throw new PlatformException(
          CatalogError.INVALID_NAME,
          "The workspace name '"
              + name
              + "' is not valid: use letters, digits, underscores, dots and dashes, at most "
              + LENGTH_MAX
              + " of them");
    }
  }
}
