// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.replacement;

import java.util.Optional;
import kinglet.catalog.DataSource;

/// Rows that are to take the place of others.
///
/// @param source the data source whose rows they replace
/// @param staged what the new rows are imported into: the same with another number and table
/// @param condition which rows are replaced, as qualified SQL; none for all of them
/// @param skipsViews whether views that cannot follow are passed over
/// @param clonedSeq the last row that stood in the table when the new one was made
/// @param position the last row that was accepted before the beginning
public record Replacement(
    String id,
    DataSource source,
    DataSource staged,
    Optional<String> condition,
    boolean skipsViews,
    long clonedSeq,
    long position) {
  /// The condition as one that is true or false.
  String matches() {
    return condition.map(text -> "ifNull(" + text + ", 0)").orElse("1");
  }
}
