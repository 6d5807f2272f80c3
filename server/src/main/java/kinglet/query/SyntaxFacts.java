// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.util.Set;

/// What the engine's own parser found in a query.
///
/// @param tables names at the places of tables, as `database.table` or alone
/// @param inOperands qualified names right of IN: tables, if no column has that name
/// @param storages what `joinGet` reads
/// @param functions functions that are not offered by that name
record SyntaxFacts(
    Set<String> tables,
    Set<String> inOperands,
    Set<String> storages,
    Set<String> functions,
    Set<String> tableFunctions) {
  SyntaxFacts {
    tables = Set.copyOf(tables);
    inOperands = Set.copyOf(inOperands);
    storages = Set.copyOf(storages);
    functions = Set.copyOf(functions);
    tableFunctions = Set.copyOf(tableFunctions);
  }
}
