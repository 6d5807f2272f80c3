// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.DataType;

/// An aggregate whose states are words alone.
abstract class WordAggregate extends Aggregate {
  private final DataType type;
  private final int words;

  WordAggregate(DataType type, int words) {
    this.type = type;
    this.words = words;
  }

  @Override
  public final DataType type() {
    return type;
  }

  @Override
  public final int words() {
    return words;
  }

  @Override
  public final boolean hasObject() {
    return false;
  }
}
