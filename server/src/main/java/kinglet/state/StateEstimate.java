// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.ArrayList;
import java.util.List;

/// How much memory an entity takes that has so many events, spread over its longest window: what is
/// kept of events made up for it. Arguments that are arrays, maps or tuples are left out.
///
/// @param bytes about
public record StateEstimate(int events, long bytes) {
  private static final int[] EVENTS = {1, 100, 10_000};

  /// Stands for a window without an end.
  private static final long LONG_MICROS = 30L * 86_400 * 1_000_000;

  private static final long NOW = 100 * LONG_MICROS;
  private static final byte[] KEY = new byte[16];

  /// The estimates for few, some and many events.
  public static List<StateEstimate> of(StateLayout layout) {
    List<StateEstimate> estimates = new ArrayList<>();
    for (int events : EVENTS) {
      estimates.add(new StateEstimate(events, bytes(layout, events)));
    }
    return List.copyOf(estimates);
  }

  private static long bytes(StateLayout layout, int events) {
    LocalStates states = new LocalStates();
    ViewState view = states.open("estimate", layout);
    Event event = new Event(layout);
    event.setKey(KEY, 0, KEY.length);
    long span = spanMicros(layout);
    for (int i = 1; i <= events; i++) {
      long micros = NOW - span + (long) ((double) span * i / events);
      event.place(micros, i, micros);
      fill(layout, event, i);
      states.add(view, event);
    }
    return view.bytes();
  }

  private static void fill(StateLayout layout, Event event, int i) {
    for (int argument = 0; argument < layout.arguments().size(); argument++) {
      switch (layout.arguments().get(argument)) {
        case WHOLE -> event.argument(argument).setWhole(i);
        case FLOAT -> event.argument(argument).setReal(i);
        case BYTES -> event.argument(argument).setText("value " + (10_000_000 + i));
        case BIG, LIST, MAP, TUPLE -> event.argument(argument).setNull();
      }
    }
    for (int condition = 0; condition < layout.conditions(); condition++) {
      event.setCondition(condition, true);
    }
  }

  private static long spanMicros(StateLayout layout) {
    long longest = 0;
    for (Window window : layout.windows()) {
      longest =
          Math.max(
              longest,
              switch (window) {
                case Window.Range(long micros, boolean _) -> micros;
                case Window.Tiled(long micros, long _) -> micros;
                case Window.Unbounded(), Window.Rows(int _) -> LONG_MICROS;
              });
    }
    return Math.min(longest, 10 * LONG_MICROS);
  }
}
