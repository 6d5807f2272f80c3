// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import kinglet.type.DataType;

/// Whether the values a view gives can be stored in a column as they are.
final class TypeFit {
  private TypeFit() {}

  /// Whether `target` holds every value of `given` unchanged.
  static boolean holds(DataType given, DataType target) {
    DataType from = plain(given);
    DataType to = plain(target);
    if (from.sql().equals(to.sql())) {
      return true;
    }
    return switch (to) {
      case DataType.NullableOf(DataType inner) ->
          holds(from instanceof DataType.NullableOf(DataType own) ? own : from, inner);
      case DataType.Int wide ->
          (from instanceof DataType.Int narrow && wider(narrow, wide))
              || (from instanceof DataType.Bool && wide.bits() == 8 && !wide.signed());
      case DataType.Bool _ -> from instanceof DataType.Int bit && bit.bits() == 8 && !bit.signed();
      case DataType.Float wide ->
          from instanceof DataType.Float narrow && narrow.bits() <= wide.bits();
      case DataType.DateTime _ -> from instanceof DataType.DateTime;
      case DataType.DateTime64 fine ->
          from instanceof DataType.DateTime64 coarse && coarse.precision() <= fine.precision();
      case DataType.Array(DataType element) ->
          from instanceof DataType.Array(DataType own) && holds(own, element);
      default -> false;
    };
  }

  private static boolean wider(DataType.Int narrow, DataType.Int wide) {
    return narrow.signed() == wide.signed()
        ? narrow.bits() <= wide.bits()
        : wide.signed() && narrow.bits() < wide.bits();
  }

  /// Without what only says how values are stored.
  private static DataType plain(DataType type) {
    return switch (type) {
      case DataType.LowCardinality(DataType inner) -> plain(inner);
      case DataType.SimpleAggregateFunction(String _, DataType inner) -> plain(inner);
      default -> type;
    };
  }
}
