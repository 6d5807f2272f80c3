// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.Map;
import java.util.regex.Pattern;
import kinglet.catalog.CatalogError;
import kinglet.error.PlatformException;

/// Writes a `.connection` file: whatever a value holds, it stays the value of its instruction.
public final class ConnectionText {
  private static final Pattern INSTRUCTION = Pattern.compile("[A-Z][A-Z0-9_]*");

  private ConnectionText() {}

  /// @param settings values by instruction, `TYPE` among them
  public static String write(Map<String, String> settings) {
    StringBuilder text = new StringBuilder();
    settings.forEach((instruction, value) -> {
      if (!INSTRUCTION.matcher(instruction).matches()
          || value.lines().count() > 1
          || value.indexOf('"') >= 0) {
        throw new PlatformException(
            CatalogError.CHANGE_REFUSED,
            "The value of " + instruction + " must be one line without double quotes");
      }
      text.append(instruction).append(" \"").append(value.strip()).append("\"\n");
    });
    return text.toString();
  }
}
