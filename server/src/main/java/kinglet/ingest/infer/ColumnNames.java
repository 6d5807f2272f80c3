// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.infer;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/// Gives each column a name of its own that needs no quotes.
final class ColumnNames {
  private static final int LENGTH_MAX = 100;

  /// In lower case: names that differ in case alone are hard to tell apart.
  private final Set<String> taken = new HashSet<>(Set.of("__seq", "__ingested_at", "__known_at"));

  /// The name for what `wish` says.
  String of(String wish) {
    String name = wish.replaceAll("[^A-Za-z0-9_]", "_");
    if (name.isEmpty() || Character.isDigit(name.charAt(0))) {
      name = "c_" + name;
    }
    name = name.substring(0, Math.min(name.length(), LENGTH_MAX));
    String free = name;
    for (int i = 1; !taken.add(free.toLowerCase(Locale.ROOT)); i++) {
      free = name + "_" + i;
    }
    return free;
  }
}
