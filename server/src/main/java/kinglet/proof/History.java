// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which events of a case count, and until when: late ones never do, and those of an entity that
/// was forgotten end with the event that begins anew.
///
/// @param lostSeqs by sequence number of an event the one from which on it counts no more; its own
///   if it never counts
/// @param beginnings the events with which an entity begins anew
record History(Map<Long, Long> lostSeqs, Set<Long> beginnings) {
  static History of(Case made) {
    Map<Long, Long> lost = new HashMap<>();
    Set<Long> beginnings = new HashSet<>();
    List<List<Event>> held = new ArrayList<>();
    made.keys().forEach(_ -> held.add(new ArrayList<>()));
    for (Event event : made.events()) {
      long horizon = event.ingestedMicros() - made.asOfMicros();
      if (!made.counts(event)) {
        lost.put(event.seq(), event.seq());
      } else if (isLate(made, event.micros(), horizon)) {
        lost.put(event.seq(), event.seq());
      } else {
        List<Event> before = held.get(event.key());
        if (!before.isEmpty() && isForgotten(made, before, horizon)) {
          before.forEach(old -> lost.put(old.seq(), event.seq()));
          before.clear();
          beginnings.add(event.seq());
        }
        before.add(event);
      }
    }
    return new History(lost, beginnings);
  }

  /// Whether an event counts at first.
  boolean isTaken(Event event) {
    return lostSeq(event) > event.seq();
  }

  long lostSeq(Event event) {
    return lostSeqs.getOrDefault(event.seq(), Long.MAX_VALUE);
  }

  /// Whether a read sees what it would see after all events: nothing came in later that has its
  /// time before it, and nothing that it saw was lost.
  boolean isSettled(Case made, Read read) {
    return made.events().stream()
        .filter(event -> event.key() == read.key() && event.micros() <= read.micros())
        .filter(made::counts)
        .allMatch(event ->
            (event.seq() <= read.seenSeq() && read.seenSeq() < lostSeq(event))
                == (lostSeq(event) == Long.MAX_VALUE));
  }

  /// Whether no window sees an event from the horizon on.
  private static boolean isLate(Case made, long micros, long horizon) {
    return !made.isLookup()
        && made.frames().stream()
            .allMatch(
                frame -> !(frame instanceof Frame.Rows) && micros < frame.startMicros(horizon));
  }

  private static boolean isForgotten(Case made, List<Event> held, long horizon) {
    long forget = made.forgetMicros();
    return forget != Long.MAX_VALUE
        && held.stream().allMatch(event -> event.micros() < horizon - forget);
  }
}
