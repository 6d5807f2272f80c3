// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import kinglet.expression.Evaluator;
import kinglet.expression.Row;
import kinglet.feature.KeyedPlan.KeySource;
import kinglet.feature.KeyedPlan.KeyedView;
import kinglet.feature.KeyedPlan.Level;
import kinglet.state.ReadStatus;
import kinglet.value.ListValue;
import kinglet.value.Slot;

/// Computes the rows of a [ServiceProgram]. Belongs to one thread.
public final class ServiceEvaluation {
  private static final Rows NOBODY = (_, _) -> {};

  private final KeyedPlan plan;
  private final List<? extends ViewValues> views;
  private final Slot[] inputs;
  private final Slot[] base;
  private final List<Running> levels = new ArrayList<>();
  private final int[][] viewsOfColumns;
  private long readMicros;
  private Rows rows = NOBODY;
  private int count;
  private boolean writtenDown;

  ServiceEvaluation(KeyedPlan plan, List<? extends ViewValues> views) {
    this.plan = plan;
    this.views = List.copyOf(views);
    this.inputs = Slot.array(plan.inputs().size());
    this.base = Slot.array(plan.baseColumns());
    Slot[] source = base;
    for (Level level : plan.levels()) {
      Running running = new Running(level, source);
      levels.add(running);
      source = running.out;
    }
    this.viewsOfColumns = plan.origins().stream().map(this::viewsOf).toArray(int[][]::new);
  }

  private int[] viewsOf(BitSet origins) {
    BitSet found = new BitSet();
    int first = 0;
    for (int view = 0; view < views.size(); view++) {
      int next = first + plan.views().get(view).view().program().columns().size();
      int origin = origins.nextSetBit(first);
      if (origin >= 0 && origin < next) {
        found.set(view);
      }
      first = next;
    }
    return found.stream().toArray();
  }

  /// Takes the rows of a result.
  @FunctionalInterface
  public interface Rows {
    /// @param values which hold until the next row
    void row(int number, Slot[] values);
  }

  /// Where the caller puts the value of an input.
  public Slot input(int place) {
    return inputs[place];
  }

  /// Whether one of the reads of this row is written down.
  boolean isWrittenDown() {
    return writtenDown;
  }

  /// The key of each view that was read last, such as `shopper@2`, each column as JSON.
  Map<String, List<String>> keys() {
    Map<String, List<String>> keys = new LinkedHashMap<>();
    for (int view = 0; view < views.size(); view++) {
      ViewProgram program = plan.views().get(view).view().program();
      List<String> key = new ArrayList<>();
      for (int i = 0; i < program.keyTypes().size(); i++) {
        key.add(ViewReadLog.json(program.keyTypes().get(i), views.get(view).key(i)));
      }
      keys.put(plan.views().get(view).view().toString(), key);
    }
    return keys;
  }

  /// Says that the keys of the inputs are about to be read.
  void expect() {
    for (int view = 0; view < views.size(); view++) {
      expect(plan.views().get(view), 0, views.get(view));
    }
  }

  private void expect(KeyedView keyed, int key, ViewValues values) {
    if (key == keyed.keys().size()) {
      values.expect();
      return;
    }
    switch (keyed.keys().get(key)) {
      case KeySource.Given(int input) -> {
        values.key(key).set(inputs[input]);
        expect(keyed, key + 1, values);
      }
      case KeySource.Constants(ListValue constants) -> {
        for (int i = 0; i < constants.size(); i++) {
          constants.get(i, values.key(key));
          expect(keyed, key + 1, values);
        }
      }
    }
  }

  /// Brings what is expected into memory together, as far as it is not there.
  void fetch() {
    views.forEach(ViewValues::fetch);
  }

  /// Hands every row for the inputs on; answers how many there are.
  ///
  /// @throws kinglet.error.PlatformException if a view does not keep what the time needs
  public int run(long micros, Rows to) {
    readMicros = micros;
    rows = to;
    count = 0;
    writtenDown = false;
    combine(0, 0);
    rows = NOBODY;
    return count;
  }

  /// What the views that a column is made of say of the keys, while a row is handed on: the least
  /// that one of them does.
  public ReadStatus status(int column) {
    ReadStatus least = ReadStatus.PRESENT;
    for (int view : viewsOfColumns[column]) {
      ReadStatus status = views.get(view).status();
      if (status == ReadStatus.NOT_FOUND || least == ReadStatus.PRESENT) {
        least = status;
      }
    }
    return least;
  }

  /// The event time of the newest event of any view's key, while a row is handed on.
  public OptionalLong newestMicros() {
    OptionalLong newest = OptionalLong.empty();
    for (ViewValues view : views) {
      OptionalLong one = view.newestMicros();
      if (one.isPresent() && (newest.isEmpty() || one.getAsLong() > newest.getAsLong())) {
        newest = one;
      }
    }
    return newest;
  }

  /// Every combination of the keys of every view.
  private void combine(int view, int firstColumn) {
    if (view == views.size()) {
      emit();
    } else {
      keys(plan.views().get(view), 0, view, firstColumn);
    }
  }

  private void keys(KeyedView keyed, int key, int view, int firstColumn) {
    ViewValues values = views.get(view);
    if (key == keyed.keys().size()) {
      values.read(readMicros);
      writtenDown |= values.isWrittenDown();
      int size = keyed.view().program().columns().size();
      for (int i = 0; i < size; i++) {
        base[firstColumn + i].set(values.value(i));
      }
      combine(view + 1, firstColumn + size);
      return;
    }
    switch (keyed.keys().get(key)) {
      case KeySource.Given(int input) -> {
        values.key(key).set(inputs[input]);
        keys(keyed, key + 1, view, firstColumn);
      }
      case KeySource.Constants(ListValue constants) -> {
        for (int i = 0; i < constants.size(); i++) {
          constants.get(i, values.key(key));
          keys(keyed, key + 1, view, firstColumn);
        }
      }
    }
  }

  private void emit() {
    for (Running level : levels) {
      if (!level.passes()) {
        return;
      }
    }
    rows.row(count++, levels.getLast().out);
  }

  /// A level at work.
  private final class Running {
    private final Evaluator[] where;
    private final Evaluator[] items;
    private final Slot[] source;
    private final Row row = this::column;
    private final Slot[] out;
    private final Slot slot = new Slot();

    Running(Level level, Slot[] source) {
      this.where = level.where().stream().map(Computed::evaluator).toArray(Evaluator[]::new);
      this.items = level.items().stream().map(Computed::evaluator).toArray(Evaluator[]::new);
      this.source = source;
      this.out = Slot.array(items.length);
    }

    /// The columns below, the time of the read, the inputs.
    private void column(int column, Slot into) {
      int after = column - source.length;
      if (after < 0) {
        into.set(source[column]);
      } else if (after == 0) {
        into.setWhole(readMicros);
      } else {
        into.set(inputs[after - 1]);
      }
    }

    /// Computes the items of a row that satisfies the conditions.
    boolean passes() {
      for (Evaluator condition : where) {
        condition.evaluate(row, slot);
        if (!slot.isTrue()) {
          return false;
        }
      }
      for (int i = 0; i < out.length; i++) {
        items[i].evaluate(row, out[i]);
      }
      return true;
    }
  }
}
