// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import kinglet.feature.BatchRequest.With;
import kinglet.feature.wire.JsonValues;
import kinglet.feature.wire.UtcTime;
import kinglet.type.Bytes;
import kinglet.type.Column;

/// A batch answer as one JSON object, column by column.
final class JsonBatch implements BatchWriter {
  private final BatchHead head;
  private final List<Part> keys;
  private final List<Part> values;
  private final List<Part> statuses;
  private final Part freshness = new Part();
  private int rows;

  JsonBatch(BatchHead head) {
    this.head = head;
    this.keys = parts(head.keys().size());
    this.values = parts(head.features().size());
    this.statuses = parts(head.has(With.STATUS) ? values.size() : 0);
  }

  /// The array of a column as it grows.
  private static final class Part {
    private final Bytes bytes = new Bytes(256);
    private final JsonValues json = new JsonValues(bytes);
  }

  private static List<Part> parts(int count) {
    return Stream.generate(Part::new).limit(count).toList();
  }

  @Override
  public void row(BatchRow row) {
    for (int i = 0; i < keys.size(); i++) {
      next(keys.get(i)).write(head.keys().get(i).type(), row.key(i));
    }
    for (int i = 0; i < values.size(); i++) {
      next(values.get(i)).write(head.features().get(i).type(), row.value(i));
    }
    for (int i = 0; i < statuses.size(); i++) {
      next(statuses.get(i)).raw(quoted(row.valueStatus(i)));
    }
    if (head.has(With.FRESHNESS)) {
      time(next(freshness), row.newestMicros());
    }
    rows++;
  }

  private JsonValues next(Part part) {
    if (rows > 0) {
      part.bytes.putByte(',');
    }
    return part.json;
  }

  static String quoted(BatchRow.ValueStatus status) {
    return switch (status) {
      case PRESENT -> "\"PRESENT\"";
      case NULL -> "\"NULL\"";
      case NOT_FOUND -> "\"NOT_FOUND\"";
      case EXPIRED -> "\"EXPIRED\"";
    };
  }

  static void time(JsonValues json, OptionalLong micros) {
    json.raw(micros.isPresent() ? "\"" + UtcTime.of(micros.getAsLong()) + "\"" : "null");
  }

  @Override
  public BatchAnswer.Body end() {
    int size = 256;
    for (List<Part> parts : List.of(keys, values, statuses, List.of(freshness))) {
      size += parts.stream().mapToInt(part -> part.bytes.size() + 64).sum();
    }
    Bytes out = new Bytes(size);
    JsonValues json = new JsonValues(out);
    json.raw("{\"service\":");
    json.quoted(head.service());
    json.raw(",\"version\":");
    json.number(head.version());
    json.raw(",\"as_of\":\"" + UtcTime.of(head.asOfMicros()) + "\",\"journal_seq\":");
    json.number(head.journalSeq());
    arrays(json, out, "keys", head.keys(), keys);
    arrays(json, out, "values", head.features(), values);
    if (head.has(With.STATUS)) {
      arrays(json, out, "status", head.features(), statuses);
    }
    if (head.has(With.FRESHNESS)) {
      json.raw(",\"freshness\":[");
      put(out, freshness);
      json.raw("]");
    }
    if (head.has(With.INTERVAL)) {
      json.raw(",\"interval\":{");
      for (int i = 0; i < head.features().size(); i++) {
        name(json, i, head.features().get(i));
        time(json, head.intervals().get(i).startMicros());
        json.raw(",\"" + UtcTime.of(head.intervals().get(i).endMicros()) + "\"]");
      }
      json.raw("}");
    }
    json.raw("}");
    return new BatchAnswer.Body.Written(out.toArray());
  }

  private static void arrays(
      JsonValues json, Bytes out, String name, List<Column> columns, List<Part> parts) {
    json.raw(",\"" + name + "\":{");
    for (int i = 0; i < columns.size(); i++) {
      name(json, i, columns.get(i));
      put(out, parts.get(i));
      json.raw("]");
    }
    json.raw("}");
  }

  private static void name(JsonValues json, int number, Column column) {
    json.raw(number == 0 ? "" : ",");
    json.quoted(column.name());
    json.raw(":[");
  }

  private static void put(Bytes out, Part part) {
    out.put(part.bytes.array(), 0, part.bytes.size());
  }
}
