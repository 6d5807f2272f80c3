// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/// Features as their definition says: keeps every event and computes each value from all of them.
final class NaiveModel {
  private static final Comparator<Event> ORDER =
      Comparator.comparingLong(Event::micros).thenComparingLong(Event::seq);

  private final Case made;
  private final History history;
  private final List<List<Event>> byKey = new ArrayList<>();

  NaiveModel(Case made, History history) {
    this.made = made;
    this.history = history;
    made.keys().forEach(_ -> byKey.add(new ArrayList<>()));
  }

  /// What is expected of a read.
  record Outcome(String status, List<Expected> values) {}

  /// The outcome of each read.
  List<Outcome> outcomes() {
    List<Outcome> outcomes = new ArrayList<>(made.reads().size());
    int next = 0;
    for (Read read : made.reads()) {
      while (next < made.events().size() && made.events().get(next).seq() <= read.seenSeq()) {
        add(made.events().get(next++));
      }
      outcomes.add(outcome(read));
    }
    return outcomes;
  }

  private void add(Event event) {
    if (history.isTaken(event)) {
      List<Event> events = byKey.get(event.key());
      if (history.beginnings().contains(event.seq())) {
        events.clear();
      }
      events.add(-Collections.binarySearch(events, event, ORDER) - 1, event);
    }
  }

  private Outcome outcome(Read read) {
    List<Event> all = byKey.get(read.key());
    List<Event> known = all.subList(0, countUntil(all, read.micros()));
    String status = status(known, read.micros());
    List<Expected> values = new ArrayList<>();
    if (status.equals("NOT_FOUND")) {
      known = List.of();
    }
    for (int column = 0; column < made.columns(); column++) {
      if (status.equals("EXPIRED")) {
        values.add(Expected.NULL);
      } else if (made.isLookup()) {
        values.add(
            known.isEmpty()
                ? Expected.NULL
                : Expected.exact(made.lookups().get(column).of().apply(known.getLast())));
      } else {
        values.add(value(made.features().get(column), known, read.micros()));
      }
    }
    return new Outcome(status, values);
  }

  private String status(List<Event> known, long readMicros) {
    if (known.isEmpty()) {
      return "NOT_FOUND";
    }
    long newest = known.getLast().micros();
    if (made.ttlMicros().isPresent() && newest < readMicros - made.ttlMicros().getAsLong()) {
      return newest < readMicros - made.forgetMicros() ? "NOT_FOUND" : "EXPIRED";
    }
    return "PRESENT";
  }

  private static int countUntil(List<Event> events, long micros) {
    Event last = new Event(micros, Long.MAX_VALUE, 0, 0, List.of());
    return -Collections.binarySearch(events, last, ORDER) - 1;
  }

  private Expected value(Feature feature, List<Event> known, long readMicros) {
    List<Expected> values = new ArrayList<>(feature.uses().size());
    for (Feature.Use use : feature.uses()) {
      List<Event> window = window(made.frames().get(use.window()), known, readMicros);
      values.add(use.measure().of(window, readMicros));
    }
    return feature.model().of(values, readMicros);
  }

  private static List<Event> window(Frame frame, List<Event> known, long readMicros) {
    if (frame instanceof Frame.Rows(int preceding)) {
      return known.subList(Math.max(0, known.size() - preceding - 1), known.size());
    }
    long start = frame.startMicros(readMicros);
    int from = start == Long.MIN_VALUE ? 0 : countUntil(known, start - 1);
    int until = countUntil(known, frame.endMicros(readMicros));
    return from < until ? known.subList(from, until) : List.of();
  }
}
