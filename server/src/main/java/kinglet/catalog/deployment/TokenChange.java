// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.List;

/// What a deployment does to one token.
public record TokenChange(
    String token, Kind kind, List<Permission> added, List<Permission> removed) {
  public TokenChange {
    added = List.copyOf(added);
    removed = List.copyOf(removed);
  }

  /// Whether the token is made, altered or left without anything.
  public enum Kind {
    ADDED,
    CHANGED,
    REMOVED
  }

  /// @param resourceType `datasource` or `pipe`
  /// @param permission `READ` or `APPEND`
  public record Permission(String resource, String resourceType, String permission) {}
}
