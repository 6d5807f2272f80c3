// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import kinglet.feature.BatchHead.Interval;
import kinglet.feature.BatchRequest.With;
import kinglet.state.ReadStatus;
import kinglet.type.Column;
import kinglet.type.DataType;
import kinglet.value.Slot;

/// The last read of a view as a row of a batch answer: every column but those of the key. Made once
/// for each reader, for all its calls.
final class ViewRow implements BatchRow {
  private final ViewReader reader;
  private final ViewProgram program;
  private final int[] features;
  private final List<Column> keyColumns;
  private final List<Column> columns;

  ViewRow(ViewReader reader, ViewProgram program) {
    this.reader = reader;
    this.program = program;
    BitSet places = new BitSet();
    for (int i = 0; i < program.columns().size(); i++) {
      places.set(i, !program.columns().get(i).isKey());
    }
    this.features = places.stream().toArray();
    List<Column> keys = new ArrayList<>();
    for (int i = 0; i < program.keys().size(); i++) {
      keys.add(column(program.view().entity().get(i), program.keyTypes().get(i)));
    }
    this.keyColumns = List.copyOf(keys);
    this.columns =
        places.stream()
            .mapToObj(place -> program.columns().get(place))
            .map(column -> column(column.name(), column.type()))
            .toList();
  }

  BatchHead head(int version, long readMicros, long journalSeq, Set<With> with) {
    List<Interval> intervals = new ArrayList<>();
    for (int i = 0; with.contains(With.INTERVAL) && i < features.length; i++) {
      BitSet one = new BitSet();
      one.set(features[i]);
      intervals.add(Interval.of(program, one, readMicros));
    }
    return new BatchHead(
        program.name(), version, readMicros, journalSeq, keyColumns, columns, intervals, with);
  }

  private static Column column(String name, DataType type) {
    return new Column(name, type, null, null, null);
  }

  @Override
  public Slot key(int column) {
    return reader.key(column);
  }

  @Override
  public Slot value(int feature) {
    return reader.value(features[feature]);
  }

  @Override
  public ReadStatus status(int feature) {
    return reader.status();
  }

  @Override
  public OptionalLong newestMicros() {
    return reader.newestMicros();
  }
}
