// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.DataType;

/// An aggregate of words, of at most one argument that is a word, which adds many rows at once.
public abstract class RunAggregate extends WordAggregate {
  RunAggregate(DataType type, int words) {
    super(type, words);
  }

  /// Adds rows, with the result that [#add] gives one after another.
  ///
  /// @param run at least one row
  public abstract void addRun(States states, int row, int word, Run run);
}
