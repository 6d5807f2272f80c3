// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.List;
import java.util.OptionalInt;
import kinglet.aggregate.Aggregate;

/// An aggregation over arguments of the events for which a condition holds.
///
/// @param arguments which of the layout's arguments it takes, in its order
/// @param condition which of the layout's conditions must hold for an event to be added
public record AggregateUse(Aggregate aggregate, List<Integer> arguments, OptionalInt condition) {
  public AggregateUse {
    arguments = List.copyOf(arguments);
  }
}
