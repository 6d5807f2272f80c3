// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;
import kinglet.feature.wire.JsonKeys;
import kinglet.feature.wire.JsonValues;
import kinglet.type.Bytes;
import kinglet.type.DataType;
import kinglet.value.Shape;
import kinglet.value.Slot;
import tools.jackson.databind.json.JsonMapper;

/// Writes down reads of one view. Safe from any thread.
sealed interface ViewReadLog {
  JsonMapper MAPPER = JsonMapper.builder().build();
  ViewReadLog NONE = new Nothing();

  /// Whether reads of a key are written down.
  ///
  /// @param hash of the key
  boolean takes(long hash);

  /// Lets a reader read, and writes down what it gives.
  void around(ViewReader reader, long readMicros, Runnable read);

  /// Writes nothing down.
  record Nothing() implements ViewReadLog {
    @Override
    public boolean takes(long hash) {
      return false;
    }

    @Override
    public void around(ViewReader reader, long readMicros, Runnable read) {
      read.run();
    }
  }

  /// Knows what journal a read saw: all of it up to a row, and of what came in meanwhile perhaps
  /// some.
  record OfView(ReadLog log, LiveView view, LongSupplier appliedSeq) implements ViewReadLog {
    @Override
    public boolean takes(long hash) {
      return log.takes(hash);
    }

    @Override
    public void around(ViewReader reader, long readMicros, Runnable read) {
      long before = appliedSeq.getAsLong();
      read.run();
      log.add(FeatureRead.of(view, reader, readMicros, before, log.committedSeq()));
    }
  }

  /// Reads what [#json] wrote of a key; `false` if it means nothing of the type.
  static boolean key(String json, DataType type, Slot into) {
    if (json.equals("null")) {
      into.setNull();
      return true;
    }
    boolean quoted = json.startsWith("\"");
    return JsonKeys.read(quoted ? MAPPER.readTree(json).asString("") : json, quoted, type, into);
  }

  /// A value as it is compared: the same text for the same bits. What JSON has no number for is a
  /// string.
  static String json(DataType type, Slot value) {
    if (!value.isNull() && Shape.of(type) == Shape.FLOAT && !Double.isFinite(value.real())) {
      return '"' + Double.toString(value.real()) + '"';
    }
    Bytes out = new Bytes(32);
    new JsonValues(out).write(type, value);
    return new String(out.array(), 0, out.size(), StandardCharsets.UTF_8);
  }
}
