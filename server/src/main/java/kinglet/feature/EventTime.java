// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.Optional;
import java.util.function.LongUnaryOperator;
import kinglet.type.DataType;

/// The value of an event-time column as microseconds since 1970 in UTC.
final class EventTime {
  private static final long DAY_MICROS = 86_400_000_000L;

  private EventTime() {}

  /// What turns the bits of a value of a type into microseconds; none for a type that is no time.
  static Optional<LongUnaryOperator> of(DataType type) {
    return switch (type) {
      case DataType.Date _, DataType.Date32 _ -> Optional.of(days -> days * DAY_MICROS);
      case DataType.DateTime _ -> Optional.of(seconds -> seconds * 1_000_000L);
      case DataType.DateTime64(int precision, String _) -> Optional.of(ticks(precision));
      case DataType.LowCardinality(DataType inner) -> of(inner);
      case DataType.SimpleAggregateFunction(String _, DataType inner) -> of(inner);
      default -> Optional.empty();
    };
  }

  private static LongUnaryOperator ticks(int precision) {
    long scale = 1;
    for (int i = 0; i < Math.abs(6 - precision); i++) {
      scale *= 10;
    }
    long factor = scale;
    return precision <= 6 ? ticks -> ticks * factor : ticks -> Math.floorDiv(ticks, factor);
  }
}
