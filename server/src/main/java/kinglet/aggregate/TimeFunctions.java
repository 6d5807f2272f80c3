// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import static kinglet.aggregate.AggregateFunction.Group.BITS;
import static kinglet.aggregate.AggregateFunction.Group.SEQUENCES;
import static kinglet.aggregate.AggregateFunction.Group.TIME;

import java.util.List;

/// What looks at times, sequences and bits.
final class TimeFunctions {
  static final List<AggregateFunction> ALL =
      List.of(
new AggregateFunction(TIME, List.of("timeSinceFirst"), "timeSinceFirst() or timeSinceFirst(x)", "Seconds from the first event to the read; with an argument, from the first where it is not NULL. Not in ClickHouse.", "Float64", "", "", "timeSinceFirst()", "1860", call -> Age.bind(call, false)),
new AggregateFunction(TIME, List.of("timeSinceLast"), "timeSinceLast() or timeSinceLast(x)", "Seconds from the last event to the read; with an argument, from the last where it is not NULL. Not in ClickHouse.", "Float64", "", "", "timeSinceLast()", "0", call -> Age.bind(call, true)),
new AggregateFunction(TIME, List.of("sessions"), "sessions(gap)()", "How many sessions: runs of events that follow one another within `gap` seconds. Not in ClickHouse.", "UInt64", "16 bytes for each session, up to 1024; older ones are only counted", "exact but for late events older than the last 1024 sessions", "sessions(300)()", "2", Sessions::bind),
new AggregateFunction(TIME, List.of("deltaSum"), "deltaSum(x)", "The sum of the rises from each event to the next. In a tile, a late event between others of the tile is left out.", "the type of x", "", "", "deltaSum(amount)", "15", DeltaSum::bind),
new AggregateFunction(TIME, List.of("exponentialTimeDecayedSum"), "exponentialTimeDecayedSum(length)(x, time)", "The sum of decayed values. Each value weighs e^(-age / length), its age in seconds at the time of the read. In ClickHouse a window function, whose current row is the read.", "Float64", "", "rounding", "exponentialTimeDecayedSum(600)(amount, ts)", "7.481844267048016", call -> Decay.bind(call, Decay.Measure.SUM)),
new AggregateFunction(TIME, List.of("exponentialTimeDecayedAvg"), "exponentialTimeDecayedAvg(length)(x, time)", "The mean, weighted by the decay. Each value weighs e^(-age / length), its age in seconds at the time of the read. In ClickHouse a window function, whose current row is the read.", "Float64", "", "rounding", "exponentialTimeDecayedAvg(600)(amount, ts)", "3.574973768517321", call -> Decay.bind(call, Decay.Measure.AVERAGE)),
new AggregateFunction(TIME, List.of("exponentialTimeDecayedMax"), "exponentialTimeDecayedMax(length)(x, time)", "The greatest of the decayed values. Each value weighs e^(-age / length), its age in seconds at the time of the read. In ClickHouse a window function, whose current row is the read.", "Float64", "", "rounding", "exponentialTimeDecayedMax(600)(amount, ts)", "4", call -> Decay.bind(call, Decay.Measure.MAX)),
new AggregateFunction(TIME, List.of("exponentialTimeDecayedCount"), "exponentialTimeDecayedCount(length)(time)", "The sum of the weights. Each value weighs e^(-age / length), its age in seconds at the time of the read. In ClickHouse a window function, whose current row is the read.", "Float64", "", "rounding", "exponentialTimeDecayedCount(600)(ts)", "2.092838927361144", call -> Decay.bind(call, Decay.Measure.COUNT)),
new AggregateFunction(TIME, List.of("exponentialMovingAverage"), "exponentialMovingAverage(half)(x, time)", "Values that lose half of their weight in each `half` units of time, at the newest time.", "Float64", "", "rounding", "exponentialMovingAverage(2)(amount, quantity)", "4.244796179957172", MovingAverage::bind),
new AggregateFunction(SEQUENCES, List.of("windowFunnel"), "windowFunnel(window)(time, first, ...)", "How many of the conditions held one after another within `window` units of time from the first.", "UInt8", "24 bytes for each event with a condition, the last 1024 of them", "older events are left out", "windowFunnel(60)(ts, viewed, bought)", "2", Funnel::bind),
new AggregateFunction(SEQUENCES, List.of("sequenceMatch"), "sequenceMatch(pattern)(time, first, ...)", "Whether events follow the pattern: `(?N)` an event with condition N, `.` any, `.*` any number, `(?t<=60)` so much time from the event before (also `>=`, `<`, `>`, `==`). Only events with a condition count.", "UInt8", "24 bytes for each event with a condition, the last 1024 of them", "older events are left out", "sequenceMatch('(?1)(?2)')(ts, viewed, bought)", "1", call -> Sequence.bind(call, false)),
new AggregateFunction(SEQUENCES, List.of("sequenceCount"), "sequenceCount(pattern)(time, first, ...)", "How many times events follow the pattern of `sequenceMatch`, one match after another.", "UInt64", "24 bytes for each event with a condition, the last 1024 of them", "older events are left out", "sequenceCount('(?1)(?2)')(ts, viewed, bought)", "2", call -> Sequence.bind(call, true)),
new AggregateFunction(SEQUENCES, List.of("retention"), "retention(first, ...)", "For each condition whether it ever held, and the first one as well.", "Array(UInt8)", "", "", "retention(viewed, bought)", "[1,1]", Retention::bind),
new AggregateFunction(BITS, List.of("groupBitAnd", "BIT_AND"), "groupBitAnd(x)", "The values joined bit by bit with AND, integers of up to 64 bits.", "the type of x", "", "", "groupBitAnd(quantity)", "0", call -> Bits.bind(call, Bits.Operation.AND)),
new AggregateFunction(BITS, List.of("groupBitOr", "BIT_OR"), "groupBitOr(x)", "The values joined bit by bit with OR, integers of up to 64 bits.", "the type of x", "", "", "groupBitOr(quantity)", "7", call -> Bits.bind(call, Bits.Operation.OR)),
new AggregateFunction(BITS, List.of("groupBitXor", "BIT_XOR"), "groupBitXor(x)", "The values joined bit by bit with XOR, integers of up to 64 bits.", "the type of x", "", "", "groupBitXor(quantity)", "0", call -> Bits.bind(call, Bits.Operation.XOR)));

  private TimeFunctions() {}
}
