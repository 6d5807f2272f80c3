// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import kinglet.feature.BatchRequest.With;
import kinglet.feature.wire.JsonValues;
import kinglet.feature.wire.UtcTime;
import kinglet.type.Bytes;
import kinglet.type.Column;

/// A batch answer as one JSON object, column by column.
///
/// Rows come one after the other: their cells are written behind each other into one run of bytes,
/// which is laid out by columns at the end.
final class JsonBatch implements BatchWriter {
  private static final int CELL_BYTES = 16;

  private final BatchHead head;
  private final int width;
  private final Bytes cells;
  private final JsonValues json;
  private int[] ends;
  private int written;

  JsonBatch(BatchHead head) {
    this.head = head;
    this.width =
        head.keys().size()
            + head.features().size() * (head.has(With.STATUS) ? 2 : 1)
            + (head.has(With.FRESHNESS) ? 1 : 0);
    this.cells = new Bytes(CELL_BYTES * width);
    this.json = new JsonValues(cells);
    this.ends = new int[width];
  }

  @Override
  public void row(BatchRow row) {
    if (written == ends.length) {
      ends = Arrays.copyOf(ends, 2 * ends.length);
    }
    for (int i = 0; i < head.keys().size(); i++) {
      json.write(head.keys().get(i).type(), row.key(i));
      ends[written++] = cells.size();
    }
    for (int i = 0; i < head.features().size(); i++) {
      json.write(head.features().get(i).type(), row.value(i));
      ends[written++] = cells.size();
    }
    if (head.has(With.STATUS)) {
      for (int i = 0; i < head.features().size(); i++) {
        json.raw(quoted(row.valueStatus(i)));
        ends[written++] = cells.size();
      }
    }
    if (head.has(With.FRESHNESS)) {
      time(json, row.newestMicros());
      ends[written++] = cells.size();
    }
  }

  static String quoted(BatchRow.ValueStatus status) {
    return switch (status) {
      case PRESENT -> "\"PRESENT\"";
      case NULL -> "\"NULL\"";
      case NOT_FOUND -> "\"NOT_FOUND\"";
      case EXPIRED -> "\"EXPIRED\"";
      case TIMEOUT -> "\"TIMEOUT\"";
    };
  }

  static void time(JsonValues json, OptionalLong micros) {
    json.raw(micros.isPresent() ? "\"" + UtcTime.of(micros.getAsLong()) + "\"" : "null");
  }

  @Override
  public BatchAnswer.Body end() {
    Bytes out = new Bytes(256 + cells.size() + written + CELL_BYTES * 2 * width);
    JsonValues json = new JsonValues(out);
    json.raw("{\"service\":");
    json.quoted(head.service());
    json.raw(",\"version\":");
    json.number(head.version());
    json.raw(",\"as_of\":\"" + UtcTime.of(head.asOfMicros()) + "\",\"journal_seq\":");
    json.number(head.journalSeq());
    json.raw(",\"keys\":{");
    int place = arrays(json, out, head.keys(), 0);
    json.raw("},\"values\":{");
    place = arrays(json, out, head.features(), place);
    json.raw("}");
    if (head.has(With.STATUS)) {
      json.raw(",\"status\":{");
      place = arrays(json, out, head.features(), place);
      json.raw("}");
    }
    if (head.has(With.FRESHNESS)) {
      json.raw(",\"freshness\":[");
      cells(out, place);
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

  /// Writes the arrays of columns that begin at a place in a row; answers the place behind them.
  private int arrays(JsonValues json, Bytes out, List<Column> columns, int place) {
    for (int i = 0; i < columns.size(); i++) {
      name(json, i, columns.get(i));
      cells(out, place + i);
      out.putByte(']');
    }
    return place + columns.size();
  }

  private static void name(JsonValues json, int number, Column column) {
    json.raw(number == 0 ? "" : ",");
    json.quoted(column.name());
    json.raw(":[");
  }

  /// Writes what each row has at a place.
  private void cells(Bytes out, int place) {
    for (int cell = place; cell < written; cell += width) {
      if (cell > place) {
        out.putByte(',');
      }
      int start = cell == 0 ? 0 : ends[cell - 1];
      out.put(cells.array(), start, ends[cell] - start);
    }
  }
}
