// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A parameter whose values take part in a query as a column: the name `{name:type}`.
///
/// @param type the ClickHouse type that the template gives the values
public record OpenParameter(String name, String type) {
  private static final Pattern COLUMN = Pattern.compile("\\{([^:{}]+):([A-Za-z0-9]+)\\}");

  /// The parameter that a column stands for; empty for any other column.
  public static Optional<OpenParameter> of(String column) {
    Matcher matcher = COLUMN.matcher(column);
    return matcher.matches()
        ? Optional.of(new OpenParameter(matcher.group(1), matcher.group(2)))
        : Optional.empty();
  }

  /// The column as SQL names it.
  String sql() {
    return SqlText.name("{" + name + ":" + type + "}");
  }
}
