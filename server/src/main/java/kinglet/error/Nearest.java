// SPDX-License-Identifier: Apache-2.0
package kinglet.error;

import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;

/// Which known name somebody may have meant.
public final class Nearest {
  private Nearest() {}

  /// A hint at the name that needs the fewest changes; nothing if all are far.
  public static String hint(String wanted, Stream<String> names) {
    String lower = wanted.toLowerCase(Locale.ROOT);
    int most = Math.max(1, wanted.length() / 3);
    return names
        .filter(name -> distance(lower, name.toLowerCase(Locale.ROOT)) <= most)
        .min(
            Comparator.<String>comparingInt(name -> distance(lower, name.toLowerCase(Locale.ROOT)))
                .thenComparing(Comparator.naturalOrder()))
        .map(name -> ". Did you mean '" + name + "'?")
        .orElse("");
  }

  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int changed = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[other.length()];
  }
}
