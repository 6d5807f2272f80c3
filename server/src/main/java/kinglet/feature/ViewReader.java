// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;
import kinglet.expression.Evaluator;
import kinglet.expression.Row;
import kinglet.state.Explanation;
import kinglet.state.ReadStatus;
import kinglet.state.StateReader;
import kinglet.state.ViewState;
import kinglet.type.Bytes;
import kinglet.value.Slot;

/// Reads the columns of a view for one key after the other. Belongs to one thread at a time.
final class ViewReader implements ViewValues {
  private final ViewProgram program;
  private final StateReader state;
  private final ViewReadLog log;
  private final KeyCodec codec;
  private final List<Evaluator> columns;
  private final BitSet keyColumns;
  private final Slot[] stateValues;
  private final Slot[] keyValues;
  private final Slot[] values;
  private final Row row;
  private final ViewRow batchRow;
  private final Bytes key = new Bytes(64);
  private final List<byte[]> expected = new ArrayList<>();
  private long hash;
  private boolean writtenDown;
  private long readMicros;
  private ReadStatus status = ReadStatus.NOT_FOUND;

  ViewReader(ViewProgram program, StateReader state) {
    this(program, state, ViewReadLog.NONE);
  }

  /// @param log where reads of some keys are written down
  ViewReader(ViewProgram program, StateReader state, ViewReadLog log) {
    this.program = program;
    this.state = state;
    this.log = log;
    this.codec = program.keyCodec();
    this.columns = program.values().stream().map(Computed::evaluator).toList();
    this.keyColumns = keyColumns(program);
    this.stateValues = Slot.array(program.layout().values());
    this.keyValues = Slot.array(program.keys().size());
    this.values = Slot.array(columns.size());
    this.row = this::column;
    this.batchRow = new ViewRow(this, program);
  }

  private static BitSet keyColumns(ViewProgram program) {
    BitSet keys = new BitSet();
    for (int i = 0; i < program.columns().size(); i++) {
      keys.set(i, program.columns().get(i).isKey());
    }
    return keys;
  }

  /// The values of the state, those of the key, then the time of the read.
  private void column(int column, Slot into) {
    int key = column - stateValues.length;
    if (key < 0) {
      into.set(stateValues[column]);
    } else if (key < keyValues.length) {
      into.set(keyValues[key]);
    } else {
      into.setWhole(readMicros);
    }
  }

  /// What the last [#read] found, as a row of an answer.
  ViewRow row() {
    return batchRow;
  }

  /// The state that is read.
  ViewState state() {
    return state.view();
  }

  @Override
  public Slot key(int column) {
    return keyValues[column];
  }

  private void takeKey() {
    key.clear();
    codec.write(keyValues, key);
    hash = StateReader.hash(key.array(), 0, key.size());
  }

  @Override
  public void expect() {
    if (state.view().isSpilled()) {
      takeKey();
      if (!state.view().isInMemory(hash, key.array(), 0, key.size())) {
        expected.add(key.toArray());
      }
    }
  }

  @Override
  public void fetch() {
    state.view().load(expected);
    expected.clear();
  }

  @Override
  public void read(long micros) {
    readMicros = micros;
    takeKey();
    writtenDown = log.takes(hash);
    if (writtenDown) {
      log.around(this, readMicros, this::compute);
    } else {
      compute();
    }
  }

  private void compute() {
    status = state.read(hash, key.array(), 0, key.size(), readMicros, stateValues);
    evaluate();
  }

  private void evaluate() {
    for (int i = 0; i < values.length; i++) {
      if (status == ReadStatus.EXPIRED && !keyColumns.get(i)) {
        values[i].setNull();
      } else {
        columns.get(i).evaluate(row, values[i]);
      }
    }
  }

  /// Computes every column for every entity that has a value at a time, one after the other. Takes
  /// a platform thread.
  void readAll(long micros, Runnable entity) {
    readMicros = micros;
    state.readAll(
        micros,
        stateValues,
        (found, foundStatus) -> {
          status = foundStatus;
          if (status == ReadStatus.PRESENT) {
            codec.read(found, keyValues);
            evaluate();
            entity.run();
          }
        });
  }

  @Override
  public Slot value(int column) {
    return values[column];
  }

  /// What a column was computed of in the last [#read], window by window; nothing of a lookup view.
  ///
  /// @param limit how many events and tiles of a window are listed at most
  List<ValueExplanation.Part> explain(int column, int limit) {
    List<ValueExplanation.Part> parts = new ArrayList<>();
    if (!program.isLookup()) {
      for (int use : program.columns().get(column).uses()) {
        parts.add(ValueExplanation.Part.of(program, use, explain(readMicros, use, limit)));
      }
    }
    return parts;
  }

  /// What a value of the state is computed of for the key of the last [#read].
  Explanation explain(long micros, int use, int limit) {
    return state.explain(key.toArray(), micros, use, limit);
  }

  @Override
  public boolean isWrittenDown() {
    return writtenDown;
  }

  @Override
  public ReadStatus status() {
    return status;
  }

  @Override
  public OptionalLong newestMicros() {
    return state.newestMicros();
  }
}
