// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.List;
import java.util.Optional;
import java.util.function.LongUnaryOperator;
import kinglet.feature.definition.FeatureView;
import kinglet.feature.row.RowShape;
import kinglet.state.StateLayout;
import kinglet.type.Column;
import kinglet.type.DataType;
import kinglet.type.Schema;

/// A feature view, compiled for the columns of its data source. Immutable.
///
/// @param rows the columns of the data source that are needed
/// @param keys the key of an event's entity, column by column
/// @param eventTime the time of an event, in microseconds by `micros`
/// @param enrichments the rows of lookup views that expressions name beside it
/// @param where which events count
/// @param arguments what the state keeps of an event
/// @param conditions which of an event hold, for `-If`
/// @param values each column of the view, of the values of the state, then those of the key
record ViewProgram(
    FeatureView view,
    RowShape rows,
    List<Computed> keys,
    Computed eventTime,
    LongUnaryOperator micros,
    List<Enrichment> enrichments,
    Optional<Computed> where,
    List<Computed> arguments,
    List<Computed> conditions,
    StateLayout layout,
    List<FeatureColumn> columns,
    List<Computed> values) {
  ViewProgram {
    keys = List.copyOf(keys);
    enrichments = List.copyOf(enrichments);
    arguments = List.copyOf(arguments);
    conditions = List.copyOf(conditions);
    columns = List.copyOf(columns);
    values = List.copyOf(values);
  }

  boolean isLookup() {
    return layout.lookup();
  }

  String name() {
    return view.name();
  }

  KeyCodec keyCodec() {
    return new KeyCodec(keyTypes());
  }

  List<DataType> keyTypes() {
    return keys.stream().map(Computed::type).toList();
  }

  /// What the view gives, as a table.
  Schema schema() {
    return new Schema(
        columns.stream()
            .map(column -> new Column(column.name(), column.type(), null, null, null))
            .toList());
  }
}
