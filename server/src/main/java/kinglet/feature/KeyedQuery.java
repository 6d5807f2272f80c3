// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import kinglet.expression.Evaluator;
import kinglet.expression.Row;
import kinglet.feature.KeyedPlan.KeyedView;
import kinglet.feature.KeyedPlan.Level;
import kinglet.state.ReadStatus;
import kinglet.type.Column;
import kinglet.value.ListValue;
import kinglet.value.Slot;

/// A query that fixes every key of the feature views it reads, answered from memory. Safe from any
/// thread.
public final class KeyedQuery {
  private final Features features;
  private final KeyedPlan plan;

  KeyedQuery(Features features, KeyedPlan plan) {
    this.features = features;
    this.plan = plan;
  }

  /// The columns of the result.
  public List<Column> columns() {
    return plan.columns();
  }

  /// Whether the views it was planned for are the ones that are read now.
  public boolean isCurrent() {
    return plan.views().stream().allMatch(keyed -> features.isLive(keyed.view()));
  }

  /// How the query is answered.
  @Override
  public String toString() {
    return plan.views().stream()
        .map(keyed ->
            "Read "
                + keyed.view().name()
                + "@"
                + keyed.view().version()
                + " by "
                + String.join(", ", keyed.view().program().view().entity()))
        .collect(Collectors.joining("\n", "served: memory\n", ""));
  }

  /// Takes the rows of a result.
  @FunctionalInterface
  interface Rows {
    /// @param values which hold until the next row
    /// @param status what the views say of the row's keys, the least that one of them does
    void row(int number, Slot[] values, ReadStatus status);
  }

  /// Hands every row of the result on; answers how many there are.
  int read(long readMicros, Rows rows) {
    return new Reading(readMicros, rows).run();
  }

  /// The same at the present time.
  int read(Rows rows) {
    return read(features.nowMicros(), rows);
  }

  /// One read; belongs to its thread.
  private final class Reading {
    private final long readMicros;
    private final Rows rows;
    private final Slot[] base = Slot.array(plan.baseColumns());
    private final List<Running> levels = new ArrayList<>();
    private final ReadStatus[] statuses = new ReadStatus[plan.views().size()];
    private int count;

    Reading(long readMicros, Rows rows) {
      this.readMicros = readMicros;
      this.rows = rows;
      Arrays.fill(statuses, ReadStatus.NOT_FOUND);
      Slot[] source = base;
      for (Level level : plan.levels()) {
        Running running = new Running(level, source, readMicros);
        levels.add(running);
        source = running.out;
      }
    }

    int run() {
      combine(0, 0);
      return count;
    }

    /// Every combination of the keys of every view.
    private void combine(int view, int firstColumn) {
      if (view == plan.views().size()) {
        emit();
        return;
      }
      KeyedView keyed = plan.views().get(view);
      int size = keyed.view().program().columns().size();
      Boolean unused =
          keyed
              .view()
              .read(reader -> {
                keys(keyed, 0, reader, view, firstColumn, size);
                return true;
              });
    }

    private void keys(
        KeyedView keyed, int key, ViewReader reader, int view, int firstColumn, int size) {
      if (key == keyed.keys().size()) {
        reader.read(readMicros);
        statuses[view] = reader.status();
        for (int i = 0; i < size; i++) {
          base[firstColumn + i].set(reader.value(i));
        }
        combine(view + 1, firstColumn + size);
        return;
      }
      ListValue values = keyed.keys().get(key);
      for (int i = 0; i < values.size(); i++) {
        values.get(i, reader.key(key));
        keys(keyed, key + 1, reader, view, firstColumn, size);
      }
    }

    private ReadStatus least() {
      ReadStatus least = ReadStatus.PRESENT;
      for (ReadStatus status : statuses) {
        least = status == ReadStatus.PRESENT ? least : status;
      }
      return least;
    }

    private void emit() {
      for (Running level : levels) {
        if (!level.passes()) {
          return;
        }
      }
      rows.row(count++, levels.getLast().out, least());
    }
  }

  /// A level at work.
  private static final class Running {
    private final List<Evaluator> where;
    private final List<Evaluator> items;
    private final Row row;
    private final Slot[] out;
    private final Slot slot = new Slot();

    Running(Level level, Slot[] source, long readMicros) {
      this.where = level.where().stream().map(Computed::evaluator).toList();
      this.items = level.items().stream().map(Computed::evaluator).toList();
      this.out = Slot.array(items.size());
      this.row =
          (column, into) -> {
            if (column < source.length) {
              into.set(source[column]);
            } else {
              into.setWhole(readMicros);
            }
          };
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
        items.get(i).evaluate(row, out[i]);
      }
      return true;
    }
  }
}
