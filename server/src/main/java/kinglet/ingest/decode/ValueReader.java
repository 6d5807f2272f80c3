// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.util.List;
import kinglet.type.Bytes;
import kinglet.type.DataType;

/// Turns values of one type into bytes of the type's streams.
///
/// A read that returns false did not fit the type; it may have written some bytes already, which
/// the caller takes back. Not thread-safe.
abstract class ValueReader {
  static final int STREAM_BYTES = 1024;

  /// Reads the JSON value under the cursor, which stands on its first byte.
  abstract boolean json(JsonCursor cursor);

  /// Reads a value from its text: a CSV field, a key of a map.
  abstract boolean text(byte[] text, int from, int to);

  /// Writes the value a column of the type has where nothing is said: zero, empty, NULL.
  abstract void empty();

  /// Adds the streams this reader writes to, in order.
  abstract void streams(List<Bytes> all);

  /// The reader for a type as it travels ([DataType#wire()]) or is declared.
  static ValueReader of(DataType type) {
    return switch (type) {
      case DataType.StringType _ -> new StringReader();
      case DataType.FixedString(int width) -> new FixedStringReader(width);
      case DataType.Int(int bits, boolean signed) ->
          bits <= 64 ? new IntReader(bits, signed) : new WideIntReader(bits, signed);
      case DataType.Float(int bits) -> new FloatReader(bits);
      case DataType.Decimal decimal -> new DecimalReader(decimal);
      case DataType.Bool _ -> new BoolReader();
      case DataType.Date _ -> new DateReader(false);
      case DataType.Date32 _ -> new DateReader(true);
      case DataType.DateTime(var zone) -> new DateTimeReader(zone);
      case DataType.DateTime64(int precision, var zone) -> new DateTime64Reader(precision, zone);
      case DataType.Uuid _ -> new UuidReader();
      case DataType.Ipv4 _ -> new IpReader(false);
      case DataType.Ipv6 _ -> new IpReader(true);
      case DataType.Enum enumeration -> new EnumReader(enumeration);
      case DataType.Array(DataType element) -> new ArrayReader(of(element));
      case DataType.NullableOf(DataType inner) -> new NullableReader(of(inner));
      case DataType.LowCardinality(DataType inner) -> of(inner);
      case DataType.MapOf(DataType key, DataType value) -> new MapReader(of(key), of(value));
      case DataType.Tuple tuple -> new TupleReader(tuple);
      case DataType.Nested nested ->
          new ArrayReader(new TupleReader(new DataType.Tuple(nested.elements())));
      case DataType.Json _ -> new JsonObjectReader();
      case DataType.SimpleAggregateFunction(_, DataType inner) -> of(inner);
      case DataType.Geo(_, DataType inner) -> of(inner);
      case DataType.Other _ -> new OtherReader();
      case DataType.AggregateFunction _ ->
          throw new IllegalStateException("No row carries " + type.sql());
    };
  }
}
