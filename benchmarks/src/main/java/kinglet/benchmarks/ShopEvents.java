// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/// Events of a shop by a seed: one of each shopper, then more of them by Zipf's law, over the last
/// day. Amounts are quarters, so that their sums are exact in any order.
final class ShopEvents {
  private static final long SPAN_MICROS = 24 * 3_600_000_000L;
  private static final long SEED = 11;

  private final int entities;
  private final int[] drawn;
  private final long endMicros;
  private final Random random = new Random(SEED);

  /// @param endMicros the time of the last event
  ShopEvents(int entities, int count, long endMicros) {
    this.entities = entities;
    this.endMicros = endMicros;
    this.drawn = Zipf.draw(entities, Math.max(0, count - entities), random);
  }

  static String key(int entity) {
    return "user" + entity;
  }

  int count() {
    return entities + drawn.length;
  }

  /// Events from one number to another as NDJSON; to be asked for in their order.
  byte[] lines(int from, int to) {
    StringBuilder lines = new StringBuilder((to - from) * 140);
    for (int i = from; i < to; i++) {
      int entity = i < entities ? i : drawn[i - entities];
      long micros = endMicros - SPAN_MICROS + (long) ((i + 1.0) / count() * SPAN_MICROS);
      ShopEvent.draw(key(entity), micros, random).append(lines);
    }
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }
}
