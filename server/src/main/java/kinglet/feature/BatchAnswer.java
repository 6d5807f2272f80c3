// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import kinglet.feature.BatchRequest.With;
import kinglet.feature.wire.JsonValues;
import kinglet.state.ReadStatus;
import kinglet.state.Window;
import kinglet.type.Bytes;
import kinglet.type.DataType;
import kinglet.value.Slot;

/// Writes the answer to a batch call, column by column. Belongs to one thread.
final class BatchAnswer {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final LiveView view;
  private final BatchRequest request;
  private final long readMicros;
  private final long seq;
  private final Bytes out;
  private final JsonValues json;

  /// What was read of one key.
  private static final class Column {
    private final Bytes values = new Bytes(256);
    private final JsonValues json = new JsonValues(values);
    private final List<String> statuses = new ArrayList<>();
  }

  BatchAnswer(LiveView view, BatchRequest request, long readMicros, long seq, Bytes out) {
    this.view = view;
    this.request = request;
    this.readMicros = readMicros;
    this.seq = seq;
    this.out = out;
    this.json = new JsonValues(out);
  }

  void write(ViewReader reader) {
    List<FeatureColumn> columns = view.program().columns();
    List<Column> written = Stream.generate(Column::new).limit(columns.size()).toList();
    Bytes freshness = new Bytes(64);
    readAll(reader, columns, written, new JsonValues(freshness), freshness);
    json.raw("{\"service\":");
    json.quoted(view.name());
    json.raw(",\"version\":");
    json.number(view.version());
    json.raw(",\"as_of\":\"" + time(readMicros) + "\",\"journal_seq\":");
    json.number(seq);
    json.raw(",\"keys\":{");
    keys();
    json.raw("},\"values\":{");
    names(columns, i -> bytes(written.get(i).values));
    json.raw("}");
    if (request.with().contains(With.STATUS)) {
      json.raw(",\"status\":{");
      names(columns, i -> json.raw(String.join(",", written.get(i).statuses)));
      json.raw("}");
    }
    if (request.with().contains(With.FRESHNESS)) {
      json.raw(",\"freshness\":[");
      bytes(freshness);
      json.raw("]");
    }
    if (request.with().contains(With.INTERVAL)) {
      json.raw(",\"interval\":{");
      intervals(columns);
      json.raw("}");
    }
    json.raw("}");
  }

  private void readAll(
      ViewReader reader,
      List<FeatureColumn> columns,
      List<Column> written,
      JsonValues freshness,
      Bytes freshnessOut) {
    for (int row = 0; row < request.rows(); row++) {
      for (int key = 0; key < request.keys().size(); key++) {
        request.keys().get(key).get(row, reader.key(key));
      }
      reader.read(readMicros);
      for (int i = 0; i < columns.size(); i++) {
        if (!columns.get(i).isKey()) {
          Column column = written.get(i);
          Slot value = reader.value(i);
          if (row > 0) {
            column.values.putByte(',');
          }
          column.json.write(columns.get(i).type(), value);
          column.statuses.add(status(reader.status(), value));
        }
      }
      if (row > 0) {
        freshnessOut.putByte(',');
      }
      freshness.raw(
          reader.newestMicros().isPresent()
              ? "\"" + time(reader.newestMicros().getAsLong()) + "\""
              : "null");
    }
  }

  static String status(ReadStatus status, Slot value) {
    return switch (status) {
      case NOT_FOUND -> "\"NOT_FOUND\"";
      case EXPIRED -> "\"EXPIRED\"";
      case PRESENT -> value.isNull() ? "\"NULL\"" : "\"PRESENT\"";
    };
  }

  private void keys() {
    Slot slot = new Slot();
    for (int key = 0; key < request.keys().size(); key++) {
      json.raw(key == 0 ? "" : ",");
      json.quoted(view.program().view().entity().get(key));
      json.raw(":[");
      DataType type = view.program().keyTypes().get(key);
      for (int row = 0; row < request.rows(); row++) {
        if (row > 0) {
          out.putByte(',');
        }
        request.keys().get(key).get(row, slot);
        json.write(type, slot);
      }
      json.raw("]");
    }
  }

  /// What is written in the array of a column.
  @FunctionalInterface
  private interface Content {
    void write(int column);
  }

  private void names(List<FeatureColumn> columns, Content content) {
    boolean first = true;
    for (int i = 0; i < columns.size(); i++) {
      if (!columns.get(i).isKey()) {
        json.raw(first ? "" : ",");
        json.quoted(columns.get(i).name());
        json.raw(":[");
        content.write(i);
        json.raw("]");
        first = false;
      }
    }
  }

  /// For each feature the times between which events count: of several windows, the widest.
  private void intervals(List<FeatureColumn> columns) {
    names(
        columns,
        i -> {
          if (view.program().layout().lookup() || columns.get(i).uses().isEmpty()) {
            json.raw("null,\"" + time(readMicros) + "\"");
            return;
          }
          List<Window> windows =
              columns.get(i).uses().stream()
                  .map(use -> view.program().layout().features().get(use).window())
                  .map(window -> view.program().layout().windows().get(window))
                  .toList();
          long start =
              windows.stream().mapToLong(window -> window.startMicros(readMicros)).min().orElse(0);
          long end =
              windows.stream().mapToLong(window -> window.endMicros(readMicros)).max().orElse(0);
          json.raw(start == Long.MIN_VALUE ? "null" : "\"" + time(start) + "\"");
          json.raw(",\"" + time(end) + "\"");
        });
  }

  private void bytes(Bytes bytes) {
    out.put(bytes.array(), 0, bytes.size());
  }

  static String time(long micros) {
    return TIME.format(Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
  }
}
