// SPDX-License-Identifier: Apache-2.0
package kinglet.cli.generate;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// Rows as lines of JSON, by data source. Not thread-safe.
public final class Rows {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final Map<String, StringBuilder> lines = new LinkedHashMap<>();
  private StringBuilder line = new StringBuilder();
  private long count;

  /// Begins a row of a data source; [#end] ends it.
  Rows begin(String dataSource, long micros) {
    line = lines.computeIfAbsent(dataSource, _ -> new StringBuilder());
    Instant at =
        Instant.ofEpochSecond(
            Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000);
    line.append("{\"at\":\"");
    TIME.formatTo(at, line);
    line.append('"');
    return this;
  }

  /// @param value text that JSON needs no escapes for
  Rows with(String column, String value) {
    line.append(",\"").append(column).append("\":\"").append(value).append('"');
    return this;
  }

  Rows with(String column, long value) {
    line.append(",\"").append(column).append("\":").append(value);
    return this;
  }

  /// A number with two digits behind the point.
  Rows withCents(String column, double value) {
    long cents = Math.round(value * 100);
    line.append(",\"").append(column).append("\":").append(cents / 100).append('.');
    long rest = Math.abs(cents % 100);
    line.append(rest / 10).append(rest % 10);
    return this;
  }

  void end() {
    line.append("}\n");
    count++;
  }

  /// How many rows were written since the last [#clear].
  public long count() {
    return count;
  }

  /// The lines by data source, in UTF-8.
  public Map<String, byte[]> bodies() {
    Map<String, byte[]> bodies = new LinkedHashMap<>();
    lines.forEach((source, text) -> {
      if (!text.isEmpty()) {
        bodies.put(source, text.toString().getBytes(StandardCharsets.UTF_8));
      }
    });
    return bodies;
  }

  public void clear() {
    lines.values().forEach(text -> text.setLength(0));
    count = 0;
  }
}
