// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.List;

/// What a feature view takes of a lookup view: the row of a key that is computed of each event.
///
/// @param lookup the program of the lookup view
/// @param keys the key, column by column of the lookup's ENTITY
/// @param firstColumn where the lookup's columns begin among those that expressions name
record Enrichment(ViewProgram lookup, List<Computed> keys, int firstColumn) {
  Enrichment {
    keys = List.copyOf(keys);
  }
}
