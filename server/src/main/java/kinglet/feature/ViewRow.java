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

/// The last read of a view as a row of a batch answer: every column but those of the key.
final class ViewRow implements BatchRow {
  private final ViewReader reader;
  private final ViewProgram program;
  private final int[] features;

  ViewRow(ViewReader reader, ViewProgram program) {
    this.reader = reader;
    this.program = program;
    BitSet places = new BitSet();
    for (int i = 0; i < program.columns().size(); i++) {
      places.set(i, !program.columns().get(i).isKey());
    }
    this.features = places.stream().toArray();
  }

  BatchHead head(int version, long readMicros, long journalSeq, Set<With> with) {
    List<Column> keys = new ArrayList<>();
    for (int i = 0; i < program.keys().size(); i++) {
      keys.add(column(program.view().entity().get(i), program.keyTypes().get(i)));
    }
    List<Column> columns = new ArrayList<>();
    List<Interval> intervals = new ArrayList<>();
    for (int feature : features) {
      FeatureColumn column = program.columns().get(feature);
      columns.add(column(column.name(), column.type()));
      BitSet one = new BitSet();
      one.set(feature);
      intervals.add(Interval.of(program, one, readMicros));
    }
    return new BatchHead(
        program.name(), version, readMicros, journalSeq, keys, columns, intervals, with);
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
