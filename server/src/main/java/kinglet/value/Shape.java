// SPDX-License-Identifier: Apache-2.0
package kinglet.value;

import kinglet.type.DataType;

/// How the values of a type are held in a [Slot].
public enum Shape {
  /// A whole number of at most 64 bits: integers, `Bool`, enums, `Date` (days), `DateTime`
  /// (seconds), `DateTime64` (ticks), `Decimal` up to 18 digits (unscaled), `IPv4`. Signed types
  /// are sign-extended, unsigned ones zero-extended.
  WHOLE,
  /// `Float32`, `Float64`: the bits of the double.
  FLOAT,
  /// `String`, `FixedString`, and `UUID` and `IPv6` in the byte order of a [kinglet.type.Block].
  BYTES,
  /// A whole number of more than 64 bits, `Decimal` of more than 18 digits: a `BigInteger`.
  BIG,
  /// `Array`: a [ListValue].
  LIST,
  /// `Map`: a [MapValue].
  MAP,
  /// `Tuple`: a [TupleValue].
  TUPLE;

  /// The shape of a type that has one; wrappers such as `Nullable` do not change it.
  public static Shape of(DataType type) {
    return switch (type) {
      case DataType.Int(int bits, boolean _) -> bits <= 64 ? WHOLE : BIG;
      case DataType.Float _ -> FLOAT;
      case DataType.Decimal(int precision, int _) -> precision <= 18 ? WHOLE : BIG;
      case DataType.Bool _,
          DataType.Date _,
          DataType.Date32 _,
          DataType.DateTime _,
          DataType.DateTime64 _,
          DataType.Ipv4 _,
          DataType.Enum _ ->
          WHOLE;
      case DataType.StringType _,
          DataType.FixedString _,
          DataType.Uuid _,
          DataType.Ipv6 _,
          DataType.Json _,
          DataType.Other _ ->
          BYTES;
      case DataType.Array _, DataType.Nested _ -> LIST;
      case DataType.MapOf _ -> MAP;
      case DataType.Tuple _ -> TUPLE;
      case DataType.NullableOf(DataType inner) -> of(inner);
      case DataType.LowCardinality(DataType inner) -> of(inner);
      case DataType.SimpleAggregateFunction(String _, DataType inner) -> of(inner);
      case DataType.Geo(String _, DataType inner) -> of(inner);
      case DataType.AggregateFunction _ ->
          throw new IllegalArgumentException("no row carries " + type.sql());
    };
  }
}
