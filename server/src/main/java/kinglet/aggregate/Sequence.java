// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.DataType;
import kinglet.value.Literal;
import kinglet.value.Slot;

/// `sequenceMatch(pattern)` and `sequenceCount(pattern)`: whether, and how many times one after
/// another, events follow a [SequencePattern].
final class Sequence extends Conditions {
  private final SequencePattern pattern;
  private final boolean count;

  private Sequence(SequencePattern pattern, boolean count, int conditions) {
    super(Call.orNull(new DataType.Int(count ? 64 : 8, false)), conditions);
    this.pattern = pattern;
    this.count = count;
  }

  static Aggregate bind(Call call, boolean count) {
    call.parameterCount(1, 1);
    int conditions = check(call, 2);
    if (!(call.parameters().getFirst() instanceof Literal.Text(String text))) {
      throw call.refusedParameters("takes a pattern in quotes");
    }
    return new Sequence(SequencePattern.parse(call, text, conditions), count, conditions);
  }

  @Override
  void finish(Timeline state, Slot out) {
    long matches = 0;
    int from = 0;
    int end = pattern.match(state, from);
    while (end >= 0) {
      matches++;
      // A match of no events would be found for ever.
      if (!count || end == state.size() || end == from) {
        break;
      }
      from = end;
      end = pattern.match(state, from);
    }
    out.setWhole(matches);
  }
}
