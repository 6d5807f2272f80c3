// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import kinglet.aggregate.States;
import kinglet.value.Slot;

/// Reads values of a view. Belongs to one thread at a time; what a read leaves in it holds until
/// the next one.
public final class StateReader {
  private final ViewState view;
  private final Slot[] arguments;
  private final States states;
  private long newestMicros = Long.MIN_VALUE;

  StateReader(ViewState view) {
    this.view = view;
    ViewPlan plan = view.plan();
    this.arguments = Stream.generate(Slot::new).limit(plan.rows().arguments()).toArray(Slot[]::new);
    this.states = new States(plan.stateWords(), plan.stateObjects(), 1);
  }

  public ViewState view() {
    return view;
  }

  /// Puts the values of a key at a time into slots, one for each of [StateLayout#values()]. What
  /// the slots hold is not changed by later reads and events.
  ///
  /// @throws kinglet.error.PlatformException if the time lies before what is kept
  public ReadStatus read(byte[] key, int offset, int length, long readMicros, Slot[] values) {
    EntityState entity = view.find(key, offset, length);
    newestMicros = Long.MIN_VALUE;
    if (entity == null) {
      empty(readMicros, values);
      return ReadStatus.NOT_FOUND;
    }
    return read(entity, readMicros, values);
  }

  public ReadStatus read(byte[] key, long readMicros, Slot[] values) {
    return read(key, 0, key.length, readMicros, values);
  }

  /// The event time of the newest event until the time of the last read; none if there was none.
  public OptionalLong newestMicros() {
    return newestMicros == Long.MIN_VALUE ? OptionalLong.empty() : OptionalLong.of(newestMicros);
  }

  private ReadStatus read(EntityState entity, long readMicros, Slot[] values) {
    Tail tail = entity.tail();
    ViewPlan plan = view.plan();
    StateLayout layout = plan.layout();
    int stride = plan.rows().words();
    long[] words = tail.words();
    List<Integer> rows =
        IntStream.range(0, tail.count())
            .boxed()
            .filter(row -> words[row * stride] <= readMicros)
            .sorted(
                Comparator.<Integer>comparingLong(row -> words[row * stride])
                    .thenComparingLong(row -> words[row * stride + RowLayout.SEQ])
                    .reversed())
            .toList();
    if (rows.isEmpty()) {
      empty(readMicros, values);
      return ReadStatus.NOT_FOUND;
    }
    newestMicros = words[rows.getFirst() * stride];
    if (layout.ttlMicros().isPresent()
        && newestMicros < readMicros - layout.ttlMicros().getAsLong()) {
      Arrays.stream(values).forEach(Slot::setNull);
      return ReadStatus.EXPIRED;
    }
    if (layout.lookup()) {
      load(tail, rows.getFirst());
      for (int value = 0; value < values.length; value++) {
        values[value].set(arguments[value]);
      }
      return ReadStatus.PRESENT;
    }
    for (int value = 0; value < values.length; value++) {
      FeatureUse feature = layout.features().get(value);
      Window window = layout.windows().get(feature.window());
      long start = window.startMicros(readMicros);
      long end = window.endMicros(readMicros);
      Stream<Integer> inside =
          rows.stream().filter(row -> words[row * stride] >= start && words[row * stride] <= end);
      if (window instanceof Window.Rows(int preceding)) {
        inside = inside.limit(preceding + 1L);
      }
      states.clear(0);
      ViewPlan.Use use = plan.uses().get(feature.aggregate());
      inside.forEach(row -> add(tail, row, use));
      use.aggregate().finish(states, 0, use.word(), use.object(), readMicros, values[value]);
    }
    return ReadStatus.PRESENT;
  }

  private void load(Tail tail, int row) {
    RowLayout rows = view.plan().rows();
    rows.read(tail.words(), row * rows.words(), tail.objects(), row * rows.objects(), arguments);
  }

  private void add(Tail tail, int row, ViewPlan.Use use) {
    RowLayout rows = view.plan().rows();
    int word = row * rows.words();
    long[] words = tail.words();
    if (use.condition() >= 0
        && (words[word + RowLayout.FLAGS + (use.condition() >> 6)] & 1L << use.condition()) == 0) {
      return;
    }
    load(tail, row);
    Slot[] taken =
        use.arguments().stream().map(argument -> arguments[argument]).toArray(Slot[]::new);
    if (use.aggregate().skipsNulls() && Arrays.stream(taken).anyMatch(Slot::isNull)) {
      return;
    }
    use.aggregate()
        .add(
            states,
            0,
            use.word(),
            use.object(),
            taken,
            words[word + RowLayout.MICROS],
            words[word + RowLayout.SEQ]);
  }

  private void empty(long readMicros, Slot[] values) {
    StateLayout layout = view.plan().layout();
    states.clear(0);
    for (int value = 0; value < values.length; value++) {
      if (layout.lookup()) {
        values[value].setNull();
      } else {
        ViewPlan.Use use = view.plan().uses().get(layout.features().get(value).aggregate());
        use.aggregate().finish(states, 0, use.word(), use.object(), readMicros, values[value]);
      }
    }
  }
}
