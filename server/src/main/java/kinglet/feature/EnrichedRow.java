// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import kinglet.expression.Evaluator;
import kinglet.expression.Row;
import kinglet.feature.row.EventRows;
import kinglet.state.ViewState;
import kinglet.value.Slot;

/// A row of a data source with the rows of lookup views as they are known at it. Belongs to one
/// thread.
final class EnrichedRow implements Row {
  private final int ownColumns;
  private final List<Looked> lookups = new ArrayList<>();
  private EventRows row = EventRows.NONE;

  /// @param states the state of each lookup view that the program names
  EnrichedRow(ViewProgram program, Function<ViewProgram, ViewState> states) {
    this.ownColumns = program.rows().schema().size();
    for (Enrichment enrichment : program.enrichments()) {
      lookups.add(
          new Looked(
              new ViewReader(enrichment.lookup(), states.apply(enrichment.lookup()).reader()),
              enrichment.keys().stream().map(Computed::evaluator).toList(),
              enrichment.firstColumn(),
              enrichment.lookup().columns().size()));
    }
  }

  private record Looked(ViewReader reader, List<Evaluator> keys, int first, int columns) {}

  /// Takes the row where `rows` stands.
  void at(EventRows rows) {
    row = rows;
    for (Looked lookup : lookups) {
      for (int key = 0; key < lookup.keys().size(); key++) {
        lookup.keys().get(key).evaluate(rows, lookup.reader().key(key));
      }
      lookup.reader().read(rows.ingestedMicros());
    }
  }

  @Override
  public void get(int column, Slot into) {
    if (column < ownColumns) {
      row.get(column, into);
      return;
    }
    for (Looked lookup : lookups) {
      if (column < lookup.first() + lookup.columns()) {
        into.set(lookup.reader().value(column - lookup.first()));
        return;
      }
    }
    throw new IndexOutOfBoundsException(column);
  }
}
