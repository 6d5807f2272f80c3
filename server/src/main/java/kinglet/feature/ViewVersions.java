// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import kinglet.journal.Journal;

/// Which version of a view has which definition, kept beside the journal. Thread-safe.
record ViewVersions(Journal journal) {
  private static final String KEY = "feature.version.";
  private static final String REPLACED = "feature.replaced.";
  private static final String SERVED = "feature.served.";

  /// A version that another takes the place of.
  ///
  /// @param fingerprint what it was made of had
  record Replaced(int version, String fingerprint, ViewDefinition definition) {}

  /// Keeps a version for the time after a restart, in the place of the one before.
  void keep(String workspaceId, String view, Replaced replaced) {
    byte[] definition = replaced.definition().json();
    byte[] head =
        (replaced.version() + " " + replaced.fingerprint() + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] all = Arrays.copyOf(head, head.length + definition.length);
    System.arraycopy(definition, 0, all, head.length, definition.length);
    journal.putMetadata(Map.of(replacedKey(workspaceId, view), all));
  }

  void forget(String workspaceId, String view) {
    if (journal.metadata(replacedKey(workspaceId, view)).isPresent()) {
      journal.putMetadata(Map.of(replacedKey(workspaceId, view), new byte[0]));
    }
  }

  /// The version that is kept.
  Optional<Replaced> kept(String workspaceId, String view) {
    return journal.metadata(replacedKey(workspaceId, view)).map(ViewVersions::replaced);
  }

  private static Replaced replaced(byte[] all) {
    String[] parts = new String(all, StandardCharsets.UTF_8).split("[ \n]", 3);
    return new Replaced(
        Integer.parseInt(parts[0]),
        parts[1],
        ViewDefinition.parse(parts[2].getBytes(StandardCharsets.UTF_8)));
  }

  private static String replacedKey(String workspaceId, String view) {
    return REPLACED + workspaceId + "." + view;
  }

  /// Remembers which version of a view is read.
  void served(String workspaceId, String view, int version) {
    if (!isServed(workspaceId, view, version)) {
      journal.putMetadata(
          Map.of(
              SERVED + workspaceId + "." + view,
              Integer.toString(version).getBytes(StandardCharsets.UTF_8)));
    }
  }

  /// Whether this is the version that was read last.
  boolean isServed(String workspaceId, String view, int version) {
    return journal
        .metadata(SERVED + workspaceId + "." + view)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .filter(Integer.toString(version)::equals)
        .isPresent();
  }

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
