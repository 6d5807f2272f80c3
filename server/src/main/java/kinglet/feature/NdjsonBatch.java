// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.List;
import kinglet.feature.BatchRequest.With;
import kinglet.feature.wire.JsonValues;
import kinglet.feature.wire.UtcTime;
import kinglet.type.Bytes;
import kinglet.type.Column;

/// A batch answer as one JSON object a row: keys and values, then what else was asked for.
final class NdjsonBatch implements BatchWriter {
  private final BatchHead head;
  private final Bytes out = new Bytes(1024);
  private final JsonValues json = new JsonValues(out);

  NdjsonBatch(BatchHead head) {
    this.head = head;
  }

  @Override
  public void row(BatchRow row) {
    json.raw("{\"keys\":{");
    for (int i = 0; i < head.keys().size(); i++) {
      name(i, head.keys());
      json.write(head.keys().get(i).type(), row.key(i));
    }
    json.raw("},\"values\":{");
    for (int i = 0; i < head.features().size(); i++) {
      name(i, head.features());
      json.write(head.features().get(i).type(), row.value(i));
    }
    json.raw("}");
    if (head.has(With.STATUS)) {
      json.raw(",\"status\":{");
      for (int i = 0; i < head.features().size(); i++) {
        name(i, head.features());
        json.raw(JsonBatch.quoted(row.valueStatus(i)));
      }
      json.raw("}");
    }
    if (head.has(With.FRESHNESS)) {
      json.raw(",\"freshness\":");
      JsonBatch.time(json, row.newestMicros());
    }
    if (head.has(With.INTERVAL)) {
      json.raw(",\"interval\":{");
      for (int i = 0; i < head.features().size(); i++) {
        name(i, head.features());
        json.raw("[");
        JsonBatch.time(json, head.intervals().get(i).startMicros());
        json.raw(",\"" + UtcTime.of(head.intervals().get(i).endMicros()) + "\"]");
      }
      json.raw("}");
    }
    json.raw("}\n");
  }

  private void name(int number, List<Column> columns) {
    json.raw(number == 0 ? "" : ",");
    json.quoted(columns.get(number).name());
    json.raw(":");
  }

  @Override
  public BatchAnswer.Body end() {
    return new BatchAnswer.Body.Written(out.toArray());
  }
}
