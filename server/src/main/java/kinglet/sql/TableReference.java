// SPDX-License-Identifier: Apache-2.0
package kinglet.sql;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A table named in a query; never one that the query itself defines.
///
/// @param database the part before the dot
/// @param alias how the rest of the query calls it, if it says so
public record TableReference(
    Optional<String> database,
    String name,
    int offset,
    int length,
    ReferenceKind kind,
    Optional<String> alias) {
  TableReference(
      @Nullable String database,
      String name,
      int offset,
      int length,
      ReferenceKind kind,
      @Nullable String alias) {
    this(Optional.ofNullable(database), name, offset, length, kind, Optional.ofNullable(alias));
  }

  /// The name as it was meant, for messages.
  public String text() {
    return database.map(before -> before + "." + name).orElse(name);
  }
}
