// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.row;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import kinglet.expression.Evaluator;
import kinglet.type.Schema;

/// The columns of a data source as expressions see them, and which of them are needed. Immutable.
public final class RowShape {
  private final Schema schema;
  private final BitSet needed;
  private final List<Supplier<Evaluator>> defaults;
  private final Map<String, Integer> places = new HashMap<>();

  /// @param defaults for each column what its value is in a row that does not carry it
  public RowShape(Schema schema, BitSet needed, List<Supplier<Evaluator>> defaults) {
    this.schema = schema;
    this.needed = (BitSet) needed.clone();
    this.defaults = List.copyOf(defaults);
    for (int i = 0; i < schema.size(); i++) {
      places.put(schema.column(i).name(), i);
    }
  }

  public Schema schema() {
    return schema;
  }

  int size() {
    return schema.size();
  }

  boolean needed(int column) {
    return needed.get(column);
  }

  /// The place of a column that is needed; -1 for any other.
  int neededPlace(String name) {
    int place = places.getOrDefault(name, -1);
    return place >= 0 && needed.get(place) ? place : -1;
  }

  /// For one thread.
  Evaluator[] defaults() {
    return defaults.stream().map(Supplier::get).toArray(Evaluator[]::new);
  }
}
