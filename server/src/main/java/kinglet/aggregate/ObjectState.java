// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.Bytes;

/// What an [ObjectAggregate] keeps as the object of a state. Not thread-safe.
interface ObjectState<S extends ObjectState<S>> {
  /// One that can be changed on its own.
  S copy();

  /// How many bytes of memory it takes, about.
  long bytes();

  void write(Bytes to);

  /// Takes in what [#write] wrote; it is empty before.
  void read(Input from);
}
