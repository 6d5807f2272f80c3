// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import kinglet.feature.wire.JsonValues;
import kinglet.state.ReadStatus;
import kinglet.type.Bytes;
import kinglet.type.DataType;
import kinglet.value.Slot;

/// Columns of features as Feast's answers have them. Belongs to one thread.
final class FeastColumns {
  static final String NO_TIME = "\"1970-01-01T00:00:00Z\"";

  private final List<Part> parts;
  private final StringBuilder times = new StringBuilder();
  private String comma = "";

  private static final class Part {
    private final DataType type;
    private final Bytes values = new Bytes(64);
    private final JsonValues json = new JsonValues(values);
    private final StringBuilder statuses = new StringBuilder();

    Part(DataType type) {
      this.type = type;
    }
  }

  FeastColumns(List<DataType> types) {
    this.parts = types.stream().map(Part::new).toList();
  }

  void value(int column, Slot value, ReadStatus status) {
    Part part = parts.get(column);
    part.json.raw(comma);
    part.json.write(part.type, value);
    part.statuses.append(comma).append(status(status, value));
  }

  /// Every column has its value of the row.
  ///
  /// @param newestMicros the event time of the newest event
  void endRow(OptionalLong newestMicros) {
    times
        .append(comma)
        .append(
            newestMicros.isPresent()
                ? "\"" + Instant.EPOCH.plus(newestMicros.getAsLong(), ChronoUnit.MICROS) + "\""
                : NO_TIME);
    comma = ",";
  }

  /// One JSON object for each column.
  List<String> results() {
    List<String> results = new ArrayList<>();
    for (Part part : parts) {
      results.add(
          "{\"values\":["
              + new String(part.values.toArray(), StandardCharsets.UTF_8)
              + "],\"statuses\":["
              + part.statuses
              + "],\"event_timestamps\":["
              + times
              + "]}");
    }
    return results;
  }

  private static String status(ReadStatus status, Slot value) {
    return switch (status) {
      case NOT_FOUND -> "\"NOT_FOUND\"";
      case EXPIRED -> "\"OUTSIDE_MAX_AGE\"";
      case PRESENT -> value.isNull() ? "\"NULL_VALUE\"" : "\"PRESENT\"";
    };
  }
}
