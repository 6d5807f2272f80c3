// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import kinglet.journal.Journal;

/// Which version of a view has which definition, kept beside the journal. Thread-safe.
record ViewVersions(Journal journal) {
  private static final String KEY = "feature.version.";

  /// The version of a definition: that of the last one if it is the same, else one more.
  ///
  /// @param fingerprint the same for the same definition, another for another
  int of(String workspaceId, String view, String fingerprint) {
    String key = KEY + workspaceId + "." + view;
    Optional<String[]> known =
        journal.metadata(key).map(bytes -> new String(bytes, StandardCharsets.UTF_8).split(" ", 2));
    if (known.isPresent() && known.get()[1].equals(fingerprint)) {
      return Integer.parseInt(known.get()[0]);
    }
    int version = known.map(parts -> Integer.parseInt(parts[0]) + 1).orElse(1);
    journal.putMetadata(
        Map.of(key, (version + " " + fingerprint).getBytes(StandardCharsets.UTF_8)));
    return version;
  }
}
