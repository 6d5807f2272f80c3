// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import kinglet.aggregate.States;
import kinglet.state.StateCase.Happening;
import kinglet.value.Slot;

/// The state as its definition says: keeps every event and computes each value from all of them.
final class NaiveState {
  private final StateLayout layout;
  private final Map<String, List<Happening>> entities = new HashMap<>();

  NaiveState(StateLayout layout) {
    this.layout = layout;
  }

  void add(Happening event) {
    long horizon = event.ingestedMicros() - layout.asOfMicros();
    boolean rowsMatter =
        layout.lookup() || layout.windows().stream().anyMatch(Window.Rows.class::isInstance);
    if (!rowsMatter
        && layout.windows().stream()
            .allMatch(window -> event.micros() < window.startMicros(horizon))) {
      return;
    }
    List<Happening> held = entities.computeIfAbsent(event.key(), _ -> new ArrayList<>());
    boolean silent =
        layout.ttlMicros().isPresent()
            && held.stream().allMatch(before -> before.micros() < horizon - forgetMicros());
    if (silent) {
      held.clear();
    }
    held.add(event);
  }

  private long forgetMicros() {
    long ttl = layout.ttlMicros().orElseThrow();
    return ttl
        + layout.windows().stream()
            .mapToLong(window ->
                switch (window) {
                  case Window.Range(long micros, boolean _) -> micros;
                  case Window.Tiled(long micros, long hop) -> micros + hop;
                  default -> 0;
                })
            .reduce(ttl, Math::max);
  }

  ReadStatus read(String key, long readMicros, Slot[] values) {
    List<Happening> known =
        entities.getOrDefault(key, List.of()).stream()
            .filter(event -> event.micros() <= readMicros)
            .sorted(Comparator.comparingLong(Happening::micros).thenComparingLong(Happening::seq))
            .toList();
    ReadStatus status = ReadStatus.PRESENT;
    if (known.isEmpty()) {
      status = ReadStatus.NOT_FOUND;
    } else if (layout.ttlMicros().isPresent()) {
      long silence = readMicros - known.getLast().micros();
      if (silence > forgetMicros()) {
        status = ReadStatus.NOT_FOUND;
      } else if (silence > layout.ttlMicros().getAsLong()) {
        status = ReadStatus.EXPIRED;
      }
    }
    for (int value = 0; value < values.length; value++) {
      values[value].setNull();
      if (layout.lookup() && status == ReadStatus.PRESENT) {
        set(known.getLast(), value, values[value]);
      } else if (!layout.lookup() && status != ReadStatus.EXPIRED) {
        List<Happening> counted = status == ReadStatus.NOT_FOUND ? List.of() : known;
        compute(layout.features().get(value), counted, readMicros, values[value]);
      }
    }
    return status;
  }

  private void compute(FeatureUse feature, List<Happening> known, long readMicros, Slot value) {
    Window window = layout.windows().get(feature.window());
    AggregateUse use = layout.aggregates().get(feature.aggregate());
    List<Happening> inside =
        window instanceof Window.Rows(int preceding)
            ? known.subList(Math.max(0, known.size() - preceding - 1), known.size())
            : known.stream()
                .filter(event ->
                    event.micros() >= window.startMicros(readMicros)
                        && event.micros() <= window.endMicros(readMicros))
                .toList();
    States states = new States(use.aggregate().words(), use.aggregate().hasObject() ? 1 : 0, 1);
    for (Happening event : inside) {
      boolean holds =
          use.condition().isEmpty() || event.conditions().get(use.condition().getAsInt());
      boolean hasNull = use.arguments().stream().anyMatch(event::isNull);
      if (holds && !(hasNull && use.aggregate().skipsNulls())) {
        Slot[] arguments =
            use.arguments().stream()
                .map(argument -> {
                  Slot slot = new Slot();
                  set(event, argument, slot);
                  return slot;
                })
                .toArray(Slot[]::new);
        use.aggregate().add(states, 0, 0, 0, arguments, event.micros(), event.seq());
      }
    }
    use.aggregate().finish(states, 0, 0, 0, readMicros, value);
  }

  private static void set(Happening event, int argument, Slot slot) {
    if (event.isNull(argument)) {
      slot.setNull();
    } else if (argument == 0) {
      slot.setWhole(event.whole());
    } else if (argument == 1) {
      slot.setReal(event.real());
    } else {
      slot.setText(event.text());
    }
  }

  Stream<String> keys() {
    return entities.keySet().stream();
  }
}
