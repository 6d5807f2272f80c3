// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.util.List;
import kinglet.type.DataType;
import kinglet.value.Slot;

/// `sum` of numbers of at most 64 bits into 64, which wraps around as ClickHouse's does.
///
/// Words: the sum, and whether there is one.
final class Sum extends RunAggregate {
  private Sum(DataType type) {
    super(Call.orNull(type), 2);
  }

  static Aggregate bind(Call call) {
    call.parameterCount(0, 0);
    call.argumentCount(1, 1);
    return switch (call.argument(0)) {
      case DataType.Float _ -> new FloatSum();
      case DataType.Bool _ -> new Sum(new DataType.Int(64, false));
      case DataType.Int(int bits, boolean signed) when bits <= 64 ->
          new Sum(new DataType.Int(64, signed));
      case DataType.Int wide -> new WideSum(wide, wide, wide.bits() / 64);
      case DataType.Decimal decimal ->
          decimal.precision() <= 38
              ? new WideSum(decimal, new DataType.Decimal(38, decimal.scale()), 2)
              : new WideSum(decimal, new DataType.Decimal(76, decimal.scale()), 4);
      default -> throw call.refusedType(0, "a number");
    };
  }

  @Override
  public void add(
      States states, int row, int word, int object, Slot[] arguments, long micros, long seq) {
    states.setWord(row, word, states.word(row, word) + arguments[0].whole());
    states.setWord(row, word + 1, 1);
  }

  @Override
  public void addRun(States states, int row, int word, Run run) {
    long sum = states.word(row, word);
    for (int i = run.from(); i < run.to(); i++) {
      sum += run.word(i);
    }
    states.setWord(row, word, sum);
    states.setWord(row, word + 1, 1);
  }

  @Override
  public List<WordMerge> wordMerges() {
    return List.of(WordMerge.ADD, WordMerge.OR);
  }

  @Override
  public void merge(States into, int row, int word, int object, States from, int fromRow) {
    into.setWord(row, word, into.word(row, word) + from.word(fromRow, word));
    into.setWord(row, word + 1, into.word(row, word + 1) | from.word(fromRow, word + 1));
  }

  @Override
  public void finish(States states, int row, int word, int object, long readMicros, Slot out) {
    if (states.word(row, word + 1) == 0) {
      out.setNull();
    } else {
      out.setWhole(states.word(row, word));
    }
  }
}
