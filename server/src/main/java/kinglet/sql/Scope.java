// SPDX-License-Identifier: Apache-2.0
package kinglet.sql;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The names a SELECT defines for itself and the queries inside it.
final class Scope {
  private final @Nullable Scope parent;

  /// A common table expression of the parent that is not visible here: the one being defined.
  private final @Nullable String hidden;

  private final Set<String> tables = new HashSet<>();
  private final Set<String> aliases = new HashSet<>();

  Scope(@Nullable Scope parent) {
    this(parent, null);
  }

  Scope(@Nullable Scope parent, @Nullable String hidden) {
    this.parent = parent;
    this.hidden = hidden;
  }

  void defineTable(String name) {
    tables.add(name);
  }

  void defineAlias(String name) {
    aliases.add(name);
  }

  boolean knowsTable(String name) {
    if (tables.contains(name)) {
      return true;
    }
    Scope above = parent;
    if (above == null) {
      return false;
    }
    if (name.equals(hidden)) {
      return above.parent != null && above.knowsTableOutside(name);
    }
    return above.knowsTable(name);
  }

  /// Whether the name is defined further out than here, or hidden here too.
  private boolean knowsTableOutside(String name) {
    return parent != null && !name.equals(hidden) && parent.knowsTable(name);
  }

  boolean knowsAlias(String name) {
    return aliases.contains(name) || (parent != null && parent.knowsAlias(name));
  }
}
