// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.ArrayList;
import java.util.List;
import kinglet.error.PlatformException;
import kinglet.feature.wire.JsonValues;
import kinglet.state.ReadStatus;
import kinglet.type.Bytes;
import kinglet.type.Column;
import kinglet.value.Slot;

/// Answers batch calls of feature services: one query from memory for each key. Safe from any
/// thread.
public final class ServiceReads {
  private final Features features;

  public ServiceReads(Features features) {
    this.features = features;
  }

  /// The answer, column by column, as JSON.
  ///
  /// @param keys the keys as they were sent, as JSON
  /// @param queries one for each key; they give the same columns
  /// @param statuses whether the answer carries them
  public byte[] answer(String service, String keys, List<KeyedQuery> queries, boolean statuses) {
    long readMicros = features.nowMicros();
    List<Column> columns = queries.isEmpty() ? List.of() : queries.getFirst().columns();
    List<Bytes> values = new ArrayList<>();
    List<StringBuilder> status = new ArrayList<>();
    columns.forEach(_ -> {
      values.add(new Bytes(64));
      status.add(new StringBuilder());
    });
    for (int i = 0; i < queries.size(); i++) {
      String comma = i == 0 ? "" : ",";
      int rows =
          queries
              .get(i)
              .read(
                  readMicros,
                  (number, row, found) -> {
                    if (number == 0) {
                      write(columns, row, found, comma, values, status);
                    }
                  });
      if (rows != 1) {
        throw new PlatformException(
            FeatureError.INVALID_READ,
            "The service '" + service + "' gives " + rows + " rows for key " + i + ", not one");
      }
    }
    Bytes out = new Bytes(512);
    JsonValues json = new JsonValues(out);
    json.raw("{\"service\":");
    json.quoted(service);
    json.raw(",\"as_of\":\"" + BatchAnswer.time(readMicros) + "\",\"journal_seq\":");
    json.number(features.appliedSeq());
    json.raw(",\"keys\":" + keys + ",\"values\":{");
    for (int i = 0; i < columns.size(); i++) {
      json.raw(i == 0 ? "" : ",");
      json.quoted(columns.get(i).name());
      json.raw(":[");
      out.put(values.get(i).array(), 0, values.get(i).size());
      json.raw("]");
    }
    json.raw("}");
    if (statuses) {
      json.raw(",\"status\":{");
      for (int i = 0; i < columns.size(); i++) {
        json.raw(i == 0 ? "" : ",");
        json.quoted(columns.get(i).name());
        json.raw(":[" + status.get(i) + "]");
      }
      json.raw("}");
    }
    json.raw("}");
    return out.toArray();
  }

  private static void write(
      List<Column> columns,
      Slot[] row,
      ReadStatus found,
      String comma,
      List<Bytes> values,
      List<StringBuilder> status) {
    for (int column = 0; column < row.length; column++) {
      JsonValues json = new JsonValues(values.get(column));
      json.raw(comma);
      json.write(columns.get(column).type(), row[column]);
      status.get(column).append(comma).append(BatchAnswer.status(found, row[column]));
    }
  }
}
