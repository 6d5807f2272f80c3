// SPDX-License-Identifier: Apache-2.0
package kinglet.sql;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The names a SELECT defines for itself and the queries inside it.
final class Scope {
  private final @Nullable Scope parent;

  /// The first SELECT of the same UNION: what it defines is defined here too, unless anew.
  private final @Nullable Scope first;

  /// A common table expression of the parent that is not visible here: the one being defined.
  private final @Nullable String hidden;

  private final Set<String> tables = new HashSet<>();
  private final Set<String> aliases = new HashSet<>();

  private Scope(@Nullable Scope parent, @Nullable Scope first, @Nullable String hidden) {
    this.parent = parent;
    this.first = first;
    this.hidden = hidden;
  }

  static Scope outermost() {
    return new Scope(null, null, null);
  }

  /// The scope of a query inside this one.
  Scope inside() {
    return new Scope(this, null, null);
  }

  /// The scope of the query that defines a common table expression of this one.
  Scope defining(String name) {
    return new Scope(this, null, name);
  }

  /// The scope of a later SELECT of the UNION whose first one this is.
  Scope later() {
    return new Scope(parent, this, hidden);
  }

  void defineTable(String name) {
    tables.add(name);
  }

  void defineAlias(String name) {
    aliases.add(name);
  }

  boolean knowsTable(String name) {
    return defines(name) || knowsTableOutside(name);
  }

  private boolean defines(String name) {
    return tables.contains(name) || (first != null && first.defines(name));
  }

  private boolean knowsTableOutside(String name) {
    Scope above = parent;
    if (above == null) {
      return false;
    }
    return name.equals(hidden) ? above.knowsTableOutside(name) : above.knowsTable(name);
  }

  boolean knowsAlias(String name) {
    return aliases.contains(name) || (parent != null && parent.knowsAlias(name));
  }
}
