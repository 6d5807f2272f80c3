// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;

/// One event of a shop.
///
/// @param bought 1 when something was bought, else 0
record ShopEvent(
    String key, long micros, double amount, double discount, int quantity, int bought) {
  static ShopEvent draw(String key, long micros, Random random) {
    return new ShopEvent(
        key,
        micros,
        random.nextInt(400) / 4.0,
        random.nextInt(40) / 4.0,
        random.nextInt(1, 10),
        random.nextInt(2));
  }

  /// As a line of NDJSON.
  void append(StringBuilder lines) {
    lines
        .append("{\"user_id\":\"")
        .append(key)
        .append("\",\"at\":\"")
        .append(Instant.EPOCH.plus(micros, ChronoUnit.MICROS))
        .append("\",\"amount\":")
        .append(amount)
        .append(",\"discount\":")
        .append(discount)
        .append(",\"quantity\":")
        .append(quantity)
        .append(",\"bought\":")
        .append(bought)
        .append("}\n");
  }

  static byte[] lines(List<ShopEvent> events) {
    StringBuilder lines = new StringBuilder(140 * events.size());
    events.forEach(event -> event.append(lines));
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }
}
